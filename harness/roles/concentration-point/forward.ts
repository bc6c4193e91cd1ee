import { BATCHES_PATH, getFor, messageIn, postOf, RECEIPTS_PATH, UPDATES_PATH } from "../../link/batch-http.ts";
import type { HttpResponse } from "../../link/exchange.ts";
import { type Delivered, encodeDelivery, parseDelivery } from "../../protocol/messages/delivery.ts";
import type { SystemUpdate } from "../../protocol/messages/layouts.ts";
import { type ConcentrationPointStep, log, over } from "./answers.ts";
import type {
  ConcentrationPointConfig,
  ConcentrationPointInput,
  ConcentrationPointOutput,
  ConcentrationPointPhase,
} from "./effects.ts";
import type { Answer, QueuedBatch } from "./store/contracts.ts";

/**
 * One round of forwarding: first the receipts, so that clearing repeats no update for nothing, then every batch, one after the
 * other in the order of arrival, then the updates for senders that had no batch. It stops at the first trouble.
 */
export function beginForwarding(): ConcentrationPointStep {
  return { state: { at: "receipts" }, outputs: [{ kind: "find-receipts" }] };
}

export function onReceiptsFound({
  receipts,
}: Extract<ConcentrationPointInput, { kind: "receipts" }>): ConcentrationPointStep {
  if (receipts.length === 0) return findNext();
  const messages = receipts.map(({ sequence, ...said }) => ({ kind: "update-receipt", ...said }) as const);
  return {
    state: { at: "passing-receipts-on", sequences: receipts.map(({ sequence }) => sequence) },
    outputs: [{ kind: "ask-clearing", request: postOf(RECEIPTS_PATH, encodeDelivery(messages)) }],
  };
}

export function onNext(
  { senders }: ConcentrationPointConfig,
  { batch }: Extract<ConcentrationPointInput, { kind: "next" }>,
): ConcentrationPointStep {
  if (batch === undefined) return askForUpdates(senders);
  const { IDCP, BATCHNO, NTCOL, bytes } = batch;
  return {
    state: { at: "forwarding", batch },
    outputs: [
      log("batch-forwarded", { IDCP, BATCHNO, NTCOL }),
      { kind: "ask-clearing", request: postOf(BATCHES_PATH, bytes) },
    ],
  };
}

/** Undefined where nothing was asked. */
export function onClearingAnswered(
  phase: ConcentrationPointPhase,
  response: HttpResponse | undefined,
): ConcentrationPointStep | undefined {
  switch (phase.at) {
    case "passing-receipts-on":
      if (response?.status !== 204) return trouble(response);
      return findNext([{ kind: "receipts-passed-on", sequences: phase.sequences }]);
    case "forwarding":
      return onBatchAnswered(phase.batch, response);
    case "updates":
      return onUpdates(phase.senders, response);
    default:
      return undefined;
  }
}

function onBatchAnswered(batch: QueuedBatch, response: HttpResponse | undefined): ConcentrationPointStep {
  const messages = messagesIn(response);
  const answers = messages?.filter((each) => isAnswerTo(batch, each)) ?? [];
  const [answer, other] = answers;
  if (messages === undefined || answer === undefined || other !== undefined) return trouble(response);
  const { IDCP, BATCHNO, NTCOL } = batch;
  return findNext([
    { kind: "answered", batch, answer, updates: messages.filter(isUpdate) },
    log("batch-answered", { IDCP, BATCHNO, NTCOL, answer: answer.kind }),
  ]);
}

function onUpdates(senders: readonly string[], response: HttpResponse | undefined): ConcentrationPointStep {
  const messages = messagesIn(response);
  const [IDCP, ...left] = senders;
  if (messages === undefined || IDCP === undefined) return trouble(response);
  const { state, outputs } = askForUpdates(left);
  return { state, outputs: [{ kind: "keep-updates", IDCP, updates: messages.filter(isUpdate) }, ...outputs] };
}

function askForUpdates(senders: readonly string[]): ConcentrationPointStep {
  const [IDCP] = senders;
  if (IDCP === undefined) return over([]);
  return {
    state: { at: "updates", senders },
    outputs: [{ kind: "ask-clearing", request: getFor(UPDATES_PATH, IDCP) }],
  };
}

function findNext(before: readonly ConcentrationPointOutput[] = []): ConcentrationPointStep {
  return { state: { at: "next" }, outputs: [...before, { kind: "find-next" }] };
}

function trouble(response: HttpResponse | undefined): ConcentrationPointStep {
  const reason = response === undefined ? "clearing cannot be reached" : `clearing answered ${response.status}`;
  return over([log("forwarding-interrupted", { reason }), { kind: "trouble", reason }]);
}

function messagesIn(response: HttpResponse | undefined): readonly Delivered[] | undefined {
  const bytes = response?.status === 200 ? messageIn(response.body) : undefined;
  const delivery = bytes && parseDelivery(bytes);
  return delivery?.ok === true ? delivery.messages : undefined;
}

function isAnswerTo({ IDCP, BATCHNO, NTCOL }: QueuedBatch, message: Delivered): message is Answer {
  if (message.kind !== "batch-acknowledgement" && message.kind !== "batch-refusal") return false;
  return message.IDCP === IDCP && message.BATCHNO === BATCHNO && message.NTCOL === NTCOL;
}

function isUpdate(message: Delivered): message is SystemUpdate {
  return message.kind === "system-update";
}
