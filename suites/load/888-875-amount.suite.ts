/** Steps 888 and 875: the user says how much, and the account is debited by exactly that, or the load ends. */
import { toHex } from "../../harness/core/bytes.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { apdusOn, logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { cardForm, giveAmount, OWN_SESSION, ownPage } from "./support/browser.ts";
import { directBalance, directPage } from "./support/direct-path.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { holderRole, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, requirementOf, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

/** FIG 15 has a step more than FIG 17, so that letters differ. */
function debited({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-875-c" : "LOAD-PRE-1075-a";
}

function notDebited({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-875-d" : "LOAD-PRE-1075-b";
}

/** Only FIG 15 speaks of what the user enters. */
function refusedAmount({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-875-b" : "LOAD-PRE-1075-b";
}

/** An account with little in it. */
function poorOf(t: CaseContext, source: Source) {
  const poor = siteOf(t, source).accounts.find(({ ACCOUNT }) => ACCOUNT.includes("POOR"));
  return t.expect.present("an account with little in it", poor);
}

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-888-01",
      suite,
      purpose:
        "The page reaches the set-top box, the user is asked there, and nothing happens before the user's amount",
      requirements: ["888-a", "888-b", ...(source.source === "bank" ? ["875-a"] : [])],
      owner: "server",
      needs: { links, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 1_234 });
        const { page } = theLoadPage(t, seen, source);
        const sent = { requirement: requirementOf(source, "888-a") };
        const { event, message } = theMessage(t, seen.events, "cable", "load-page", sent);
        const { kind: _, ...shown } = message;
        t.expect.equal("page at the set-top box", texts(shown), texts(page), { ...sent, at: event });
        const asked = { requirement: requirementOf(source, "888-b") };
        const word = messagesOn(seen.events, "ui", "user")[0];
        const answer = t.expect.present("amount of the user at the set-top box", word, asked);
        const wanted = "1234";
        t.expect.equal("amount of the user", new TextDecoder().decode(answer.bytes), wanted, { ...asked, at: answer });
        const given = theMessage(t, seen.events, "cable", "load-amount", asked);
        t.expect.equal("amount for the account holder (A5)", String(given.message.MLDA), wanted, {
          ...asked,
          at: given.event,
        });
        t.expect.that(event.n < answer.n && answer.n < given.event.n, "the amount follows page and question", asked);
        const [initialised] = apdusOn(seen.events, "235", 0x50);
        const card = t.expect.present("INITIALIZE IEP on link 235", initialised, asked).command;
        t.expect.that(answer.n < card.n, "the card is initialised after the user's amount", { ...asked, at: card });
        const money = theLog(t, seen.events, holderRole(source), "account-debited", asked);
        const fixed = { requirement: source.source === "bank" ? "LOAD-BANK-875-a" : asked.requirement, at: money };
        t.expect.that(answer.n < money.n, "the account is debited after the user's amount", fixed);
        t.expect.equal("amount that is debited", money.fields.MLDA, 1_234, fixed);
        t.expect.completed(seen, asked);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-888-02",
      suite,
      purpose: "Who cancels in place of an amount has loaded nothing: no debit, no load request, the card as it was",
      requirements: ["888-b"],
      owner: "server",
      needs: { links, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "888-b") };
        const before = { money: await moneyOf(t, site), purse: await t.system.readPurse() };
        const seen = await t.system.load({ SITE: site.SITE, enter: () => "cancel" });
        t.expect.refused(seen, "A011", about);
        const { event, message } = theMessage(t, seen.events, "cable", "stop", about);
        t.expect.equal("reason for the head end (E6)", message.CC, "A011", { ...about, at: event });
        expectMoved(t, before.money, await moneyOf(t, site), {}, about);
        t.expect.samePurse(before.purse, await t.system.readPurse(), about);
        t.expect.equal("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", 0x50).length, 0, about);
        t.expect.equal("load requests", logsOf(seen.events, "head-end", "load-request-sent").length, 0, about);
        t.expect.equal(
          "status with the account holder",
          (await t.system.heldLoads()).map(({ status }) => status),
          ["offered"],
          about,
        );
        t.expect.matches("what the user is told", seen.outcome.shown.at(-1), /nothing was loaded/i, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-875-01",
      suite,
      purpose:
        "One unit more than the maximum is refused where it is entered, and asked for again; the maximum itself is loaded",
      requirements: [refusedAmount(source)],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: refusedAmount(source) };
        const { ACCOUNT } = poorOf(t, source);
        const before = await moneyOf(t, site, ACCOUNT);
        const shown: number[] = [];
        const enter = ({ MLDAmax }: { readonly MLDAmax: number }) => {
          shown.push(MLDAmax);
          return [MLDAmax + 1, 0, MLDAmax][shown.length - 1] ?? "cancel";
        };
        const seen = await t.system.load({ SITE: site.SITE, ACCOUNT, enter });
        t.expect.equal("times that the user is asked", shown.length, 3, about);
        t.expect.completed(seen, about);
        const most = shown[0] ?? 0;
        expectMoved(t, before, await moneyOf(t, site, ACCOUNT), loadedBy(most), about);
        t.expect.equal(
          "amounts at the account holder",
          logsOf(seen.events, holderRole(source), "account-debited").map(({ fields }) => fields.MLDA),
          [most],
          about,
        );
        const again = await t.system.load({ SITE: site.SITE, ACCOUNT });
        t.expect.refused(again, "A020", about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-875-02",
      suite,
      purpose:
        "The account holder itself refuses amounts that its page does not allow, whatever the set-top box lets through",
      requirements: [refusedAmount(source), notDebited(source)],
      owner: "server",
      needs: { links: ["234"], cards: ["low-maximum"] },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: refusedAmount(source) };
        await t.system.insertCard("low-maximum");
        const before = await moneyOf(t, site);
        const offer = await ownPage(t, site);
        const most = offer.page.MLDAmax;
        for (const [amount, status, reason] of [
          [String(most + 1), 402, "A022"],
          ["0", 402, "A022"],
          ["4294967295", 402, "A022"],
          ["4294967296", 400, undefined],
          ["-1", 400, undefined],
          ["+1", 400, undefined],
          ["0100", 400, undefined],
          ["1.5", 400, undefined],
          ["1e2", 400, undefined],
          ["all of it", 400, undefined],
          ["", 400, undefined],
        ] as const) {
          const answer = await giveAmount(t, site, offer, amount);
          t.expect.equal(`answer to the amount "${amount}"`, [answer.status, answer.reason], [status, reason], about);
        }
        expectMoved(t, before, await moneyOf(t, site), {}, { requirement: notDebited(source) });
        const taken = await giveAmount(t, site, offer, String(most));
        t.expect.equal("status of the maximum itself", taken.status, 200, about);
        expectMoved(t, before, await moneyOf(t, site), { account: -most, hold: most }, about);
      },
    }),
  ),
  defineCase({
    id: "LOAD-875-02-FUND-DIRECT",
    suite,
    purpose: "On the direct path the load server refuses an amount of zero and one above the maximum",
    requirements: ["LOAD-PRE-1075-b"],
    owner: "server",
    needs: { links: ["236"], loadSites: [{ source: "pre-funded", direct: true }] },
    async run(t) {
      const about = { requirement: "LOAD-PRE-1075-b" };
      const site = t.loadSiteFor({ source: "pre-funded", direct: true });
      const before = await moneyOf(t, site);
      const balance = directBalance(await cardForm(t));
      const SESSION = OWN_SESSION;
      const select = encodeMessage({
        kind: "load-selection",
        SESSION,
        SITE: site.SITE,
        ACCOUNT: site.accounts[0]?.ACCOUNT ?? "",
      });
      for (const over of [true, false]) {
        const answers = await t.system.loadSession([
          select,
          balance,
          (so) => {
            const { IDTRX, MLDAmax } = directPage(so.at(-1));
            return encodeMessage({ kind: "load-amount", IDTRX, MLDA: over ? MLDAmax + 1 : 0 });
          },
        ]);
        const last = answers.at(-1);
        const what = over ? "one unit more than the maximum" : "an amount of zero";
        const refusal = toHex(encodeMessage({ kind: "refusal", CC: "A022" }));
        t.expect.equal(`answer to ${what}`, last ? toHex(last) : null, refusal, about);
      }
      expectMoved(t, before, await moneyOf(t, site), {}, about);
    },
  }),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-875-03",
      suite,
      purpose: "The account is debited by the load value, provisionally and as one transfer, before the load goes on",
      requirements: [debited(source), ...(source.source === "bank" ? ["875-e"] : [])],
      owner: "server",
      needs: { links, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: debited(source) };
        const before = await moneyOf(t, site);
        const during: Awaited<ReturnType<typeof moneyOf>>[] = [];
        using _watch = t.system.when({ link: "cable", from: "head-end", message: 0xa6 }, async () => {
          const all = await t.system.accounts();
          const of = (name: string) =>
            all.find(({ account, CEXP, CURR }) => account === name && CEXP === 2 && CURR === "0978")?.balance ?? 0;
          const account = of(`customer:${site.IDMER}:${site.accounts[0]?.ACCOUNT ?? ""}`);
          during.push({ ...before, account, hold: of(`hold:${site.IDMER}`) });
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 1_777 });
        const [held] = during;
        expectMoved(
          t,
          before,
          t.expect.present("the accounts while the card is initialised", held, about),
          { account: -1_777, hold: 1_777 },
          about,
        );
        t.expect.completed(seen, about);
        const reference = `hold/${seen.outcome.IDTRX ?? ""}`;
        const entries = await t.system.entries(`customer:${site.IDMER}:${site.accounts[0]?.ACCOUNT ?? ""}`);
        const own = entries.filter((entry) => entry.reference === reference).map(({ amount }) => amount);
        const as = { requirement: source.source === "bank" ? "LOAD-BANK-875-e" : about.requirement };
        t.expect.equal("entries in the account under the reference of the hold", own, [-1_777], as);
        const log = theLog(t, seen.events, holderRole(source), "account-debited", about);
        t.expect.equal("load and amount in the log", [log.IDTRX, log.fields.MLDA], [seen.outcome.IDTRX, 1_777], {
          ...about,
          at: log,
        });
        expectMoved(t, before, await moneyOf(t, site), loadedBy(1_777), about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-875-04",
      suite,
      purpose: "When the account has become too poor since the page, no debit is made and the load does not go on",
      requirements: [notDebited(source), ...(source.source === "bank" ? ["LOAD-BANK-0055-a", "875-e"] : [])],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: notDebited(source) };
        const { ACCOUNT, funds } = poorOf(t, source);
        const purse = await t.system.readPurse();
        const other = await ownPage(t, site, ACCOUNT);
        const statuses: number[] = [];
        using _meanwhile = t.system.when({ link: "cable", from: "set-top-box", message: 0xa5 }, async () => {
          statuses.push((await giveAmount(t, site, other, "1")).status);
        });
        const seen = await t.system.load({ SITE: site.SITE, ACCOUNT, enter: () => funds });
        t.expect.equal("status of the other load's amount", statuses, [200], about);
        t.expect.refused(seen, "A022", about);
        t.expect.equal("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", 0x50).length, 0, about);
        t.expect.equal("load requests", logsOf(seen.events, "head-end", "load-request-sent").length, 0, about);
        t.expect.samePurse(purse, await t.system.readPurse(), about);
        const after = await moneyOf(t, site, ACCOUNT);
        t.expect.equal("account and hold", [after.account, after.hold], [funds - 1, 1], about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-875-05",
      suite,
      purpose:
        "An amount is taken once: the same again gets the same word, another one is refused, and the account is debited once",
      requirements: [debited(source)],
      owner: "server",
      needs: { links: ["234"] },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: debited(source) };
        const before = await moneyOf(t, site);
        const offer = await ownPage(t, site);
        const first = await giveAmount(t, site, offer, "300");
        const same = await giveAmount(t, site, offer, "300");
        const other = await giveAmount(t, site, offer, "301");
        t.expect.equal(
          "status of first, same and other amount",
          [first.status, same.status, other.status],
          [200, 200, 409],
          about,
        );
        t.expect.equal("word on the same amount", same.body, first.body, about);
        expectMoved(t, before, await moneyOf(t, site), { account: -300, hold: 300 }, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), {}, { requirement: notDebited(source) });
      },
    }),
  ),
];

/** Every value as text, so that bytes compare. */
function texts(page: object): Readonly<Record<string, string>> {
  const rows = Object.entries(page).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    rows.map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : String(value)]),
  );
}
