import { equal } from "../../core/bytes.ts";
import type { CollectConfig, CollectInput, CollectOutput, CollectPhaseAt } from "./collect-effects.ts";
import { takeCollected } from "./collect-send.ts";
import { askTerminal, type CollectStep, done, entry, heard, interrupted, whatCame } from "./collect-steps.ts";
import type { CollectedBatch, SignedCollection } from "./database/batch-contracts.ts";

/** Step 4 of a collection (`clearing.md` 3): T-collect, and which collection the PSAM holds. */

type Found = Extract<CollectInput, { kind: "found" }>;

/** To these the PSAM does not hold the collection: its members are free for another one. */
const NOT_HELD: ReadonlySet<string> = new Set(["9402", "9418", "9419", "6A80"]);

export function collect(batch: CollectedBatch): CollectStep {
  const { IDTERM, DIGEST, LINES } = batch;
  return {
    state: { at: "collecting", batch },
    outputs: [askTerminal(IDTERM, { kind: "t-collect", IDTERM, DIGEST, LINES })],
  };
}

export function onCollected(
  config: CollectConfig,
  { batch }: CollectPhaseAt<"collecting">,
  input: Extract<CollectInput, { kind: "terminal" }>,
): CollectStep {
  const { IDTERM, DIGEST, LINES } = batch;
  const message = heard(IDTERM, input);
  if (message?.kind === "t-refusal" && NOT_HELD.has(message.CC)) return onNotHeld(batch, message.CC);
  if (message?.kind !== "t-collected") return interrupted(IDTERM, whatCame(message));
  if (message.DIGEST !== DIGEST || !equal(message.LINES, LINES)) return interrupted(IDTERM, "another collection");
  const { BATCHNO, NTCOL, S4 } = message;
  const signed = { BATCHNO, NTCOL, S4 };
  const isSame = batch.signed?.BATCHNO === BATCHNO && batch.signed.NTCOL === NTCOL;
  if (batch.status === "reopened" && !isSame) return closeAgain(batch, whatCame(message));
  if (batch.status === "refused" && isSame) return doubt(batch, signed);
  return takeCollected(config, batch, signed);
}

/**
 * The PSAM says that it does not hold this collection. With `9419` it holds another one: the last that was acknowledged, if its
 * acknowledgement was altered on the way so that the PSAM took it for one of another number.
 */
function onNotHeld(batch: CollectedBatch, CC: string): CollectStep {
  const { IDTERM, sequence, status } = batch;
  if (status === "reopened") return closeAgain(batch, CC);
  if (status !== "asked") return interrupted(IDTERM, `t-refusal ${CC}`);
  const name = CC === "9418" ? "totals-mismatch" : "collection-refused";
  const dropped: readonly CollectOutput[] = [{ kind: "drop", sequence }, entry(name, { IDTERM, CC })];
  if (CC !== "9419") return done(dropped);
  const find: CollectOutput = { kind: "find-acknowledged", IDTERM, name: undefined };
  return { state: { at: "reopening" }, outputs: [...dropped, find] };
}

export function onLastFound({ batch }: Found): CollectStep {
  return batch === undefined ? done() : reopen(batch);
}

/** Whether the PSAM still holds a batch of this name that was acknowledged: with the same lines it answers under that name. */
function doubt(batch: CollectedBatch, signed: SignedCollection): CollectStep {
  const { BATCHNO, NTCOL } = signed;
  const find: CollectOutput = { kind: "find-acknowledged", IDTERM: batch.IDTERM, name: { BATCHNO, NTCOL } };
  return { state: { at: "doubting", batch, signed }, outputs: [find] };
}

export function onDoubted(
  config: CollectConfig,
  { batch, signed }: CollectPhaseAt<"doubting">,
  { batch: earlier }: Found,
): CollectStep {
  if (earlier === undefined) return takeCollected(config, batch, signed);
  return reopen(earlier, [{ kind: "drop", sequence: batch.sequence }]);
}

/** The PSAM is asked for it again, so that it signs its DIGEST and no other. */
function reopen(batch: CollectedBatch, before: readonly CollectOutput[] = []): CollectStep {
  const { sequence, signed } = batch;
  const { BATCHNO = "", NTCOL = 0 } = signed ?? {};
  const { state, outputs } = collect({ ...batch, status: "reopened" });
  const stored: CollectOutput = { kind: "store-reopened", sequence };
  return { state, outputs: [...before, stored, entry("batch-reopened", { BATCHNO, NTCOL }), ...outputs] };
}

/** It is another collection that the PSAM holds. */
function closeAgain({ IDTERM, sequence }: CollectedBatch, reason: string): CollectStep {
  return interrupted(IDTERM, reason, [{ kind: "store-acknowledged", sequence, refused: [] }]);
}
