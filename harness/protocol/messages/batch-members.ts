import { concat } from "../../core/bytes.ts";
import type { TotalsLine } from "./psam-read-totals.ts";
import { type DataStoreRecord, encodeStoreRecord, parseStore } from "./store-record.ts";
import type { Parsed } from "./structure-value.ts";

/** MEMBERS (`clearing.md` 1): the data store records of one batch, CC `0000`, ascending by COUNT, no IDTRX twice. */

/** More do not go into one batch. */
export const MAX_MEMBERS = 500;

const SUCCESS = "0000";

/** MEMBERS, n x 60 bytes. Throws `PROTOCOL` when a field does not fit. */
export function encodeMembers(members: readonly DataStoreRecord[]): Uint8Array {
  return concat(...members.map(encodeStoreRecord));
}

/** Reads MEMBERS: all of them or, with the reason, none. Never throws. */
export function parseMembers(MEMBERS: Uint8Array): Parsed<readonly DataStoreRecord[]> {
  const members: DataStoreRecord[] = [];
  const names = new Set<string>();
  for (const [index, parsed] of parseStore(MEMBERS).entries()) {
    if (!parsed.ok) return flawed(index, parsed.reason);
    const { record } = parsed;
    if (record.CC !== SUCCESS) return flawed(index, `its CC is ${record.CC}`);
    if (record.COUNT <= (members.at(-1)?.COUNT ?? -1)) return flawed(index, "its COUNT is not above the one before it");
    if (names.has(record.IDTRX)) return flawed(index, `IDTRX ${record.IDTRX} is there twice`);
    names.add(record.IDTRX);
    members.push(record);
  }
  if (members.length >= 1 && members.length <= MAX_MEMBERS) return { ok: true, value: members };
  return { ok: false, reason: `${members.length} members, not 1 to ${MAX_MEMBERS}` };
}

/** Sums and numbers of members by PPIEP, CURR and CEXP, in the order in which they first stand there. */
export function sumsOf(members: readonly DataStoreRecord[]): readonly TotalsLine[] {
  const lines = new Map<string, TotalsLine>();
  for (const { PPIEP, CURRPDA: CURR, CEXPPDA: CEXP, MPDA } of members) {
    const group = `${PPIEP} ${CURR} ${CEXP}`;
    const { MTOT, NTOT } = lines.get(group) ?? { MTOT: 0, NTOT: 0 };
    lines.set(group, { PPIEP, CURR, CEXP, MTOT: MTOT + MPDA, NTOT: NTOT + 1 });
  }
  return [...lines.values()];
}

function flawed(index: number, reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason: `member ${index}: ${reason}` };
}
