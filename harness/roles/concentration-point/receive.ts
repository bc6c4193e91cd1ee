import { toHex } from "../../core/bytes.ts";
import { batchDigest } from "../../crypto/collection.ts";
import { batchAnswer } from "../../link/batch-http.ts";
import { parseMembers } from "../../protocol/messages/batch-members.ts";
import { parseDelivery } from "../../protocol/messages/delivery.ts";
import { encodeDeliveryPart } from "../../protocol/messages/delivery-part.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { answer, type ConcentrationPointStep, log, refuse } from "./answers.ts";
import type { ConcentrationPointConfig, ConcentrationPointInput } from "./effects.ts";
import type { NewBatch } from "./store/contracts.ts";

/** What senders ask (`clearing.md` 4). */

/** POST /batches. What is in a batch is for clearing to judge, as long as it is one. */
export function onBatch({ senders, queueLimit }: ConcentrationPointConfig, bytes: Uint8Array): ConcentrationPointStep {
  const message = parseMessage(bytes);
  if (message.kind !== "batch" || !parseMembers(message.MEMBERS).ok) return refuse(400);
  const { IDCP, BATCHNO, NTCOL } = message;
  if (!senders.includes(IDCP)) return refuse(403);
  const batch = { IDCP, BATCHNO, NTCOL, fingerprint: toHex(batchDigest([bytes])), bytes };
  return { state: { at: "storing", batch }, outputs: [{ kind: "store-batch", batch, limit: queueLimit }] };
}

export function onStored(
  { IDCP, BATCHNO, NTCOL }: NewBatch,
  { outcome }: Extract<ConcentrationPointInput, { kind: "stored" }>,
): ConcentrationPointStep {
  if (outcome === "full") return refuse(503);
  const entry = outcome === "stored" ? "batch-stored" : "batch-repeated";
  return answer(batchAnswer(202), [log(entry, { IDCP, BATCHNO, NTCOL })]);
}

/** GET /deliveries. */
export function onDeliveries({ senders }: ConcentrationPointConfig, IDCP: string | undefined): ConcentrationPointStep {
  if (IDCP === undefined) return refuse(400);
  if (!senders.includes(IDCP)) return refuse(403);
  return { state: { at: "delivering" }, outputs: [{ kind: "find-waiting", IDCP }] };
}

/** As many as one message holds; the rest is there for the next request. */
export function onWaiting({ messages }: Extract<ConcentrationPointInput, { kind: "waiting" }>): ConcentrationPointStep {
  return answer(batchAnswer(200, encodeDeliveryPart(messages)));
}

/** POST /receipts. */
export function onReceipts(bytes: Uint8Array): ConcentrationPointStep {
  const delivery = parseDelivery(bytes);
  if (!delivery.ok || delivery.messages.some(({ kind }) => kind === "system-update")) return refuse(400);
  return answer(batchAnswer(204), [{ kind: "take", messages: delivery.messages }]);
}
