/** THE table of commands as the suite reads it out of `psam-edge.md` 1 and 4. */

export interface Command {
  readonly name: string;
  /** CLA INS P1 P2, 8 hex digits. */
  readonly header: string;
  /** Shortest and longest data, in bytes. */
  readonly lengths: readonly [shortest: number, longest: number];
  /** Bytes of the answer that a command with success has; absent: none. */
  readonly answer?: number;
  readonly isPackage?: true;
}

export const COMMANDS: readonly Command[] = [
  { name: "SELECT", header: "00A40400", lengths: [5, 16], answer: 36 },
  { name: "PACKAGE: ANSWER TO RESET", header: "90700000", lengths: [2, 33], isPackage: true },
  { name: "PACKAGE: INITIALIZE IEP", header: "90700100", lengths: [27, 27], answer: 11, isPackage: true },
  { name: "PACKAGE: ISSUER CERTIFICATE", header: "90700200", lengths: [244, 244], isPackage: true },
  { name: "PACKAGE: CARD CERTIFICATE", header: "90700300", lengths: [244, 244], isPackage: true },
  { name: "PACKAGE: DEBIT", header: "90720000", lengths: [34, 34], answer: 53, isPackage: true },
  { name: "PACKAGE: DEBIT, issued at once", header: "90720100", lengths: [34, 34], answer: 69, isPackage: true },
  { name: "COMPLETE", header: "90740000", lengths: [32, 32], answer: 39 },
  { name: "COLLECT", header: "90760000", lengths: [0x31, 0xf1], answer: 12 },
  { name: "READ CERTIFICATE", header: "90780000", lengths: [0, 0], answer: 244 },
  { name: "READ SESSION KEY", header: "90780100", lengths: [0, 0], answer: 224 },
  { name: "END OF COLLECTION", header: "907A0000", lengths: [12, 12] },
  { name: "UPDATE PSAM", header: "90820000", lengths: [0x16, 0x26] },
  { name: "READ TOTALS", header: "908C0000", lengths: [0, 0], answer: 16 },
  { name: "CANCEL, withdraw", header: "908E0000", lengths: [16, 16] },
  { name: "CANCEL, suspend", header: "908E0100", lengths: [16, 16] },
];

/** INS under CLA 90, in hex, each once. */
export const INSTRUCTIONS: readonly string[] = [
  ...new Set(COMMANDS.filter(({ header }) => header.startsWith("90")).map(({ header }) => header.slice(2, 4))),
];

/** P1 and P2 that make a command of that INS under its CLA. */
export function parametersOf(ins: string): readonly string[] {
  return COMMANDS.filter(({ header }) => header.slice(2, 4) === ins).map(({ header }) => header.slice(4));
}

/** Over T=0 these never come to the card as instructions (ISO/IEC 7816-3, 10.3.2), and C0 fetches an answer. */
export function isCarried(protocol: "T=0" | "T=1", ins: number): boolean {
  return protocol === "T=1" || ((ins & 0xf0) !== 0x60 && (ins & 0xf0) !== 0x90 && ins !== 0xc0);
}

/** 0 to 255. */
export const EVERY_BYTE: readonly number[] = Array.from({ length: 256 }, (_, value) => value);

/** Other values of a byte that is `right`: all of them, or where that is too many, one bit or two adjacent ones another. */
export function otherThan(right: number, isAll: boolean): readonly number[] {
  if (isAll) return EVERY_BYTE.filter((value) => value !== right);
  return Array.from({ length: 8 }, (_, bit) => [right ^ (1 << bit), right ^ ((3 << bit) & 0xff)]).flat();
}
