/** Talking to a payment server under the layer, as a head end would: about a sale that the case orders itself. */
import { toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { nonceLength } from "../../harness/crypto/seal.ts";
import { sealMessage } from "../../harness/crypto/sealed-message.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import type { SealedOpening } from "../../harness/protocol/messages/layouts.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { initialise } from "../payment/support/direct.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { drawRequestOf, during, orderItem, theAnswer } from "../payment/support/payment.ts";
import { keysOfPage, type TransactionKeys } from "./keys.ts";
import { type Overlay, WITH_RESULTS } from "./overlay.ts";

const T_DRAW = 0xf1;
const LAN_HEADER = 4;
/** A sale, its keys, and the draw request that belongs to it, with the card in the reader initialised for it. */
export interface OwnSale {
  readonly page: PaymentPage;
  readonly keys: TransactionKeys;
  readonly draw: Uint8Array;
}

export async function ownSale(t: CaseContext, site: Overlay): Promise<OwnSale> {
  const page = await orderItem(t, { SITE: site.SITE });
  const keys = keysOfPage(t, page, site);
  return { page, keys, draw: drawRequestOf(page, await initialise(t)) };
}

/** `inner` under the TSK. `number` makes the nonce: another one for each message under one key. */
export function sealedUnder(
  { suite, TSK, IDTRX }: Pick<TransactionKeys, "suite" | "TSK" | "IDTRX">,
  inner: Uint8Array,
  number: number,
) {
  return sealMessage(suite, TSK, IDTRX, nonceOf(suite, number), inner);
}

export function nonceOf(suite: TransactionKeys["suite"], number: number): Uint8Array {
  return uintToBytes(number, nonceLength(suite));
}

/** E4 with the draw request in it; `changes` are not what they should be. */
export function openingOf({ keys, draw }: OwnSale, changes: Partial<SealedOpening> = {}): Uint8Array {
  const { IDMER, IDTRX, RND, ETSK } = keys;
  const SEALED = sealedUnder(keys, draw, 1);
  const envelope = { kind: "sealed-opening", IDMER, IDTRX, RND: toHex(RND), ETSK, SEALED } as const;
  return encodeMessage({ ...envelope, ...changes });
}

/** E5 that says that the card has refused, so that no money moves: a debit response, or the notice where the payment server does not decide. */
export function refusalOf({ keys }: OwnSale, { figure }: Overlay): Uint8Array {
  const { IDTRX } = keys;
  const none = { IDTRX, CARDRSP: new Uint8Array(0), SW: "6985" };
  const inner = WITH_RESULTS.includes(figure)
    ? encodeMessage({ kind: "debit-response", ...none, RECOVERED: 0 })
    : encodeMessage({ kind: "notice", ...none, CC: "9404" });
  return encodeMessage({ kind: "sealed", IDTRX, SEALED: sealedUnder(keys, inner, 2) });
}

/** The payment server refuses the opening with that code, and no terminal hears of it. */
export async function expectOpeningRefused(
  t: CaseContext,
  opening: Uint8Array,
  CC: string,
  about: About,
): Promise<void> {
  const { value: answers, events } = await during(t, () => t.system.paymentSession([opening]));
  t.expect.equal("CC of the refusal", theAnswer(t, answers[0], "refusal", about).CC, CC, about);
  t.expect.equal("draw requests to terminals", drawsIn(events), 0, about);
}

/** T-draw messages to whichever terminal. */
export function drawsIn(events: readonly RecordedEvent[]): number {
  const lan = messagesOn(events, "LAN").filter(({ bytes }) => bytes[LAN_HEADER] === T_DRAW);
  return lan.length + messagesOn(events, "line").filter(({ bytes }) => bytes[0] === T_DRAW).length;
}
