/** The shape of an answer to reset (ISO/IEC 7816-3, 8.2), and how its bytes are written. */
import { PursebenchError } from "../../core/errors.ts";

/** Bytes of the longest answer to reset, TS included. */
export const MAX_ATR_LENGTH = 33;

/** Protocol number T of a TDi byte, 0 to 15. 15 qualifies global interface bytes and is no protocol. */
export type ProtocolNumber = number;

/** TAi, TBi, TCi and the protocol that TDi names, all as sent. `protocol` is there when a next group is announced. */
export interface InterfaceGroup {
  readonly ta?: number;
  readonly tb?: number;
  readonly tc?: number;
  readonly protocol?: ProtocolNumber;
}

/** What an answer to reset is written from. T0, the upper halves of TDi and TCK follow from it. */
export interface AtrFields {
  /** TS: 3B direct, 3F inverse. The bytes are given after decoding, so the convention changes none of them. */
  readonly convention: "direct" | "inverse";
  /** At least one group; a group has `protocol` exactly when another one follows. */
  readonly groups: readonly InterfaceGroup[];
  /** 0 to 15 bytes. */
  readonly historical: Uint8Array;
}

/** True when TCK must be there: any T other than 0 is named (ISO/IEC 7816-3, 8.2.5). T=15 counts. */
export function needsTck(groups: readonly InterfaceGroup[]): boolean {
  return groups.some(({ protocol }) => protocol !== undefined && protocol !== 0);
}

/** Exclusive-or of T0 up to the byte before TCK. */
export function checkByte(bytes: Uint8Array, end: number): number {
  let check = 0;
  for (let index = 1; index < end; index++) check ^= bytes[index] ?? 0;
  return check;
}

/** Writes an answer to reset. Throws `PROTOCOL` when the fields do not fit together or 33 bytes. */
export function encodeAtr(fields: AtrFields): Uint8Array {
  const bytes = [fields.convention === "direct" ? 0x3b : 0x3f, ...groupBytes(fields), ...fields.historical];
  if (bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) throw flaw("a field is no byte");
  if (needsTck(fields.groups)) bytes.push(checkByte(Uint8Array.from(bytes), bytes.length));
  if (bytes.length > MAX_ATR_LENGTH) throw flaw(`${bytes.length} bytes, at most ${MAX_ATR_LENGTH}`);
  return Uint8Array.from(bytes);
}

function groupBytes({ groups, historical }: AtrFields): number[] {
  if (historical.length > 15) throw flaw(`${historical.length} historical bytes, at most 15`);
  if (groups.length === 0) throw flaw("no group of interface bytes, not even an empty one");
  let announcer = historical.length; // the low half of the byte that announces the next group: K in T0, T in TDi
  const bytes: number[] = [];
  groups.forEach((group, index) => {
    const isLast = index === groups.length - 1;
    if ((group.protocol === undefined) !== isLast)
      throw flaw(`group ${index + 1} of ${groups.length} and its TD disagree`);
    bytes.push((presence(group) << 4) | announcer, ...sent(group.ta), ...sent(group.tb), ...sent(group.tc));
    announcer = group.protocol ?? 0;
    if (announcer > 15 || announcer < 0) throw flaw(`T=${announcer} does not fit TD${index + 1}`);
  });
  return bytes;
}

function presence({ ta, tb, tc, protocol }: InterfaceGroup): number {
  return [ta, tb, tc, protocol].reduce(
    (bits: number, byte, index) => (byte === undefined ? bits : bits | (1 << index)),
    0,
  );
}

function sent(byte: number | undefined): number[] {
  return byte === undefined ? [] : [byte];
}

function flaw(reason: string): PursebenchError {
  return new PursebenchError("PROTOCOL", `no answer to reset: ${reason}`);
}
