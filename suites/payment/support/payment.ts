/** Talking to the payment server as a head end would: about a sale that the case orders itself, with the card in the reader. */
import type { RoleName } from "../../../harness/core/trace.ts";
import type { RecordedEvent } from "../../../harness/flows/system.ts";
import type { DrawRequest, MessageKind, MessageOf } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import { type PaymentPage, parsePaymentPage } from "../../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { initialise, type Offer } from "./direct.ts";

/** A session of a user that no head end has. */
const SESSION = "5445535453455353";

/** The payment page of a new sale; the bench's standard item when nothing is said. */
export async function orderItem(t: CaseContext, order: { SITE?: string; ITEM?: string } = {}): Promise<PaymentPage> {
  const SITE = order.SITE ?? t.facts.catalogue[0]?.SITE;
  const item = t.facts.catalogue.find((each) => each.SITE === SITE && each.ITEM === (order.ITEM ?? each.ITEM));
  const { ITEM, SITE: site } = t.expect.present("an item of the catalogue", item);
  const body = new URLSearchParams({ item: ITEM, quantity: "1", payment: "smart-card" }).toString();
  const answer = await t.system.http(site, { method: "POST", path: "/checkout", body, session: SESSION });
  const parsed = parsePaymentPage(answer.body);
  return t.expect.present("a payment page for an order", parsed.ok ? parsed.page : undefined);
}

export function drawRequestOf(
  page: PaymentPage,
  { ATR, INITRSP, CERTS }: Pick<Offer, "ATR" | "INITRSP" | "CERTS">,
  changes: Partial<DrawRequest> = {},
): Uint8Array {
  const { IDMER, IDTRX, SECINFO, MPDA, CURRPDA, CEXPPDA, COMPARE } = page;
  const head = { kind: "draw-request", TOKEN: 0xd1, STATE: 0x01 } as const;
  const card = { ATR, INITRSP, CERTS };
  return encodeMessage({ ...head, IDMER, IDTRX, SECINFO, ...card, MPDA, CURRPDA, CEXPPDA, COMPARE, ...changes });
}

/** Debit response of a card that refused the command and so was not debited: the transaction fails, and no money moves. */
export function refusedByCard(IDTRX: string): Uint8Array {
  return encodeMessage({ kind: "debit-response", IDTRX, CARDRSP: new Uint8Array(0), SW: "6985", RECOVERED: 0 });
}

/** The answer, which must be there and of that kind. */
export function theAnswer<Kind extends MessageKind>(
  t: CaseContext,
  answer: Uint8Array | null | undefined,
  kind: Kind,
  about?: About,
): MessageOf<Kind> {
  const bytes = t.expect.present(`answer of the payment server (${kind})`, answer, about);
  const message = parseMessage(bytes);
  const isRight = isKind(message, kind);
  t.expect.that(isRight, `the payment server's answer is a ${kind}`, { ...about, actual: codeOf(message) });
  if (isKind(message, kind)) return message;
  throw new Error("unreachable: the expectation above failed");
}

/** What one failed payment left: the sale of the case, and the payment server's answers about it. */
export interface FailedPayment {
  readonly page: PaymentPage;
  readonly command: MessageOf<"debit-command">;
  readonly result: MessageOf<"debit-result">;
}

/** A payment whose card refuses the debit command: it ends with a genuine negative confirmation, and no money moves. */
export async function failedPayment(t: CaseContext, page: PaymentPage): Promise<FailedPayment> {
  const card = await initialise(t);
  const answers = await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
  const command = theAnswer(t, answers[0], "debit-command");
  const result = theAnswer(t, answers[1], "debit-result");
  return { page, command, result };
}

/** Posts CONF (hex, or any text) for a sale to the address of its page, as a head end would. */
export async function postConfirmation(t: CaseContext, page: PaymentPage, confirmation: string, IDTRX = page.IDTRX) {
  const { pathname, search } = new URL(page.URL);
  const SITE = t.facts.sites.find(({ IDMER }) => IDMER === page.IDMER)?.SITE ?? "";
  const body = new URLSearchParams({ "transaction-id": IDTRX, confirmation }).toString();
  return await t.system.http(SITE, { method: "POST", path: `${pathname}${search}`, body, session: SESSION });
}

/** Where T-draw and its kin pass: the LAN where there is a concentrator, else the terminal's own line. */
export function terminalLink(t: CaseContext): { readonly link: "LAN" | "line"; readonly from: RoleName } {
  return t.facts.offers.links.includes("LAN")
    ? { link: "LAN", from: "payment-server" }
    : { link: "line", from: "concentrator" };
}

/** What was recorded while `work` went on. */
export async function during<T>(
  t: CaseContext,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly events: readonly RecordedEvent[] }> {
  const since = t.system.events().at(-1)?.n ?? 0;
  const value = await work();
  return { value, events: t.system.events(since) };
}

function codeOf(message: { readonly kind: string; readonly CC?: string | undefined }): string {
  return message.kind === "refusal" ? `refusal ${message.CC}` : message.kind;
}

function isKind<Kind extends MessageKind>(message: { readonly kind: string }, kind: Kind): message is MessageOf<Kind> {
  return message.kind === kind;
}
