/** Talking to a load server under the layer, as a head end would: about a load that the case has authorised itself (`load.md` 4). */
import { fromHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { nonceLength } from "../../../harness/crypto/seal.ts";
import { openMessage, sealMessage } from "../../../harness/crypto/sealed-message.ts";
import { LAYOUTS, type MessageKind, type MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { parseLoadAuthorisation } from "../../../harness/protocol/messages/load-page-objects.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { elementOf } from "../../payment/support/alter.ts";
import { selectPurse } from "../../payment/support/card.ts";
import { giveAmount, ownPage } from "./browser.ts";
import { initialiseLoad, type LoadOffer } from "./own-load.ts";
import { type LoadKeys, loadKeys, type ShownPage } from "./page.ts";
import { type Source, siteOf } from "./sources.ts";

/** A load that is authorised, with the card in the reader initialised for it. */
export interface OwnRequest {
  readonly page: ShownPage["page"];
  readonly keys: LoadKeys;
  readonly ATR: Uint8Array;
  readonly offer: LoadOffer;
  readonly SECLOAD: Uint8Array | undefined;
}

/** Page, amount and the card's own request, by the harness at the head end's place; not for the direct path. */
export async function ownRequest(t: CaseContext, source: Source, MLDA = 25): Promise<OwnRequest> {
  const site = siteOf(t, source);
  const { ATR } = await t.system.readPurse();
  const shown = await ownPage(t, site);
  const { status, body } = await giveAmount(t, site, shown, String(MLDA));
  t.expect.equal("status of the authorisation", status, 200);
  const authorised = parseLoadAuthorisation(body);
  const { page } = shown;
  await selectPurse(t);
  const { CURRLDA, CEXPLDA, IDACQ, DTHR, IDTRX } = page;
  const offer = await initialiseLoad(t, { MLDA, CURRLDA, CEXPLDA, IDACQ, DTHR, IDTRX });
  const SECLOAD = source.source === "bank" && authorised.ok ? authorised.value : undefined;
  return { page, keys: loadKeys(t, shown, source), ATR, offer, SECLOAD };
}

/** The load request (A8). */
export function requestBytes({ page, ATR, offer, SECLOAD }: OwnRequest): Uint8Array {
  const { SOURCE, IDMER, IDTRX } = page;
  const { LOADINIT, LOADRSP } = offer;
  return encodeMessage({ kind: "load-request", SOURCE, IDMER, IDTRX, ATR, LOADINIT, LOADRSP, SECLOAD });
}

/** `inner` in E4. `number` makes the nonce: another one for each message under one key. */
export function opening(
  { page, keys }: Pick<OwnRequest, "page" | "keys">,
  inner: Uint8Array,
  number: number,
): Uint8Array {
  const { IDMER, IDTRX, RND = "", ETSK = new Uint8Array(0) } = page;
  return encodeMessage({ kind: "sealed-opening", IDMER, IDTRX, RND, ETSK, SEALED: sealed(keys, inner, number) });
}

/** `inner` in E5. */
export function within({ keys }: Pick<OwnRequest, "keys">, inner: Uint8Array, number: number): Uint8Array {
  return encodeMessage({ kind: "sealed", IDTRX: keys.IDTRX, SEALED: sealed(keys, inner, number) });
}

function sealed({ suite, TSK, IDTRX }: LoadKeys, inner: Uint8Array, number: number): Uint8Array {
  return sealMessage(suite, TSK, IDTRX, uintToBytes(number, nonceLength(suite)), inner);
}

/** What is within an answer; a failed expectation when it is no such message under the session key. */
export function innerOf<Kind extends MessageKind>(
  t: CaseContext,
  { keys: { suite, TSK, IDTRX } }: OwnRequest,
  answer: Uint8Array | null | undefined,
  kind: Kind,
  about?: About,
): MessageOf<Kind> {
  const SEALED = answer ? elementOf(answer, "SEALED") : undefined;
  const inner = SEALED && openMessage(suite, TSK, IDTRX, SEALED, [LAYOUTS[kind].tag]);
  const message = inner ? parseMessage(inner) : undefined;
  const found = message && isOf(message, kind) ? message : undefined;
  return t.expect.present(`${kind} under the session key in the load server's answer`, found, about);
}

/** CC of an answer in clear: "EE A001", "EF", "closed". */
export function answerWords(answer: Uint8Array | null | undefined): string {
  if (!answer) return "closed";
  const message = parseMessage(answer);
  if (message.kind === "refusal") return `EE ${message.CC}`;
  return (answer[0] ?? 0).toString(16).toUpperCase();
}

/** AA with what the card answered to CREDIT IEP. */
export function responseBytes({ page: { IDTRX } }: OwnRequest, CARDRSP: Uint8Array, SW = "9000"): Uint8Array {
  return encodeMessage({ kind: "load-response", IDTRX, CARDRSP, SW, RECOVERED: 0 });
}

/** Another identifier than that of the load. */
export const OTHER_IDTRX = fromHex("0F0E0D0C0B0A09080706050403020100");

function isOf<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
