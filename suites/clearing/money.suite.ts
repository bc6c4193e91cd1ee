/** The whole life of money: from an account onto a card, to a merchant. The case looks at nothing but the books (`clearing.md` 6). */
import { type Case, defineCase } from "../define/case.ts";
import { BOTH, needing, type Source, siteOf } from "../load/support/sources.ts";

const REQUIREMENTS: Readonly<Record<Source["source"], readonly string[]>> = {
  bank: ["CLR-0055", "CLR-0008-c", "CLR-0008-d"],
  "pre-funded": ["CLR-0008-c", "CLR-0008-d"],
};

export const cases: readonly Case[] = BOTH.map((source) =>
  defineCase({
    id: `CLR-MONEY-${source.id}`,
    suite: "clearing",
    purpose: `What is loaded from ${source.source === "bank" ? "a bank account" : "a pre-funded account"} and spent is at the merchant's in the end, and at every step in one place only`,
    requirements: REQUIREMENTS[source.source],
    owner: "server",
    needs: needing(source, { database: true, clearing: true, sites: [{ kind: "internet" }] }),
    leaves: [],
    async run(t) {
      const { SITE } = siteOf(t, source);
      t.expect.completed(await t.system.load({ SITE, enter: () => 2500 }));
      for (const _ of ["first", "second"]) {
        t.expect.completed(await t.system.purchase({ SITE: t.siteFor({ kind: "internet" }).SITE }));
      }
      await t.system.clearing.collect();
      await t.system.clearing.forward();
      await t.system.clearing.fetchDeliveries();
      await t.system.clearing.settle();
    },
  }),
);
