import { BATCHES_PATH, messageIn, postOf } from "../../link/batch-http.ts";
import { parseLines } from "../../protocol/messages/collection-lines.ts";
import { parseDelivery } from "../../protocol/messages/delivery.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { CollectConfig, CollectInput, CollectOutput, CollectPhaseAt } from "./collect-effects.ts";
import { type CollectStep, done, entry, interrupted } from "./collect-steps.ts";
import type { CollectedBatch, SignedCollection } from "./database/batch-contracts.ts";

/** Step 5 of a collection (`clearing.md` 3): the batch on its way. */

/** What the PSAM has signed is stored, and sent. */
export function takeCollected(config: CollectConfig, batch: CollectedBatch, signed: SignedCollection): CollectStep {
  const { sequence, LINES } = batch;
  const { BATCHNO, NTCOL } = signed;
  const { members, sum } = figuresOf(LINES);
  return send(config, { ...batch, status: "collected", signed }, [
    { kind: "store-collected", sequence, signed },
    entry("batch-collected", { BATCHNO, NTCOL, members, sum }),
  ]);
}

/** Number and sum of the members: of one currency in words of minor units, of several each by itself. */
function figuresOf(LINES: Uint8Array): { readonly members: number; readonly sum: number | string } {
  const parsed = parseLines(LINES);
  const lines = parsed.ok ? parsed.value : [];
  const members = lines.reduce((count, { NTOT }) => count + NTOT, 0);
  const units = new Map<string, number>();
  for (const { CURR, CEXP, MTOT } of lines) {
    const unit = `${CURR}/${CEXP}`;
    units.set(unit, (units.get(unit) ?? 0) + MTOT);
  }
  const [only = 0] = units.values();
  const sums = [...units].map(([unit, sum]) => `${sum} ${unit}`);
  return { members, sum: units.size > 1 ? sums.join(", ") : only };
}

/** The same bytes every time. */
export function send(
  { IDCP, IDACQUIRER }: CollectConfig,
  batch: CollectedBatch,
  before: readonly CollectOutput[] = [],
): CollectStep {
  const { LINES, MEMBERS, signed, IDTERM } = batch;
  if (signed === undefined) return interrupted(IDTERM, "no signature", before);
  const bytes = encodeMessage({ kind: "batch", IDCP, IDACQUIRER, LINES, MEMBERS, ...signed });
  return {
    state: { at: "sending", batch },
    outputs: [...before, { kind: "ask-collector", request: postOf(BATCHES_PATH, bytes) }],
  };
}

/** 202 of a concentration point; 200 of the clearing system, with what it delivers. */
export function onSent(
  { batch }: CollectPhaseAt<"sending">,
  { response }: Extract<CollectInput, { kind: "posted" }>,
): CollectStep {
  const { IDTERM, sequence, status, signed } = batch;
  const { BATCHNO = "", NTCOL = 0 } = signed ?? {};
  const bytes = response?.status === 200 ? messageIn(response.body) : undefined;
  const delivery = bytes && parseDelivery(bytes);
  const isTaken = response?.status === 202 || delivery?.ok === true;
  if (!isTaken) return interrupted(IDTERM, response === undefined ? "nobody takes batches" : `HTTP ${response.status}`);
  const sent: CollectOutput[] = [];
  if (status !== "sent") sent.push({ kind: "store-sent", sequence }, entry("batch-sent", { BATCHNO, NTCOL }));
  return done(delivery?.ok ? [...sent, { kind: "delivered", messages: delivery.messages }] : sent);
}
