import { equal } from "../../core/bytes.ts";
import { batchDigest, deriveCollectionKey, signS4 } from "../../crypto/collection.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { parseMembers, sumsOf } from "../../protocol/messages/batch-members.ts";
import { encodeLines, MAX_LINES, splitLines } from "../../protocol/messages/collection-lines.ts";
import type { Batch } from "../../protocol/messages/layouts.ts";
import type { RefusedMember } from "../../protocol/messages/refused-members.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import type { ClearingConfig } from "./effects.ts";
import { type ClearingParties, psamOf } from "./parties.ts";
import { type BatchHistory, cardName, psamName } from "./store/contracts.ts";

/** The tables of `clearing.md` 5. */

/** The members of a batch that is well-formed, undefined of another one (A001). */
export function membersOf({ MEMBERS, LINES }: Batch): readonly DataStoreRecord[] | undefined {
  const members = parseMembers(MEMBERS);
  if (!members.ok) return undefined;
  const sums = sumsOf(members.value);
  const isSum = sums.length <= MAX_LINES && equal(encodeLines(sums), LINES);
  return isSum ? members.value : undefined;
}

/** Why a well-formed batch is refused whatever was accepted before; undefined when it is not. */
export function flawOf({ parties, MKC }: ClearingConfig, batch: Batch): string | undefined {
  const psam = psamOf(parties, batch.BATCHNO);
  if (psam === undefined || !parties.senders.includes(batch.IDCP)) return "A030";
  if (psam.IDACQUIRER !== batch.IDACQUIRER) return "A030";
  const { NTCOL, LINES, MEMBERS } = batch;
  const DIGEST = batchDigest([MEMBERS]);
  const S4 = signS4(deriveCollectionKey(MKC, psam), { ...psam, NTCOL, DIGEST, lines: splitLines(LINES) });
  return constantTimeEqual(S4, batch.S4) ? undefined : "A006";
}

/** Whether it is the one after the last that was accepted. */
export function isInSequence({ NTCOL }: Batch, { accepted, last }: BatchHistory): boolean {
  return accepted === undefined && NTCOL === last + 1;
}

/** Who is not settled, and why; the first reason that applies. */
export function refusedOf(
  parties: ClearingParties,
  { BATCHNO, IDACQUIRER }: Batch,
  members: readonly DataStoreRecord[],
  { used }: BatchHistory,
): readonly RefusedMember[] {
  const names = new Set(used);
  const refused: RefusedMember[] = [];
  for (const [index, member] of members.entries()) {
    const own = [psamName(BATCHNO, member), cardName(member)];
    const CC = own.some((name) => names.has(name)) ? "A032" : partyFlaw(parties, IDACQUIRER, member);
    if (CC === undefined) for (const name of own) names.add(name);
    else refused.push({ index, CC });
  }
  return refused;
}

function partyFlaw(parties: ClearingParties, IDACQUIRER: string, member: DataStoreRecord): string | undefined {
  const { IDMER, PPIEP, CURRPDA, CEXPPDA } = member;
  const merchant = parties.merchants.find((each) => each.IDMER === IDMER);
  if (merchant?.IDACQUIRER !== IDACQUIRER) return "A002";
  const pools = parties.issuers.filter((issuer) => issuer.PPIEP === PPIEP);
  return pools.some(({ CURR, CEXP }) => CURR === CURRPDA && CEXP === CEXPPDA) ? undefined : "A005";
}
