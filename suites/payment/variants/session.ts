/** A session with the payment server about a sale of that figure, and what a genuine card would say to its debit command. */
import { fromHex } from "../../../harness/core/bytes.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { PaymentPage } from "../../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../../define/case.ts";
import { initialise, type Offer } from "../support/direct.ts";
import { drawRequestOf, during, orderItem, theAnswer } from "../support/payment.ts";
import type { Figure } from "./figures.ts";
import { dueResponse, siteOf } from "./variant.ts";

/** The debit command of a sale, and the answer of a genuine card to it; no card has given one. */
export interface Commanded {
  readonly page: PaymentPage;
  readonly offer: Offer;
  readonly DEBITDATA: Uint8Array;
  /** CARDRSP, 16 bytes, CC 0000. */
  readonly due: Uint8Array;
}

type Reply = (commanded: Commanded) => Uint8Array;

/** Draw request, and then what `replies` make of the debit command; cases with `needs: { keys: true }`. */
export async function session(t: CaseContext, figure: Figure, replies: readonly Reply[]) {
  const page = await orderItem(t, { SITE: siteOf(t, figure) });
  const offer = await initialise(t);
  const commanded = (answer: Uint8Array | null | undefined): Commanded => {
    const { DEBITDATA } = theAnswer(t, answer, "debit-command");
    return { page, offer, DEBITDATA, due: fromHex(dueResponse(t, offer.INITRSP, offer.fields, DEBITDATA)) };
  };
  const later = replies.map((reply) => (answers: readonly (Uint8Array | null)[]) => reply(commanded(answers[0])));
  const messages = [drawRequestOf(page, offer), ...later];
  const { value: answers, events } = await during(t, () => t.system.paymentSession(messages));
  return { ...commanded(answers[0]), answers: answers.slice(1), events };
}

/** EC. */
export function response({ page }: Commanded, CARDRSP: Uint8Array, RECOVERED = 0): Uint8Array {
  return encodeMessage({ kind: "debit-response", IDTRX: page.IDTRX, CARDRSP, SW: "9000", RECOVERED });
}

/** E0. */
export function notice({ page }: Commanded, CARDRSP: Uint8Array, CC = "0000"): Uint8Array {
  return encodeMessage({ kind: "notice", IDTRX: page.IDTRX, CC, CARDRSP, SW: "9000" });
}

/** "refusal A00A", "debit-result", "closed". */
export function outcomeOf(answer: Uint8Array | null | undefined): string {
  if (!answer) return "closed";
  const message = parseMessage(answer);
  const CC = "CC" in message && message.CC !== undefined ? ` ${message.CC}` : "";
  return `${message.kind}${CC}`;
}
