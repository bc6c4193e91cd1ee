/** Loads that end before the load server knows of them: account and card are as before, and a hold comes back. */
import { type Case, defineCase } from "../define/case.ts";
import { apdusOn, theLog, theMessage } from "../payment/support/observe.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { BOTH, forSources, requirementOf, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

export const cases: readonly Case[] = [
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-872-04",
      suite,
      purpose: "Without a card in the reader there is no balance, no page and no amount",
      requirements: ["872-c"],
      owner: "server",
      needs: { links, removal: true },
      async run(t) {
        const about = { requirement: requirementOf(source, "872-c") };
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        await t.system.removeCard();
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.refused(seen, "A015", about);
        const { event, message } = theMessage(t, seen.events, "cable", "stop", about);
        const stop = [message.IDTRX, message.CC];
        t.expect.equal("transaction and reason of the stop", stop, ["00".repeat(16), "A015"], { ...about, at: event });
        t.expect.equal("loads of the account holders", await t.system.heldLoads(), [], about);
        await t.system.insertCard("specimen");
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-876-03",
      suite,
      purpose:
        "A card that is gone when it should sign: no load request, and the amount comes back when the holder asks",
      requirements: ["876"],
      owner: "server",
      needs: { links, swiftHand: true },
      async run(t) {
        const about = { requirement: requirementOf(source, "876") };
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        using _pull = t.system.when({ link: "cable", from: "head-end", message: 0xa6 }, async () => {
          await t.system.removeCard();
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 900 });
        t.expect.refused(seen, ["A015", "A016"], about);
        const { event, message } = theMessage(t, seen.events, "cable", "stop", about);
        t.expect.equal("reason for the head end", message.CC, seen.outcome.CC, { ...about, at: event });
        t.expect.equal("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", 0x50).length, 0, about);
        await t.system.insertCard("specimen");
        expectMoved(t, before, await moneyOf(t, site), { account: -900, hold: 900 }, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  defineCase({
    id: "LOAD-ENDED-01",
    suite,
    purpose: "A bank whose contract has ended loads nothing any more, and no amount of its users is stuck for that",
    requirements: ["LOAD-BANK-875-d", "LOAD-BANK-892-e"],
    owner: "server",
    needs: { links, loadSites: [{ IDMER: "BNK00003" }] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-875-d" };
      const site = t.loadSiteFor({ IDMER: "BNK00003" });
      const before = await moneyOf(t, site);
      const seen = await t.system.load({ SITE: site.SITE, enter: () => 1_500 });
      t.expect.refused(seen, "A003", about);
      const log = theLog(t, seen.events, "load-server", "load-request-refused", about);
      t.expect.equal("reason in the load server's log", log.fields.CC, "A003", { ...about, at: log });
      t.expect.equal("CREDIT IEP on link 235", apdusOn(seen.events, "235", 0x52).length, 0, about);
      expectMoved(t, before, await moneyOf(t, site), { account: -1_500, hold: 1_500 }, about);
      await t.system.settleHolds();
      expectMoved(t, before, await moneyOf(t, site), {}, { requirement: "LOAD-BANK-892-e" });
      const rows = (await t.system.loads()).map(({ status }) => status);
      t.expect.equal("the load server's row", rows, ["void"], { requirement: "LOAD-BANK-892-e" });
    },
  }),
];
