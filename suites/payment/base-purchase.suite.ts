/** FIG 4, steps 602 to 641 and 680 to 694: one purchase from end to end. */
import { type Case, defineCase } from "../define/case.ts";
import { expectMoved, readAccounts } from "./support/money.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-BASE-01",
    suite: "payment",
    purpose:
      "A purchase by card passes the steps of FIG 4 in their order and moves exactly the price from card to PSAM",
    requirements: ["UI-512", "UI-514-a", "PAY-BASE-618-e", "PAY-BASE-620-b", "PAY-BASE-C21"],
    owner: "card",
    needs: { links: ["cable", "234", "236", "235"] },
    async run(t) {
      const before = await readAccounts(t);
      const [item] = t.facts.catalogue;
      const price = t.expect.present("an item in the catalogue", item).price;
      const seen = await t.system.purchase();
      t.expect.completed(seen, { requirement: "UI-512" });
      t.expect.order(seen, "602 604 606 607 608 612 616 617 618 620 621 622 634 636 640 641".split(" "), {
        requirement: "PAY-BASE-C21",
        owner: "server",
      });
      const after = await readAccounts(t);
      expectMoved(t, before, after, price, { requirement: "UI-514-a" });
    },
  }),
];
