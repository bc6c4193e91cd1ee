import { DELIVERIES_PATH, getFor, messageIn, postOf, RECEIPTS_PATH, UPDATES_PATH } from "../../link/batch-http.ts";
import { type Delivered, parseDelivery } from "../../protocol/messages/delivery.ts";
import { encodeDeliveryPart } from "../../protocol/messages/delivery-part.ts";
import type { SystemUpdate } from "../../protocol/messages/layouts.ts";
import { parseUpdate } from "../../protocol/messages/psam-update.ts";
import { parseRefused } from "../../protocol/messages/refused-members.ts";
import type { CollectConfig, CollectInput, CollectOutput, CollectPhaseAt, HandingOut } from "./collect-effects.ts";
import { askTerminal, type CollectStep, done, entry, heard } from "./collect-steps.ts";

/** Acknowledgements, refusals and updates on their way to the PSAMs, and the receipts for them (`clearing.md` 3 and 4). */

type Heard = Extract<CollectInput, { kind: "terminal" }>;

/** The terminal's answer where it was done: now, or the time before without anybody hearing of it. */
const ACKNOWLEDGED: ReadonlySet<string> = new Set(["0000", "9415"]);
const APPLIED: ReadonlySet<string> = new Set(["0000", "9419"]);

export function fetchDeliveries({ IDCP, isDirect }: CollectConfig): CollectStep {
  const request = getFor(isDirect ? UPDATES_PATH : DELIVERIES_PATH, IDCP);
  return { state: { at: "fetching" }, outputs: [{ kind: "ask-collector", request }] };
}

export function onFetched({ response }: Extract<CollectInput, { kind: "posted" }>): CollectStep {
  const bytes = response?.status === 200 ? messageIn(response.body) : undefined;
  const delivery = bytes && parseDelivery(bytes);
  if (delivery?.ok === true) return handOut(delivery.messages);
  const reason = response === undefined ? "nobody delivers" : `HTTP ${response.status}`;
  return done([entry("deliveries-not-fetched", { reason })]);
}

export function handOut(messages: readonly Delivered[]): CollectStep {
  return next({ left: messages, receipts: [], waiting: [] });
}

/** The next of them; when there is none left, receipts for what was taken. */
function next(handing: HandingOut, before: readonly CollectOutput[] = []): CollectStep {
  const [said, ...left] = handing.left;
  const rest = { ...handing, left };
  switch (said?.kind) {
    case undefined:
      return giveReceipts(handing, before);
    case "batch-acknowledgement":
    case "batch-refusal": {
      const find: CollectOutput = { kind: "find-batch", BATCHNO: said.BATCHNO, NTCOL: said.NTCOL };
      return { state: { at: "finding-batch", said, handing: rest }, outputs: [...before, find] };
    }
    case "system-update":
      return findPsam(said, rest, before);
    case "update-receipt":
      return next(rest, before);
  }
}

function giveReceipts({ receipts }: HandingOut, before: readonly CollectOutput[]): CollectStep {
  if (receipts.length === 0) return done(before);
  const request = postOf(RECEIPTS_PATH, encodeDeliveryPart(receipts));
  return { state: { at: "receipts" }, outputs: [...before, { kind: "ask-collector", request }] };
}

export function onFound(
  { said, handing }: CollectPhaseAt<"finding-batch">,
  { batch }: Extract<CollectInput, { kind: "found" }>,
): CollectStep {
  const { BATCHNO, NTCOL } = said;
  const taken = withReceipt(handing, said);
  if (batch === undefined || batch.status === "acknowledged") return next(taken);
  if (said.kind === "batch-refusal") {
    const { sequence } = batch;
    return next(taken, [
      { kind: "store-refused", sequence, CC: said.CC },
      entry("batch-refused", { BATCHNO, NTCOL, CC: said.CC }),
    ]);
  }
  if (said.DIGEST !== batch.DIGEST) return next(taken, [entry("acknowledgement-unknown", { BATCHNO, NTCOL })]);
  const { IDTERM } = batch;
  const acknowledge = askTerminal(IDTERM, { kind: "t-acknowledge", IDTERM, NTCOL, S5: said.S5 });
  return { state: { at: "acknowledging", said, batch, handing }, outputs: [acknowledge] };
}

export function onAcknowledged(phase: CollectPhaseAt<"acknowledging">, input: Heard): CollectStep {
  const { said, batch, handing } = phase;
  const CC = codeOf(batch.IDTERM, input);
  if (CC === undefined) return next(handing); // it is delivered again
  const { BATCHNO, NTCOL } = said;
  const taken = withReceipt(handing, said);
  const line = entry("batch-acknowledged", { BATCHNO, NTCOL, CC });
  if (!ACKNOWLEDGED.has(CC)) return next(taken, [line]); // the batch is sent again, and answered anew
  const { sequence } = batch;
  return next(taken, [{ kind: "store-acknowledged", sequence, refused: parseRefused(said.REFUSED) }, line]);
}

/** Not where an earlier update of that PSAM waits still: a PSAM takes no number after a higher one. */
function findPsam(said: SystemUpdate, handing: HandingOut, before: readonly CollectOutput[]): CollectStep {
  const parsed = parseUpdate(said.UPDATE);
  if (!parsed.ok || handing.waiting.includes(said.BATCHNO)) return next(withWaiting(handing, said), before);
  const { NTUPD } = parsed.value.update;
  return {
    state: { at: "finding-psam", said, NTUPD, handing },
    outputs: [...before, { kind: "find-psam", BATCHNO: said.BATCHNO }],
  };
}

export function onPsam(
  { said, NTUPD, handing }: CollectPhaseAt<"finding-psam">,
  { psam }: Extract<CollectInput, { kind: "psam" }>,
): CollectStep {
  const last = psam?.NTUPD ?? NTUPD - 1;
  if (psam === undefined || NTUPD > last + 1) return next(withWaiting(handing, said));
  if (NTUPD <= last) return next(withUpdateReceipt(handing, said, NTUPD, "0000"));
  const { IDTERM } = psam;
  const update = askTerminal(IDTERM, { kind: "t-update", IDTERM, UPDATE: said.UPDATE });
  return { state: { at: "updating", IDTERM, said, NTUPD, handing }, outputs: [update] };
}

export function onUpdated(phase: CollectPhaseAt<"updating">, input: Heard): CollectStep {
  const { IDTERM, said, NTUPD, handing } = phase;
  const CC = codeOf(IDTERM, input);
  if (CC === undefined) return next(withWaiting(handing, said));
  const { BATCHNO } = said;
  const line = entry("update-applied", { BATCHNO, NTUPD, CC });
  if (!APPLIED.has(CC)) return next(withWaiting(withUpdateReceipt(handing, said, NTUPD, CC), said), [line]);
  const stored: CollectOutput = { kind: "store-update-applied", BATCHNO, NTUPD };
  return next(withUpdateReceipt(handing, said, NTUPD, "0000"), [stored, line]);
}

/** Whoever delivers has heard of it, or delivers it again. */
export function onReceiptsGiven(): CollectStep {
  return done();
}

/** What the PSAM said; undefined where it, or the terminal, gave no answer. */
function codeOf(IDTERM: string, input: Heard): string | undefined {
  const message = heard(IDTERM, input);
  if (message?.kind !== "t-done" && message?.kind !== "t-refusal") return undefined;
  return message.CC.startsWith("A") ? undefined : message.CC;
}

function withReceipt(handing: HandingOut, said: Delivered): HandingOut {
  return { ...handing, receipts: [...handing.receipts, said] };
}

function withUpdateReceipt(handing: HandingOut, { BATCHNO }: SystemUpdate, NTUPD: number, CC: string): HandingOut {
  return withReceipt(handing, { kind: "update-receipt", BATCHNO, NTUPD, CC });
}

function withWaiting(handing: HandingOut, { BATCHNO }: SystemUpdate): HandingOut {
  return { ...handing, waiting: [...handing.waiting, BATCHNO] };
}
