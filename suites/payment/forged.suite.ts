/** What somebody makes who has not the keys, the contract or the right card. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Confirmation, sealConfirmation } from "../../harness/crypto/confirmation.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { initialise } from "./support/direct.ts";
import { type Accounts, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, apdusOn, logsOf } from "./support/observe.ts";
import { drawRequestOf, during, orderItem, postConfirmation, theAnswer } from "./support/payment.ts";

const suite = "payment";
const OWN_KEY = new Uint8Array(16).fill(0x5a);
const NONCE = new Uint8Array(12).fill(0xa5);

async function expectNothingMoved(t: CaseContext, before: Accounts): Promise<void> {
  expectMoved(t, before, await readAccounts(t), 0, { requirement: "UI-514-a" });
  await expectNextPurchaseWorks(t, before, { requirement: "PAY-BASE-624-b" });
}

/** The draw request is refused with that code before a terminal hears of it, and the log says so. */
async function expectDrawRefused(t: CaseContext, page: PaymentPage, SECINFO: Uint8Array, CC: string): Promise<void> {
  const before = await readAccounts(t);
  const draw = drawRequestOf({ ...page, SECINFO }, await initialise(t));
  const { value, events } = await during(t, () => t.system.paymentSession([draw]));
  const about = { requirement: "PS-0048-a" };
  t.expect.equal("CC of the refusal", theAnswer(t, value[0], "refusal", about).CC, CC, about);
  t.expect.equal("T-draws", allOf(events, "line", "t-draw").length, 0, about);
  const codes = logsOf(events, "payment-server", "draw-request-refused").map(({ fields }) => fields.CC);
  t.expect.equal("codes in the log", codes, [CC], { requirement: "PAY-BASE-624-b" });
  await expectNothingMoved(t, before);
}

/** A confirmation of success for that page, with what is forged in it. */
function confirmationOf({ IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA }: PaymentPage, forged: Partial<Confirmation> = {}) {
  const paid = { CC: "0000", IDTERM: "00000001", NTPSAM: 1, DTHR: "20260101120000" };
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, ...paid, ...forged };
}

/** The merchant releases nothing for it and leaves the sale open. */
async function expectNotReleased(t: CaseContext, what: string, page: PaymentPage, CONF: Uint8Array): Promise<void> {
  const { value, events } = await during(t, () => postConfirmation(t, page, toHex(CONF)));
  const about = { requirement: "PAY-BASE-634-c", owner: "server" } as const;
  t.expect.equal(`status for ${what}`, value.status, 403, about);
  t.expect.equal(`releases for ${what}`, logsOf(events, "merchant", "item-released").length, 0, about);
  const [record] = logsOf(events, "merchant", "confirmation-registered");
  t.expect.equal(`accepted, in the log, for ${what}`, record?.fields.accepted, false, about);
}

/** Cards that may not pay, with the code that says why (`messages.md` 3, `psam-edge.md` 4.2; the card itself: A016). */
const BAD_CARDS = {
  expired: "A012",
  "other-currency": "A013",
  poor: "A014",
  "unknown-provider": "9410",
  "unknown-key-version": "9403",
  "blocked-list": "9412",
  blocked: "A016",
  exhausted: "A016",
  mute: "A016",
  "no-purse": "A016",
} as const satisfies Partial<Record<CardKind, string>>;

/** These the harness cannot read as a purse. */
const UNREADABLE: readonly CardKind[] = ["mute", "no-purse"];

function badCardCase(kind: keyof typeof BAD_CARDS): Case {
  return defineCase({
    id: `PAY-CARD-${kind.toUpperCase()}`,
    suite,
    purpose: `A card of the kind "${kind}" pays nothing, and the next good card pays again`,
    requirements: ["PSAM-0044-a", "PAY-BASE-609-h", "UI-514-a"],
    owner: "psam",
    needs: { cards: ["specimen", kind], links: ["235", "line"], logs: ["head-end"] },
    timeoutMs: 120_000,
    async run(t) {
      const good = await readAccounts(t);
      await t.system.insertCard(kind);
      const bad = UNREADABLE.includes(kind) ? undefined : await t.system.readPurse();
      const seen = await t.system.purchase();
      t.expect.refused(seen, BAD_CARDS[kind], { requirement: "PSAM-0044-a" });
      t.expect.equal("debit commands to the card", apdusOn(seen, "235", 0x54).length, 0, {
        requirement: "PAY-BASE-609-h",
      });
      const records = [...logsOf(seen, "head-end", "check-failed"), ...logsOf(seen, "head-end", "transaction-failed")];
      const codes = new Set(records.map(({ fields }) => fields.CC));
      t.expect.equal("codes in the head end's log", [...codes], [BAD_CARDS[kind]], { requirement: "PAY-BASE-624-b" });
      if (bad) t.expect.samePurse(bad, await t.system.readPurse(), { requirement: "UI-514-a", owner: "card" });
      await t.system.insertCard("specimen");
      await expectNothingMoved(t, good);
    },
  });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-FORGED-MERCHANT",
    suite,
    purpose: "A draw request of a merchant whom nobody knows is refused before a terminal hears of it",
    requirements: ["PS-0048-a", "AMB-VALID-TX", "PAY-BASE-0077-c", "MS-0047-b"],
    owner: "server",
    needs: { links: ["236", "line"], logs: ["payment-server"] },
    async run(t) {
      const page = { ...(await orderItem(t)), IDMER: "UNKNOWN0" };
      await expectDrawRefused(t, page, securityInformation(OWN_KEY, page), "A002");
    },
  }),
  defineCase({
    id: "PAY-FORGED-CONTRACT",
    suite,
    purpose: "A draw request of a merchant whose contract has ended is refused before a terminal hears of it",
    requirements: ["PS-0048-a", "AMB-VALID-TX", "MS-0029"],
    owner: "server",
    needs: { links: ["236", "line"], logs: ["payment-server"], keys: true },
    async run(t) {
      const page = { ...(await orderItem(t)), IDMER: "MER00003" };
      const KMER = t.expect.present("test key of merchant MER00003", t.keys.merchantKey("MER00003"));
      await expectDrawRefused(t, page, securityInformation(KMER, page), "A003");
    },
  }),
  defineCase({
    id: "PAY-FORGED-SECINFO",
    suite,
    purpose: "Security information made without the merchant's key, or with another merchant's, is refused",
    requirements: ["PAY-BASE-606-i", "PS-0048-a", "AMB-VALID-TX"],
    owner: "server",
    needs: { links: ["236", "line"], logs: ["payment-server"], keys: true },
    async run(t) {
      const page = await orderItem(t);
      const other = t.facts.sites.find(({ IDMER }) => IDMER !== page.IDMER)?.IDMER ?? "MER00003";
      const KMER = t.expect.present("another merchant's test key", t.keys.merchantKey(other));
      await expectDrawRefused(t, page, securityInformation(OWN_KEY, page), "A006");
      await expectDrawRefused(t, page, securityInformation(KMER, page), "A006");
    },
  }),
  defineCase({
    id: "PAY-FORGED-CONF",
    suite,
    purpose: "A confirmation made without the merchant's key, or for another sale, releases nothing",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-b", "PAY-BASE-638-c", "MS-0048-a"],
    owner: "server",
    needs: { links: ["234"], logs: ["merchant"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const page = await orderItem(t);
      const KMER = t.expect.present("the merchant's test key", t.keys.merchantKey(page.IDMER));
      const other = await orderItem(t);
      const forged: readonly (readonly [string, Uint8Array])[] = [
        ["a confirmation under another key", sealConfirmation(OWN_KEY, confirmationOf(page), NONCE)],
        ["the confirmation of another sale", sealConfirmation(KMER, confirmationOf(other), NONCE)],
        ["another amount", sealConfirmation(KMER, confirmationOf(page, { MPDA: page.MPDA + 1 }), NONCE)],
        ["another currency", sealConfirmation(KMER, confirmationOf(page, { CURRPDA: "0840" }), NONCE)],
        ["another exponent", sealConfirmation(KMER, confirmationOf(page, { CEXPPDA: 3 - page.CEXPPDA }), NONCE)],
        ["nothing but zeros", new Uint8Array(77)],
      ];
      for (const [what, CONF] of forged) await expectNotReleased(t, what, page, CONF);
      t.expect.equal("status of the sale", (await t.system.sale(page.IDTRX))?.status ?? "open", "open", {
        requirement: "PAY-BASE-638-c",
      });
      await expectNothingMoved(t, before);
    },
  }),
  ...(Object.keys(BAD_CARDS) as (keyof typeof BAD_CARDS)[]).map(badCardCase),
];
