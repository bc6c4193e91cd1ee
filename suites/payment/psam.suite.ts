/** Which cards and amounts the PSAM refuses (`psam-edge.md` 4.2 and 4.3): each is refused, nothing moves, the next works. */
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, defineCase } from "../define/case.ts";
import {
  claiming,
  type Draw,
  expectDrawRefused,
  firstTerminal,
  identifierOf,
  initialise,
  issue,
  LONG_AGO,
  withdraw,
} from "./support/direct.ts";
import { collected, confirmedCount, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, logsOf } from "./support/observe.ts";

const suite = "payment";

/** A card that the head end lets pass and the PSAM must not. */
function refusedCard(id: string, kind: CardKind, CC: string, requirements: readonly string[], purpose: string): Case {
  return defineCase({
    id,
    suite,
    purpose,
    requirements,
    owner: "psam",
    needs: { cards: [kind, "specimen"], links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: requirements[0] ?? "" };
      await t.system.insertCard(kind);
      const before = await readAccounts(t);
      const seen = await t.system.purchase();
      t.expect.equal("debit commands for a card that is not accepted", allOf(seen, "236", "debit-command"), [], about);
      t.expect.refused(seen, CC, about);
      const codes = logsOf(seen, "payment-server", "draw-request-refused").map(({ fields }) => fields.CC);
      t.expect.equal("refusal in the payment server's log", codes, [CC], { ...about, owner: "server" });
      const after = await readAccounts(t);
      t.expect.samePurse(before.purse, after.purse, about);
      t.expect.equal("confirmed transactions", confirmedCount(after), confirmedCount(before), about);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  });
}

export const cases: readonly Case[] = [
  refusedCard(
    "PAY-PSAM-01",
    "unknown-provider",
    "9410",
    ["PSAM-0044-a"],
    "A card of a purse provider that the PSAM has no keys of gets no debit command",
  ),
  refusedCard(
    "PAY-PSAM-02",
    "unknown-key-version",
    "9403",
    ["PSAM-0044-k", "PSAM-0044-a"],
    "A card of a key version that the PSAM does not hold gets no debit command",
  ),
  refusedCard(
    "PAY-PSAM-03",
    "blocked-list",
    "9412",
    ["PSAM-0044-l", "PSAM-0044-a"],
    "A card on the PSAM's list of blocked cards gets no debit command",
  ),
  defineCase({
    id: "PAY-PSAM-04",
    suite,
    purpose: "The PSAM refuses a card that claims a last day in the past, or an algorithm that is not served",
    requirements: ["PSAM-0044-a", "PSAM-0044-f"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const claim = (k: number, changes: Parameters<typeof claiming>[1]): Draw => ({
        IDTERM,
        IDTRX: identifierOf(offer, k),
        offer: claiming(offer, changes),
        MPDA: 1,
      });
      await expectDrawRefused(t, claim(1, { DEXPIEP: LONG_AGO }), "9413", { requirement: "PSAM-0044-a" });
      await expectDrawRefused(t, claim(2, { ALGIEP: 0xee }), "9411", { requirement: "PSAM-0044-f" });
      await expectDrawRefused(t, { ...claim(3, { AMIEP: 2 }), CERTS: new Uint8Array(488) }, "9411", {
        requirement: "PSAM-0044-f",
      });
      await expectDrawRefused(t, claim(4, { PPIEP: "999999" }), "9410", { requirement: "PSAM-0044-a" });
      await expectDrawRefused(t, claim(5, { VKIEP: 0xfe }), "9403", { requirement: "PSAM-0044-a" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-05",
    suite,
    purpose: "A debit command is issued up to the whole balance that the card reports, and not for one unit more",
    requirements: ["PSAM-0044-b"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const about = { requirement: "PSAM-0044-b" };
      const { BALIEP } = offer.fields;
      await expectDrawRefused(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer, MPDA: BALIEP + 1 }, "9401", about);
      const all = await issue(t, { IDTERM, IDTRX: identifierOf(offer, 2), offer, MPDA: BALIEP }, about);
      await withdraw(t, all);
      const after = await readAccounts(t);
      t.expect.equal("PSAM totals", collected(after), collected(before), about);
      t.expect.samePurse(before.purse, after.purse, about);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-06",
    suite,
    purpose: "The PSAM refuses a currency that it does not serve, and an amount in another currency than the card's",
    requirements: ["PSAM-0044-o"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const about = { requirement: "PSAM-0044-o" };
      const { CURRIEP, CEXPIEP } = offer.fields;
      const nowhere = claiming(offer, { CURRIEP: "0998" });
      await expectDrawRefused(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer: nowhere, MPDA: 1 }, "9414", about);
      const CURRPDA = CURRIEP === "0978" ? "0392" : "0978";
      const mixed: Draw = { IDTERM, IDTRX: identifierOf(offer, 2), offer, MPDA: 1, CURRPDA };
      await expectDrawRefused(t, mixed, "9414", about);
      const CEXPPDA = CEXPIEP === 0 ? 1 : CEXPIEP - 1;
      const shifted: Draw = { IDTERM, IDTRX: identifierOf(offer, 3), offer, MPDA: 1, CEXPPDA };
      await expectDrawRefused(t, shifted, "9414", about);
      await expectNextPurchaseWorks(t, before);
    },
  }),
];
