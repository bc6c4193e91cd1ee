/** The commands of the card as a table (`card-edge.md` 5), by literal bytes: no codec of the harness judges itself here. */

export type CommandName =
  | "SELECT"
  | "INITIALIZE for purchase"
  | "INITIALIZE for load"
  | "CREDIT"
  | "DEBIT"
  | "PRESENT CERTIFICATE"
  | "PRESENT SESSION KEY"
  | "GET PREVIOUS"
  | "GET BALANCE"
  | "READ RECORD"
  | "PERSONALISE";

export interface CommandRow {
  readonly name: CommandName;
  readonly CLA: number;
  readonly INS: number;
  /** P1 and P2 that are in the specification; of READ RECORD record 1 of a file. */
  readonly parameters: readonly (readonly [P1: number, P2: number])[];
  /** Fewest and most bytes of data. */
  readonly data: readonly [least: number, most: number];
  /** Bytes of the answer when all is well. */
  readonly answer: number;
}

export const AID = "F050422D49455031";

export const COMMANDS: readonly CommandRow[] = [
  { name: "SELECT", CLA: 0x00, INS: 0xa4, parameters: [[0x04, 0x00]], data: [5, 16], answer: 47 },
  { name: "INITIALIZE for purchase", CLA: 0x90, INS: 0x50, parameters: [[0x01, 0x00]], data: [0, 0], answer: 27 },
  { name: "INITIALIZE for load", CLA: 0x90, INS: 0x50, parameters: [[0x00, 0x00]], data: [34, 34], answer: 35 },
  { name: "CREDIT", CLA: 0x90, INS: 0x52, parameters: [[0x00, 0x00]], data: [15, 15], answer: 16 },
  { name: "DEBIT", CLA: 0x90, INS: 0x54, parameters: [[0x01, 0x00]], data: [53, 53], answer: 16 },
  { name: "PRESENT CERTIFICATE", CLA: 0x90, INS: 0x58, parameters: [[0x00, 0x00]], data: [244, 244], answer: 0 },
  { name: "PRESENT SESSION KEY", CLA: 0x90, INS: 0x58, parameters: [[0x01, 0x00]], data: [224, 224], answer: 0 },
  {
    name: "GET PREVIOUS",
    CLA: 0x90,
    INS: 0x5a,
    parameters: [
      [0x01, 0x00],
      [0x00, 0x00],
    ],
    data: [2, 2],
    answer: 16,
  },
  { name: "GET BALANCE", CLA: 0x90, INS: 0x5c, parameters: [[0x00, 0x00]], data: [0, 0], answer: 13 },
  { name: "PERSONALISE", CLA: 0x90, INS: 0x5e, parameters: [[0x00, 0x00]], data: [73, 73], answer: 0 },
  // its files have records of three lengths: `recordLength`
  { name: "READ RECORD", CLA: 0x00, INS: 0xb2, parameters: [[0x01, 0x0c]], data: [0, 0], answer: 21 },
];

/** The row of that name. */
export function commandRow(name: CommandName): CommandRow {
  const row = COMMANDS.find((each) => each.name === name);
  if (row === undefined) throw new RangeError(`no command is called ${name}`);
  return row;
}

/** Files by P2, with the bytes of a record. The certificates are only on public key cards. */
export const FILES = { information: 0x0c, certificates: 0x14, log: 0xc4 } as const;

/** Bytes of a record of the file that P2 names; undefined where the card has none. */
export function recordLength(P2: number, isPublicKey: boolean): number | undefined {
  if (P2 === FILES.information) return 21;
  if (P2 === FILES.log) return 31;
  return P2 === FILES.certificates && isPublicKey ? 244 : undefined;
}

/** Header, Lc and data, Le: absent where undefined; Le 256 is written `00`. */
export function apduOf(
  header: readonly [CLA: number, INS: number, P1: number, P2: number],
  data: Uint8Array = new Uint8Array(0),
  Le?: number,
): Uint8Array {
  return Uint8Array.of(
    ...header,
    ...(data.length > 0 ? [data.length, ...data] : []),
    ...(Le === undefined ? [] : [Le & 0xff]),
  );
}

/** The command in its right form with zeros (or `data`) in it, as the tables give Le. */
export function wellFormed(row: CommandRow, data?: Uint8Array): Uint8Array {
  const [[P1, P2] = [0, 0]] = row.parameters;
  const isSelect = row.name === "SELECT";
  const body = data ?? (isSelect ? aidBytes() : new Uint8Array(row.data[0]));
  const open = isSelect || row.name === "READ RECORD";
  const Le = row.answer === 0 ? undefined : open ? 0 : row.answer;
  return apduOf([row.CLA, row.INS, P1, P2], body, Le);
}

export function aidBytes(): Uint8Array {
  return Uint8Array.from(AID.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
