import { type AtrFields, checkByte, type InterfaceGroup, MAX_ATR_LENGTH, needsTck } from "./atr.ts";
import { type AtrMeaning, meaningOf } from "./meaning.ts";

/** An answer to reset as sent, with what it means. */
export interface Atr extends AtrFields, AtrMeaning {
  /** The whole answer, TS to TCK; a view of what was parsed. */
  readonly bytes: Uint8Array;
  /** Check byte, when one is due. It is right: an answer with a wrong one does not parse. */
  readonly tck?: number;
}

export type ParsedAtr =
  | { readonly ok: true; readonly atr: Atr }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Index of the byte that is wrong or missing, TS being 0. */
      readonly offset: number;
    };

type Refusal = Extract<ParsedAtr, { ok: false }>;

/**
 * Reads an answer to reset of 2 to 33 bytes (ISO/IEC 7816-3, 8.2), bytes given in direct convention. Never throws.
 * Structure is judged here; a reserved value in a well-formed place is reported in `anomalies`.
 */
export function parseAtr(bytes: Uint8Array): ParsedAtr {
  const convention = conventionOf(bytes[0]);
  if (convention === undefined) return refused(0, bytes.length === 0 ? "nothing was sent" : "TS is neither 3B nor 3F");
  const t0 = bytes[1];
  if (t0 === undefined) return refused(1, "cut off: T0 is missing");
  if (bytes.length > MAX_ATR_LENGTH) return refused(MAX_ATR_LENGTH, `${bytes.length} bytes, at most ${MAX_ATR_LENGTH}`);
  const { groups, end } = readGroups(bytes, t0);
  if (groups === undefined) return end;
  const historicalEnd = end + (t0 & 0x0f);
  if (historicalEnd > bytes.length) {
    return refused(bytes.length, `cut off: T0 says ${t0 & 0x0f} historical bytes and ${bytes.length - end} are there`);
  }
  const flaw = flawInTail(bytes, historicalEnd, needsTck(groups));
  if (flaw !== undefined) return flaw;
  const tck = bytes[historicalEnd];
  const fields = { convention, groups, historical: bytes.subarray(end, historicalEnd) };
  const atr: Atr = { bytes, ...fields, ...meaningOf(groups) };
  return { ok: true, atr: tck === undefined ? atr : { ...atr, tck } };
}

function conventionOf(ts: number | undefined): AtrFields["convention"] | undefined {
  if (ts === 0x3b) return "direct";
  return ts === 0x3f ? "inverse" : undefined;
}

type ReadGroups =
  | { readonly groups: readonly InterfaceGroup[]; readonly end: number }
  | { readonly groups: undefined; readonly end: Refusal };

function readGroups(bytes: Uint8Array, t0: number): ReadGroups {
  const groups: InterfaceGroup[] = [];
  let at = 2;
  let announced = t0 >> 4;
  let hasMore = true;
  while (hasMore) {
    const i = groups.length + 1;
    const group: { ta?: number; tb?: number; tc?: number; protocol?: number } = {};
    hasMore = (announced & 8) !== 0;
    for (const [bit, name] of [
      [1, "ta"],
      [2, "tb"],
      [4, "tc"],
      [8, "td"],
    ] as const) {
      if ((announced & bit) === 0) continue;
      const byte = bytes[at];
      if (byte === undefined)
        return { groups: undefined, end: refused(at, `cut off: ${name.toUpperCase()}${i} is missing`) };
      if (name !== "td") group[name] = byte;
      else {
        group.protocol = byte & 0x0f;
        announced = byte >> 4;
      }
      at++;
    }
    if (i === 1 && group.protocol === 15)
      return { groups: undefined, end: refused(at - 1, "TD1 names T=15, which is no protocol") };
    groups.push(group);
  }
  return { groups, end: at };
}

function flawInTail(bytes: Uint8Array, end: number, tckDue: boolean): Refusal | undefined {
  const last = tckDue ? end + 1 : end;
  if (bytes.length < last) return refused(end, "cut off: TCK is missing, and a protocol other than T=0 is named");
  if (bytes.length > last) {
    const hint = tckDue ? "" : " (only T=0 is named, so there is no TCK)";
    return refused(last, `${bytes.length - last} bytes beyond the end${hint}`);
  }
  if (!tckDue) return undefined;
  const expected = checkByte(bytes, end);
  const found = bytes[end] ?? 0;
  return found === expected ? undefined : refused(end, `TCK is ${hex(found)}, expected ${hex(expected)}`);
}

function refused(offset: number, reason: string): Refusal {
  return { ok: false, reason, offset };
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
