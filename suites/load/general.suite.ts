/** What the seed document says of loading in general: one card for loading and paying, no new account, no other card. */
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, defineCase } from "../define/case.ts";
import { standardItem } from "../payment/support/merchant-site.ts";
import { apdusOn, messagesOn } from "../payment/support/observe.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { bodyOf } from "./support/page.ts";
import { BOTH, forSources, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

export const cases: readonly Case[] = [
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-0001-01",
      suite,
      purpose:
        "A card without value is loaded, pays with all of it, and is loaded again: one card, one set-top box, one head end",
      requirements: ["GEN-0001", "UI-502-a", "CARD-0022-a", "CARD-0030-b"],
      owner: "card",
      needs: { links, cards: ["empty"] },
      async run(t) {
        const site = siteOf(t, source);
        const { SITE, ITEM, price } = standardItem(t);
        await t.system.insertCard("empty");
        // what an earlier case has left on the card is spent first
        for (let { BALIEP } = await t.system.readPurse(); BALIEP >= price; BALIEP -= price) {
          t.expect.completed(await t.system.purchase({ SITE, ITEM }), { requirement: "GEN-0001" });
        }
        const poor = await t.system.purchase({ SITE, ITEM });
        t.expect.that(poor.outcome.CC !== "0000", "a card with less than the price pays for nothing", {
          requirement: "GEN-0001",
        });
        const before = await t.system.readPurse();
        const loaded = await t.system.load({ SITE: site.SITE, enter: () => price - before.BALIEP });
        t.expect.completed(loaded, { requirement: "UI-502-a" });
        const full = await t.system.readPurse();
        t.expect.money(before, full, price - before.BALIEP, { requirement: "UI-502-a" });
        const told = loaded.outcome.shown.at(-1);
        t.expect.matches("what the user is shown", told, /loaded with/i, { requirement: "UI-502-a" });
        t.expect.completed(await t.system.purchase({ SITE, ITEM }), { requirement: "GEN-0001" });
        const empty = await t.system.readPurse();
        t.expect.equal("balance after paying with all of it", empty.BALIEP, 0, { requirement: "GEN-0001" });
        const again = await t.system.load({ SITE: site.SITE, enter: () => 1_000 });
        t.expect.completed(again, { requirement: "CARD-0030-b" });
        const more = await t.system.load({ SITE: site.SITE, enter: () => 200 });
        t.expect.completed(more, { requirement: "CARD-0022-a" });
        t.expect.money(empty, await t.system.readPurse(), 1_200, { requirement: "CARD-0022-a" });
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-1102-01",
      suite,
      purpose: "What was loaded is good for the cable provider's own sales",
      requirements: ["PAY-CABLE-1102-a"],
      owner: "card",
      needs: { links, cards: ["empty"], sites: [{ kind: "cable" }] },
      async run(t) {
        const about = { requirement: "PAY-CABLE-1102-a" };
        const site = siteOf(t, source);
        const { SITE } = t.siteFor({ kind: "cable" });
        const film = t.facts.catalogue.find((each) => each.SITE === SITE && each.kind === "information");
        const { ITEM, price } = t.expect.present("an item of the cable provider", film);
        await t.system.insertCard("empty");
        const before = await t.system.readPurse();
        t.expect.completed(await t.system.load({ SITE: site.SITE, enter: () => price + 1 }), about);
        t.expect.completed(await t.system.purchase({ SITE, ITEM }), about);
        t.expect.money(before, await t.system.readPurse(), 1, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-0017-01",
      suite,
      purpose:
        "A load needs the account that the user has and the amount: no cash, no other card, nothing registered before",
      requirements: ["GEN-0017", "GEN-0018"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.completed(seen, { requirement: "GEN-0018" });
        const about = { requirement: "GEN-0017" };
        const given = messagesOn(seen.events, "ui", "user").map(({ bytes }) => new TextDecoder().decode(bytes));
        t.expect.equal("what the user enters", given, ["2500"], about);
        for (const text of seen.outcome.shown) {
          const asks = /(credit|debit|bank) ?card|card number|cash|deposit|register/i.test(text);
          t.expect.equal("another card, cash or registration in what the user is shown", asks, false, about);
        }
        const names = messagesOn(seen.events, "234", "head-end").map(({ bytes }) =>
          [...new URLSearchParams(bodyOf(bytes)).keys()].join(" "),
        );
        const wanted = ["account", "account atr balance card-information", "transaction-id amount"];
        if (source.source === "bank") wanted.push("transaction-id confirmation");
        t.expect.equal("fields that the account holder gets", names, wanted, { requirement: "GEN-0018" });
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-0117-02",
      suite,
      purpose: "A load command that comes before the card has signed a request is not given to the card",
      requirements: ["GEN-0117-a"],
      owner: "server",
      needs: { links },
      async run(t) {
        const about = { requirement: "GEN-0117-a" };
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        using _fault = t.system.disturb({
          link: "cable",
          from: "head-end",
          message: 0xa6,
          act: (message) =>
            encodeMessage({
              kind: "load-command",
              IDTRX: idOf(message),
              LOADDATA: Uint8Array.from([0, 0, 0x09, 0xc4, 0x09, 0x78, 2, 1, 2, 3, 4, 5, 6, 7, 8]),
            }),
          what: "a load command comes in place of the request to initialise",
        });
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.that(seen.outcome.CC !== "0000", "the load does not succeed", about);
        t.expect.equal("CREDIT IEP on link 235", apdusOn(seen.events, "235", 0x52).length, 0, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  defineCase({
    id: "LOAD-0164-01",
    suite,
    purpose: "Points are loaded like money and kept apart from it: accounts, pool and card count them by themselves",
    requirements: ["GEN-0164-f"],
    owner: "server",
    needs: { links, cards: ["points"], loadSites: [{ source: "bank", suite: "AES-128-GCM" }] },
    async run(t) {
      const about = { requirement: "GEN-0164-f" };
      const site = t.loadSiteFor({ source: "bank", suite: "AES-128-GCM" });
      const account = site.accounts.find(({ CURR }) => CURR === "0999");
      const { ACCOUNT } = t.expect.present("an account of points", account);
      const euro = await moneyOf(t, site);
      await t.system.insertCard("points");
      const before = await moneyOf(t, site, ACCOUNT);
      t.expect.completed(await t.system.load({ SITE: site.SITE, ACCOUNT, enter: () => 40 }), about);
      expectMoved(t, before, await moneyOf(t, site, ACCOUNT), loadedBy(40), about);
      await t.system.insertCard("specimen");
      expectMoved(t, euro, await moneyOf(t, site), {}, about);
    },
  }),
];

/** Of a message of the cable whose first element it is. */
function idOf(message: Uint8Array): string {
  return [...message.subarray(5, 21)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
