/** [0050]: the head end payment server takes only valid transactions of a cable provider that it knows. */
import { flipBit } from "../../harness/core/bytes.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { PaymentServerName, RecordedEvent } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { initialise } from "../payment/support/direct.ts";
import { messagesOn, theLog } from "../payment/support/observe.ts";
import {
  drawRequestOf,
  during,
  orderItem,
  refusedByCard,
  terminalLink,
  theAnswer,
} from "../payment/support/payment.ts";
import { buy, itemOf, needing } from "./shop.ts";

const suite = "cable";
const OWN: PaymentServerName = "head-end-payment-server";
const about: About = { requirement: "PAY-CABLE-0050-b" };

/** A provider that no acquirer has a contract with, and the test provider whose contract has ended. */
const STRANGER = "CABZZZZZ";
const FORMER = "CAB00003";

/** A sale of the cable provider that the case orders itself, with the card in the reader. */
async function orderedSale(t: CaseContext) {
  const { SITE, ITEM } = itemOf(t);
  return { page: await orderItem(t, { SITE, ITEM }), card: await initialise(t) };
}

/** The draw request is refused with that code, logged as refused, and no terminal hears of it. */
async function expectRefused(
  t: CaseContext,
  what: string,
  request: Uint8Array,
  CC: string,
  { server = OWN, ...more }: About & { readonly server?: PaymentServerName } = about,
): Promise<readonly RecordedEvent[]> {
  const { value, events } = await during(t, () => t.system.paymentSession([request], server));
  const refusal = theAnswer(t, value[0], "refusal", more);
  t.expect.equal(`CC of the refusal of ${what}`, refusal.CC, CC, more);
  const asked = messagesOn(events, terminalLink(t).link);
  t.expect.equal(`messages for terminals because of ${what}`, asked.length, 0, { ...more, at: asked[0] });
  const logged = theLog(t, events, server, "draw-request-refused", more);
  t.expect.equal("CC of the log entry", logged.fields.CC, CC, { ...more, at: logged });
  return events;
}

/** The head end's own, unaltered request is taken, and withdrawn again. */
async function expectTaken(t: CaseContext, IDTRX: string, request: Uint8Array): Promise<void> {
  const answers = await t.system.paymentSession([request, refusedByCard(IDTRX)], OWN);
  theAnswer(t, answers[0], "debit-command", about);
}

const needs = needing({ cards: ["specimen"], logs: ["head-end-payment-server", "payment-server"], database: true });

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-0050-B-01",
    suite,
    purpose: "Draw requests of a provider that nobody knows go no further and leave no transaction",
    requirements: ["PAY-CABLE-0050-b"],
    owner: "server",
    needs,
    async run(t) {
      const { page, card } = await orderedSale(t);
      await expectRefused(t, "an unknown provider's request", drawRequestOf(page, card, { IDMER: STRANGER }), "A002");
      const rows = (await t.system.transactions(OWN)).filter(({ IDTRX }) => IDTRX === page.IDTRX);
      t.expect.equal("transactions of a refused request", rows.length, 0, about);
      await expectTaken(t, page.IDTRX, drawRequestOf(page, card));
    },
  }),
  defineCase({
    id: "CAB-0050-B-02",
    suite,
    purpose:
      "Each payment server knows its own: merchants are nobody at the head end's, its shops nobody at the merchants'",
    requirements: ["PAY-CABLE-0050-b", "PAY-CABLE-0034-a"],
    owner: "server",
    needs,
    async run(t) {
      const { page, card } = await orderedSale(t);
      const request = drawRequestOf(page, card);
      const elsewhere = { requirement: "PAY-CABLE-0034-a", server: "payment-server" } as const;
      await expectRefused(t, "a cable sale at the merchants' payment server", request, "A002", elsewhere);
      const foreign = drawRequestOf(await orderItem(t), card);
      await expectRefused(t, "an Internet sale at the head end payment server", foreign, "A002");
      await expectTaken(t, page.IDTRX, request);
    },
  }),
  defineCase({
    id: "CAB-0050-B-03",
    suite,
    purpose: "A provider whose contract has ended is known, and sells nothing any more",
    requirements: ["PAY-CABLE-0050-b"],
    owner: "server",
    needs: { ...needs, keys: true },
    async run(t) {
      const { page, card } = await orderedSale(t);
      const KMER = t.expect.present(`test key of ${FORMER}`, t.keys.merchantKey(FORMER), { owner: "bench" });
      const sale = { ...page, IDMER: FORMER };
      const signed = drawRequestOf({ ...sale, SECINFO: securityInformation(KMER, sale) }, card);
      await expectRefused(t, "a former provider's request", signed, "A003");
      await expectTaken(t, page.IDTRX, drawRequestOf(page, card));
    },
  }),
  defineCase({
    id: "CAB-0050-B-04",
    suite,
    purpose: "A draw request that is not the sale that the head end's module made is no valid transaction",
    requirements: ["PAY-CABLE-0050-b", "PAY-CABLE-0050-i"],
    owner: "server",
    needs,
    async run(t) {
      const { page, card } = await orderedSale(t);
      const changes = [
        ["another amount", { MPDA: page.MPDA + 1 }],
        ["another transaction identifier", { IDTRX: "5A".repeat(16) }],
        ["another exponent", { CEXPPDA: (page.CEXPPDA + 1) % 4 }],
        ["security information of which one bit differs", { SECINFO: flipBit(page.SECINFO, 63) }],
      ] as const;
      for (const [what, change] of changes) await expectRefused(t, what, drawRequestOf(page, card, change), "A006");
      await expectTaken(t, page.IDTRX, drawRequestOf(page, card));
    },
  }),
  defineCase({
    id: "CAB-0050-B-05",
    suite,
    purpose:
      "A sale's identifier is drawn upon once: the same draw request again is refused, after success and after failure",
    requirements: ["PAY-CABLE-0050-b", "PAY-CABLE-0049-c"],
    owner: "server",
    needs: { ...needs, links: ["237"] },
    async run(t) {
      const { page, card } = await orderedSale(t);
      const failed = drawRequestOf(page, card);
      await expectTaken(t, page.IDTRX, failed);
      await expectRefused(t, "the request of a failed sale", failed, "A004");
      const seen = await buy(t);
      t.expect.completed(seen);
      const [request] = messagesOn(seen, "237", "head-end");
      const paid = t.expect.present("draw request of a paid sale", request).bytes;
      await expectRefused(t, "the request of a paid sale", paid, "A004");
    },
  }),
  defineCase({
    id: "CAB-0050-I",
    suite,
    purpose:
      "The direct link of the cable provider has the checks of the open one: malformed requests are refused there too",
    requirements: ["PAY-CABLE-0050-i"],
    owner: "server",
    needs,
    async run(t) {
      const direct = { requirement: "PAY-CABLE-0050-i" };
      const { page, card } = await orderedSale(t);
      const request = drawRequestOf(page, card);
      await expectTaken(t, page.IDTRX, request);
      const wrong = [
        ["a request with its end missing", request.subarray(0, -1)],
        ["a request with a byte too many", Uint8Array.from([...request, 0])],
        ["an amount of zero", request.map((byte, k) => (isAmount(request, k) ? 0 : byte))],
        ["a request without elements", Uint8Array.of(0xea, 0x00)],
      ] as const;
      for (const [what, bytes] of wrong) await expectRefused(t, what, bytes, "A001", direct);
      t.expect.completed(await buy(t), direct);
    },
  }),
];

/** Whether the byte belongs to the value of MPDA (DF13, 4 bytes). */
function isAmount(request: Uint8Array, at: number): boolean {
  const start = request.findIndex((_, k) => request[k] === 0xdf && request[k + 1] === 0x13 && request[k + 2] === 4);
  return at >= start + 3 && at < start + 7;
}
