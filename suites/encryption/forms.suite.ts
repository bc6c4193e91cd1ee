/** [0087], [0113]: the confirmation in clear for a head end that is a trusted agent, or in both forms (`messages.md` 3c). */
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import {
  agentClearKey,
  type Confirmation,
  clearConfirmation,
  readClearConfirmation,
  serverClearKey,
} from "../../harness/crypto/confirmation.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { SiteNeed } from "../define/site-need.ts";
import { inElement } from "../payment/support/alter.ts";
import { exchangesOf, statusPath, theDelivery } from "../payment/support/merchant-site.ts";
import { contractKey, openedConfirmation } from "../payment/support/merchant-word.ts";
import { expectNextPurchaseWorks, readAccounts } from "../payment/support/money.ts";
import { logsOf, messagesOn, theMessage, thePage } from "../payment/support/observe.ts";
import { failedPayment, orderItem } from "../payment/support/payment.ts";
import { rawElements } from "../payment/support/raw.ts";
import { expectBooked, expectPaid } from "../payment/variants/variant.ts";
import { wordOn } from "./own-word.ts";

const form = (confirmation: "sealed" | "clear" | "both"): SiteNeed => ({
  kind: "internet",
  comparison: "psam",
  encryption: undefined,
  confirmation,
  direct: false,
});

const CLEAR = form("clear");
const BOTH = form("both");
const SEALED = form("sealed");

const DEBIT_RESULT = 0xed;
/** Places of CC and of the MAC in CLEARCONF (`keys-and-signatures.md` 5, 6). */
const CC_AT = 25;
const MAC_AT = 49;

export const cases: readonly Case[] = [
  defineCase({
    id: "ENC-FORM-CLEAR-01",
    suite: "encryption",
    purpose:
      "A head end that is a trusted agent gets the confirmation in clear with a MAC, posts it unchanged, and the merchant releases",
    requirements: ["ALT-0087-a", "AMB-TRUSTED"],
    owner: "server",
    needs: { keys: true, trustedHeadEnd: true, sites: [CLEAR], links: ["234", "236", "line"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "ALT-0087-a" };
      const before = await readAccounts(t);
      const seen = await t.system.purchase({ SITE: t.siteFor(CLEAR).SITE });
      await expectPaid(t, before, seen, about);
      const { page } = thePage(t, seen);
      const { event, message } = theMessage(t, seen, "236", "debit-result", about);
      t.expect.equal(
        "elements of the debit result",
        rawElements(event).map(({ name }) => name),
        ["IDTRX", "IDMER", "CLEARCONF"],
        about,
      );
      const CLEARCONF = t.expect.present("CLEARCONF", message.CLEARCONF, about);
      expectGenuine(t, page, CLEARCONF, "0000");
      const { fields } = theDelivery(t, seen, about);
      t.expect.equal(
        "CLEARCONF at the merchant",
        fields.get("clear-confirmation")?.toUpperCase(),
        toHex(CLEARCONF),
        about,
      );
      t.expect.absent("a sealed one beside it", fields.get("confirmation"), about);
    },
  }),
  defineCase({
    id: "ENC-FORM-CLEAR-02",
    suite: "encryption",
    purpose: "Where no clear confirmation was agreed none is sent: what the payment was is not readable on its way",
    requirements: ["ALT-0087-a"],
    owner: "server",
    needs: { keys: true, sites: [SEALED], links: ["234", "236"] },
    async run(t) {
      const about = { requirement: "ALT-0087-a" };
      const seen = await t.system.purchase({ SITE: t.siteFor(SEALED).SITE });
      t.expect.completed(seen, about);
      const { page } = thePage(t, seen);
      const { event } = theMessage(t, seen, "236", "debit-result", about);
      t.expect.equal(
        "elements of the debit result",
        rawElements(event).map(({ name }) => name),
        ["IDTRX", "IDMER", "CONF"],
        about,
      );
      const text = concat(fromHex(page.IDTRX), new TextEncoder().encode(page.IDMER), fromHex("0000"));
      const shown = [...messagesOn(seen, "234", "head-end"), event].filter(({ bytes }) => {
        const isHex = new TextDecoder().decode(bytes).toUpperCase().includes(toHex(text));
        return isHex || Buffer.from(bytes).includes(Buffer.from(text));
      });
      t.expect.equal("messages in which the confirmation can be read", shown.length, 0, about);
    },
  }),
  defineCase({
    id: "ENC-FORM-CLEAR-03",
    suite: "encryption",
    purpose:
      "A clear confirmation in which anything was changed, or that somebody else has made, is detected by the merchant",
    requirements: ["AMB-TRUSTED", "ALT-0087-a"],
    owner: "server",
    needs: { keys: true, trustedHeadEnd: true, sites: [CLEAR], links: ["236"] },
    async run(t) {
      const about = { requirement: "AMB-TRUSTED" };
      const { page, result } = await failedPayment(t, await orderItem(t, { SITE: t.siteFor(CLEAR).SITE }));
      const genuine = t.expect.present("CLEARCONF of the failure", result.CLEARCONF, about);
      expectGenuine(t, page, genuine, "9404");
      const success = genuine.slice();
      success.set(fromHex("0000"), CC_AT);
      const key = serverClearKey(contractKey(t, page.IDMER), page.IDTRX);
      const other = await orderItem(t, { SITE: t.siteFor(CLEAR).SITE });
      const forged = {
        "failure turned into success": success,
        "version altered": flipBit(genuine, 7),
        "amount altered": flipBit(success, 8 * 30 + 7),
        "last bit of the MAC altered": flipBit(clearConfirmation(key, wordOn(page, "0000")), 8 * MAC_AT + 127),
        "under the contract key itself": clearConfirmation(contractKey(t, page.IDMER), wordOn(page, "0000")),
        "under the key of a trusted agent": clearConfirmation(
          agentClearKey(contractKey(t, page.IDMER), page.IDTRX),
          wordOn(page, "0000"),
        ),
        "of another sale": clearConfirmation(
          serverClearKey(contractKey(t, page.IDMER), other.IDTRX),
          wordOn(other, "0000"),
        ),
      };
      for (const [what, CLEARCONF] of Object.entries(forged)) {
        t.expect.equal(`answer to a clear confirmation, ${what}`, await postClear(t, page, CLEARCONF), 403, about);
        t.expect.equal("the sale after that", (await t.system.sale(page.IDTRX))?.status, "open", about);
      }
      t.expect.equal("answer to the genuine one", await postClear(t, page, genuine), 402, about);
    },
  }),
  defineCase({
    id: "ENC-FORM-CLEAR-04",
    suite: "encryption",
    purpose: "A merchant for whom no clear confirmation was agreed takes none, however well made",
    requirements: ["AMB-TRUSTED", "ALT-0087-a"],
    owner: "server",
    needs: { keys: true, sites: [SEALED] },
    async run(t) {
      const about = { requirement: "AMB-TRUSTED" };
      const page = await orderItem(t, { SITE: t.siteFor(SEALED).SITE });
      const key = serverClearKey(contractKey(t, page.IDMER), page.IDTRX);
      const CLEARCONF = clearConfirmation(key, wordOn(page, "0000"));
      t.expect.equal("answer to a clear confirmation", await postClear(t, page, CLEARCONF), 403, about);
      t.expect.equal("the sale after that", (await t.system.sale(page.IDTRX))?.status, "open", about);
    },
  }),
  defineCase({
    id: "ENC-FORM-BOTH-01",
    suite: "encryption",
    purpose:
      "Of two confirmations the clear one is for the head end and the sealed one for the merchant, and both say the same",
    requirements: ["ALT-0087-b"],
    owner: "server",
    needs: { keys: true, trustedHeadEnd: true, sites: [BOTH], links: ["234", "236", "line"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "ALT-0087-b" };
      const { SITE } = t.siteFor(BOTH);
      const before = await readAccounts(t);
      const seen = await t.system.purchase({ SITE });
      await expectPaid(t, before, seen, about);
      const { message } = theMessage(t, seen, "236", "debit-result", about);
      expectSame(t, thePage(t, seen).page, message, "0000");
      const { fields } = theDelivery(t, seen, about);
      const posted = [fields.get("confirmation")?.toUpperCase(), fields.get("clear-confirmation")];
      t.expect.equal("what the merchant gets", posted, [toHex(message.CONF ?? new Uint8Array()), null], about);
      const { page, result } = await failedPayment(t, await orderItem(t, { SITE }));
      t.expect.equal("CC of the debit result of a failure", result.CC, "9404", about);
      expectSame(t, page, result, "9404");
    },
  }),
  defineCase({
    id: "ENC-FORM-BOTH-02",
    suite: "encryption",
    purpose: "Two confirmations that do not say the same are none for the head end: a recovery settles it",
    requirements: ["ALT-0087-b", "AMB-TRUSTED"],
    owner: "server",
    needs: {
      keys: true,
      trustedHeadEnd: true,
      sites: [BOTH],
      links: ["234", "236", "line"],
      logs: ["merchant", "head-end"],
    },
    async run(t) {
      const about = { requirement: "ALT-0087-b" };
      const before = await readAccounts(t);
      const seen = await buyContradicted(t, t.siteFor(BOTH).SITE);
      t.expect.refused(seen, "A01A", about);
      t.expect.equal(
        "requests to the merchant",
        exchangesOf(seen).map(({ path }) => path),
        ["/checkout"],
        about,
      );
      t.expect.equal("releases", logsOf(seen, "merchant", "item-released").length, 0, about);
      await expectNextPurchaseWorks(t, before, about); // the set-top box settles the debit first
      await expectBooked(t, thePage(t, seen).page.IDTRX, "confirmed", "released", about);
    },
  }),
];

/** Made with KCLEAR for this sale, and it says `CC` and the terms of the page. */
function expectGenuine(t: CaseContext, page: PaymentPage, CLEARCONF: Uint8Array, CC: string): Confirmation {
  const about = { requirement: "AMB-TRUSTED" };
  const key = serverClearKey(contractKey(t, page.IDMER), page.IDTRX);
  const read = readClearConfirmation(key, page.IDMER, page.IDTRX, CLEARCONF);
  const said = t.expect.present("CLEARCONF with the MAC of the payment server", read, about);
  const { MPDA, CURRPDA, CEXPPDA } = page;
  const terms = { CC: said.CC, MPDA: said.MPDA, CURRPDA: said.CURRPDA, CEXPPDA: said.CEXPPDA };
  t.expect.equal("what it says", terms, { CC, MPDA, CURRPDA, CEXPPDA }, about);
  return said;
}

/** CONF and CLEARCONF say the same, in every element. */
function expectSame(
  t: CaseContext,
  page: PaymentPage,
  { CONF, CLEARCONF }: { readonly CONF?: Uint8Array | undefined; readonly CLEARCONF?: Uint8Array | undefined },
  CC: string,
): void {
  const about = { requirement: "ALT-0087-b" };
  const clear = expectGenuine(t, page, t.expect.present("CLEARCONF", CLEARCONF, about), CC);
  const sealed = openedConfirmation(t, page, t.expect.present("CONF", CONF, about), about);
  t.expect.equal("what the sealed one says, beside the clear one", sealed, clear, about);
}

async function postClear(t: CaseContext, page: PaymentPage, CLEARCONF: Uint8Array): Promise<number> {
  const SITE = t.facts.sites.find(({ IDMER }) => IDMER === page.IDMER)?.SITE ?? "";
  const fields = { "transaction-id": page.IDTRX, "clear-confirmation": toHex(CLEARCONF) };
  const body = new URLSearchParams(fields).toString();
  return (await t.system.http(SITE, { method: "POST", path: statusPath(page), body, session: "5445535453455353" }))
    .status;
}

/** The clear confirmation speaks of a failure, the rest of the debit result of a success. */
async function buyContradicted(t: CaseContext, SITE: string) {
  using fault = t.system.disturb({
    link: "236",
    from: "payment-server",
    message: DEBIT_RESULT,
    times: 1,
    act: inElement("CLEARCONF", (CLEARCONF) => {
      const contrary = CLEARCONF.slice();
      contrary.set(fromHex("9404"), CC_AT);
      return contrary;
    }),
    what: "CC of the clear confirmation altered",
  });
  const seen = await t.system.purchase({ SITE });
  t.expect.equal("debit results that were altered", fault.hits, 1);
  return seen;
}
