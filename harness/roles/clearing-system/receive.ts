import { fromHex, toHex } from "../../core/bytes.ts";
import { batchDigest, deriveCollectionKey, signS5 } from "../../crypto/collection.ts";
import { batchAnswer } from "../../link/batch-http.ts";
import { parseDelivery } from "../../protocol/messages/delivery.ts";
import { encodeDeliveryPart } from "../../protocol/messages/delivery-part.ts";
import type {
  Batch,
  BatchAcknowledgement,
  BatchRefusal,
  SystemUpdate,
  UpdateReceipt,
} from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { encodeRefused } from "../../protocol/messages/refused-members.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import { answer, type ClearingStep, log, refuse } from "./answers.ts";
import type { ClearingConfig, ClearingInput, ClearingOutput, ClearingPhase } from "./effects.ts";
import { flawOf, isInSequence, membersOf, refusedOf } from "./judge.ts";
import { batchNumberOf, psamOf } from "./parties.ts";
import type { BatchHistory } from "./store/contracts.ts";

type Answer = BatchAcknowledgement | BatchRefusal;

/** What concentration points and direct senders ask (`clearing.md` 4 and 5). */

/** POST /batches. Bytes that are no batch name no batch that could be answered: 400. */
export function onBatch(config: ClearingConfig, bytes: Uint8Array): ClearingStep {
  const batch = parseMessage(bytes);
  if (batch.kind !== "batch") return refuse(400);
  const members = membersOf(batch);
  const CC = members === undefined ? "A001" : flawOf(config, batch);
  return {
    state: { at: "judging", batch, members: members ?? [], CC },
    outputs: [{ kind: "find-history", batch, members: members ?? [] }],
  };
}

export function onHistory(
  config: ClearingConfig,
  { batch, members, CC }: Extract<ClearingPhase, { at: "judging" }>,
  { history }: Extract<ClearingInput, { kind: "history" }>,
): ClearingStep {
  if (CC !== undefined) return refuseBatch(batch, CC, members.length, history);
  const DIGEST = toHex(batchDigest([batch.MEMBERS]));
  const { BATCHNO, NTCOL } = batch;
  if (history.accepted?.DIGEST === DIGEST) {
    const repeated = log("batch-repeated", { BATCHNO, NTCOL, members: members.length, refused: 0 });
    return answerBatch({ ...history.accepted.answer, IDCP: batch.IDCP }, history.due, [repeated]);
  }
  if (!isInSequence(batch, history)) return refuseBatch(batch, "A031", members.length, history);
  return accept(config, batch, members, DIGEST, history);
}

function accept(
  { parties, MKC }: ClearingConfig,
  batch: Batch,
  members: readonly DataStoreRecord[],
  DIGEST: string,
  history: BatchHistory,
): ClearingStep {
  const { IDCP, BATCHNO, NTCOL } = batch;
  const psam = psamOf(parties, BATCHNO);
  if (psam === undefined) return refuseBatch(batch, "A030", members.length, history);
  const refused = refusedOf(parties, batch, members, history);
  const S5 = signS5(deriveCollectionKey(MKC, psam), { ...psam, NTCOL, DIGEST: fromHex(DIGEST) });
  const REFUSED = refused.length === 0 ? {} : { REFUSED: encodeRefused(refused) };
  const said: BatchAcknowledgement = { kind: "batch-acknowledgement", IDCP, BATCHNO, NTCOL, DIGEST, S5, ...REFUSED };
  return answerBatch(said, history.due, [
    { kind: "accept", batch: { batch, DIGEST, members, refused, answer: said } },
    log("batch-accepted", { BATCHNO, NTCOL, members: members.length, refused: refused.length }),
  ]);
}

function refuseBatch(
  { IDCP, BATCHNO, NTCOL }: Batch,
  CC: string,
  members: number,
  { due }: BatchHistory,
): ClearingStep {
  const said = { kind: "batch-refusal", IDCP, BATCHNO, NTCOL, CC } as const;
  return answerBatch(said, due, [log("batch-refused", { BATCHNO, NTCOL, members, refused: members, CC })]);
}

/** B9 or BA, and the updates that are due for the PSAM, as many as one message holds. */
function answerBatch(said: Answer, due: readonly SystemUpdate[], before: readonly ClearingOutput[]): ClearingStep {
  return answer(batchAnswer(200, encodeDeliveryPart([said, ...due])), before);
}

/** GET /updates. */
export function onUpdates({ parties }: ClearingConfig, IDCP: string | undefined): ClearingStep {
  if (IDCP === undefined) return refuse(400);
  if (!parties.senders.includes(IDCP)) return refuse(403);
  const psams = parties.psams.filter(({ sender }) => sender === IDCP).map(batchNumberOf);
  return { state: { at: "listing" }, outputs: [{ kind: "find-due", psams }] };
}

export function onDue({ updates }: Extract<ClearingInput, { kind: "due" }>): ClearingStep {
  return answer(batchAnswer(200, encodeDeliveryPart(updates)));
}

/** POST /receipts: of updates; that answers were taken concerns nobody here. */
export function onReceipts(bytes: Uint8Array): ClearingStep {
  const delivery = parseDelivery(bytes);
  if (!delivery.ok || delivery.messages.some(({ kind }) => kind === "system-update")) return refuse(400);
  const receipts = delivery.messages.filter((each): each is UpdateReceipt => each.kind === "update-receipt");
  const lines = receipts.map(({ BATCHNO, NTUPD, CC }) => log("update-receipt", { BATCHNO, NTUPD, CC }));
  return answer(batchAnswer(204), [...lines, { kind: "note-receipts", receipts }]);
}
