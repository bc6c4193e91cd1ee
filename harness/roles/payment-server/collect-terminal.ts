import { fromHex, toHex } from "../../core/bytes.ts";
import { batchDigest } from "../../crypto/collection.ts";
import { encodeMembers, sumsOf } from "../../protocol/messages/batch-members.ts";
import { encodeLines } from "../../protocol/messages/collection-lines.ts";
import { parseTotals } from "../../protocol/messages/psam-read-totals.ts";
import { type DataStoreRecord, parseStore } from "../../protocol/messages/store-record.ts";
import { collect } from "./collect-ask.ts";
import type { CollectConfig, CollectInput, CollectOutput, CollectPhaseAt } from "./collect-effects.ts";
import { chooseMembers } from "./collect-members.ts";
import { send } from "./collect-send.ts";
import { askTerminal, type CollectStep, done, entry, heard, interrupted, whatCame } from "./collect-steps.ts";
import type { CollectedBatch } from "./database/batch-contracts.ts";
import type { TransactionRecord } from "./database/contracts.ts";

/** Steps 1 to 3 of a collection (`clearing.md` 3), up to T-collect. */

type Heard = Extract<CollectInput, { kind: "terminal" }>;

/** So often a data store is read from its beginning while it changes. */
const MOST_RESTARTS = 3;

export function beginCollection(IDTERM: string): CollectStep {
  return { state: { at: "pending", IDTERM }, outputs: [{ kind: "find-pending", IDTERM }] };
}

export function onPending(
  config: CollectConfig,
  { IDTERM }: CollectPhaseAt<"pending">,
  { batch, isPsamKnown }: Extract<CollectInput, { kind: "pending" }>,
): CollectStep {
  if (batch !== undefined) return isSigned(batch) ? send(config, batch) : collect(batch);
  if (isPsamKnown) return findUntold(IDTERM);
  return { state: { at: "identifying", IDTERM }, outputs: [askTerminal(IDTERM, { kind: "t-read-totals", IDTERM })] };
}

/** One that clearing has refused may have been altered on its way from the PSAM, which says it again; so it does with a reopened one. */
function isSigned({ signed, status }: CollectedBatch): boolean {
  return signed !== undefined && status !== "refused" && status !== "reopened";
}

/** Updates name a PSAM: it is found in its terminal. */
export function onIdentified({ IDTERM }: CollectPhaseAt<"identifying">, input: Heard): CollectStep {
  const message = heard(IDTERM, input);
  const totals = message?.kind === "t-totals" ? parseTotals(message.TOTALS) : undefined;
  if (totals?.ok !== true) return interrupted(IDTERM, whatCame(message));
  const BATCHNO = `${totals.value.PPPSAM}00${totals.value.IDPSAM}`;
  return findUntold(IDTERM, [{ kind: "note-psam", IDTERM, BATCHNO }]);
}

function findUntold(IDTERM: string, before: readonly CollectOutput[] = []): CollectStep {
  return { state: { at: "untold", IDTERM }, outputs: [...before, { kind: "find-untold", IDTERM }] };
}

export function onUntold(
  { IDTERM }: CollectPhaseAt<"untold">,
  { rows }: Extract<CollectInput, { kind: "untold" }>,
): CollectStep {
  return tell(IDTERM, rows, []);
}

/** The PSAM learns of each that it is confirmed, so that it cannot be taken back any more. */
function tell(IDTERM: string, rows: readonly TransactionRecord[], before: readonly CollectOutput[]): CollectStep {
  const [row] = rows;
  if (row === undefined) return readStore(IDTERM, [], 0, before);
  const CARDRSP = fromHex(row.debitResponse ?? "");
  const response = { kind: "t-response", IDTERM, IDTRX: row.IDTRX, CARDRSP, SW: "9000" } as const;
  return { state: { at: "telling", IDTERM, rows }, outputs: [...before, askTerminal(IDTERM, response)] };
}

export function onTold({ IDTERM, rows }: CollectPhaseAt<"telling">, input: Heard): CollectStep {
  const message = heard(IDTERM, input);
  const [row, ...left] = rows;
  if (row === undefined || message?.kind !== "t-result" || message.CC.startsWith("A")) {
    return interrupted(IDTERM, whatCame(message));
  }
  const { IDMER, IDTRX } = row;
  const response = toHex(input.bytes ?? new Uint8Array(0));
  return tell(IDTERM, left, [{ kind: "note-told", name: { IDMER, IDTRX }, response }]);
}

function readStore(
  IDTERM: string,
  records: readonly DataStoreRecord[],
  restarts: number,
  before: readonly CollectOutput[] = [],
): CollectStep {
  const request = { kind: "t-read-store", IDTERM, INDEX: records.length } as const;
  return {
    state: { at: "reading", IDTERM, records, restarts },
    outputs: [...before, askTerminal(IDTERM, request)],
  };
}

/** A page of the data store. Where a record is missing between two pages the store has moved on: once more from its beginning. */
export function onStorePage({ IDTERM, records, restarts }: CollectPhaseAt<"reading">, input: Heard): CollectStep {
  const message = heard(IDTERM, input);
  if (message?.kind !== "t-store") return interrupted(IDTERM, whatCame(message));
  const page = parseStore(message.STORE);
  const all = [...records];
  for (const parsed of page) {
    if (!parsed.ok) return interrupted(IDTERM, `a record of its data store: ${parsed.reason}`);
    const last = all.at(-1);
    if (last !== undefined && parsed.record.COUNT !== last.COUNT + 1) {
      return restarts < MOST_RESTARTS
        ? readStore(IDTERM, [], restarts + 1)
        : interrupted(IDTERM, "its data store does not hold still");
    }
    all.push(parsed.record);
  }
  if (page.length > 0 && all.length < message.INDEX) return readStore(IDTERM, all, restarts);
  const identifiers = [...new Set(all.map(({ IDTRX }) => IDTRX))];
  return {
    state: { at: "choosing", IDTERM, records: all },
    outputs: [{ kind: "find-candidates", IDTERM, identifiers }],
  };
}

export function onCandidates(
  { IDTERM, records }: CollectPhaseAt<"choosing">,
  candidates: Extract<CollectInput, { kind: "candidates" }>,
): CollectStep {
  const { members, mismatches } = chooseMembers(records, candidates);
  const lines = mismatches.map(({ record: { COUNT, IDTRX }, what }) =>
    entry("record-mismatch", { IDTERM, COUNT, what }, IDTRX),
  );
  if (members.length === 0) return done(lines);
  const MEMBERS = encodeMembers(members);
  const collection = {
    IDTERM,
    DIGEST: toHex(batchDigest([MEMBERS])),
    LINES: encodeLines(sumsOf(members)),
    MEMBERS,
    members: members.map(({ IDMER, IDTRX }) => ({ IDMER, IDTRX })),
  };
  return { state: { at: "asking", IDTERM }, outputs: [...lines, { kind: "store-asked", collection }] };
}
