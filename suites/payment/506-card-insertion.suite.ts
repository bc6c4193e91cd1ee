/** FIG 9, step 506 ([0067]): the card may be put in before, while or after the user browses. */
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, readAccounts } from "./support/money.ts";
import { thePage } from "./support/observe.ts";

const REQUIREMENTS = ["RDR-0067", "UI-506"] as const;
const ABOUT = { requirement: "UI-506" } as const;

/** A moment after the key was pressed: the set-top box has looked for the card meanwhile. No time passes on any clock. */
async function moment(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await undefined;
}

/** The purchase succeeds and moves its price, whenever the card came. `buy` starts with the card in the reader. */
async function expectServed(t: CaseContext, buy: () => Promise<PurchaseObservation>): Promise<void> {
  const before = await readAccounts(t);
  const seen = await buy();
  t.expect.completed(seen, ABOUT);
  expectMoved(t, before, await readAccounts(t), thePage(t, seen).page.MPDA, ABOUT);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-506-01",
    suite: "payment",
    purpose: "A card that is put in before the site is visited is served",
    requirements: REQUIREMENTS,
    owner: "reader",
    needs: { cards: ["specimen"], removal: true, links: ["234"] },
    async run(t) {
      await expectServed(t, async () => {
        await t.system.removeCard();
        await t.system.insertCard("specimen");
        return await t.system.purchase();
      });
    },
  }),
  defineCase({
    id: "PAY-506-02",
    suite: "payment",
    purpose: "A card that is put in while the user browses and selects is served",
    requirements: REQUIREMENTS,
    owner: "reader",
    needs: { cards: ["specimen"], swiftHand: true, links: ["234"] },
    async run(t) {
      await expectServed(t, async () => {
        await t.system.removeCard();
        using inserted = t.system.when({ link: "234", from: "head-end", message: "POST /checkout" }, () =>
          t.system.insertCard("specimen"),
        );
        const seen = await t.system.purchase();
        t.expect.equal("times that the card was put in", inserted.hits, 1);
        return seen;
      });
    },
  }),
  defineCase({
    id: "PAY-506-03",
    suite: "payment",
    purpose: "A card that is put in only when the user has accepted is waited for and served",
    requirements: REQUIREMENTS,
    owner: "reader",
    needs: { cards: ["specimen"], swiftHand: true, links: ["234"] },
    async run(t) {
      await expectServed(t, async () => {
        await t.system.removeCard();
        let inserting: Promise<void> = Promise.resolve();
        const seen = await t.system.purchase({
          decide: () => {
            inserting = moment().then(() => t.system.insertCard("specimen"));
            return "accept";
          },
        });
        await inserting;
        return seen;
      });
    },
  }),
];
