/** Step 873: how much may be loaded, and why nothing may. */
import type { LoadSiteFacts } from "../../harness/flows/loading.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { holderRole, theLoadPage } from "./support/page.ts";
import { BOTH, forSources, requirementOf, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

/** The account of that site whose name has this in it. */
function accountLike(t: CaseContext, { accounts, SITE }: LoadSiteFacts, part: string) {
  const found = accounts.find(({ ACCOUNT }) => ACCOUNT.includes(part));
  return t.expect.present(`an account like ${part} at ${SITE}`, found);
}

interface Refusal {
  readonly id: string;
  readonly what: string;
  readonly CC: string;
  readonly card?: CardKind;
  /** Part of the account's name; the first one when absent. */
  readonly account?: string;
  /** End of the requirement's id in FIG 15. */
  readonly of: string;
  readonly says: RegExp;
}

/** `load.md` 3, in the order in which they are found. */
const REFUSALS: readonly Refusal[] = [
  { id: "EXPIRED", what: "The card has expired", CC: "A012", card: "expired", of: "873-b", says: /expired/i },
  {
    id: "NO-FUNDS",
    what: "There is nothing in the account",
    CC: "A020",
    account: "EMPTY",
    of: "873-b",
    says: /money/i,
  },
  { id: "FULL", what: "The card holds its maximum", CC: "A021", card: "at-maximum", of: "873-a", says: /maximum/i },
  {
    id: "CURRENCY",
    what: "The card has another currency than the account",
    CC: "A013",
    card: "other-currency",
    of: "874-b",
    says: /currency/i,
  },
  {
    id: "EXPONENT",
    what: "The card has another exponent than the account",
    CC: "A013",
    account: "YEN",
    of: "874-h",
    says: /currency/i,
  },
];

export const cases: readonly Case[] = [
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-873-01",
      suite,
      purpose:
        "The maximum load value is the least of what the card takes, what the account holds and what the holder allows",
      requirements: ["873-a", "873-b", "874-a", ...(source.source === "bank" ? ["LOAD-BANK-0055-a"] : [])],
      owner: "server",
      needs: { links, cards: ["low-maximum"] },
      async run(t) {
        const site = siteOf(t, source);
        const poor = accountLike(t, site, "POOR");
        const [rich] = site.accounts;
        for (const [card, account, end] of [
          ["specimen", rich, "874-a"],
          ["specimen", poor, "873-b"],
          ["low-maximum", rich, "873-a"],
        ] as const) {
          await t.system.insertCard(card);
          const { BALIEP, BALmaxIEP } = await t.system.readPurse();
          const { ACCOUNT = "", funds = 0 } = account ?? {};
          const shown: number[] = [];
          const enter = ({ MLDAmax }: { readonly MLDAmax: number }) => {
            shown.push(MLDAmax);
            return "cancel" as const;
          };
          const seen = await t.system.load({ SITE: site.SITE, ACCOUNT, enter });
          const about = { requirement: requirementOf(source, end) };
          const most = Math.min(BALmaxIEP - BALIEP, funds, site.limit);
          const { event, page } = theLoadPage(t, seen, source, about);
          t.expect.equal(`maximum load value, ${card} card, ${ACCOUNT}`, page.MLDAmax, most, { ...about, at: event });
          t.expect.equal("maximum that the user is shown", shown, [most], about);
          const log = theLog(t, seen.events, holderRole(source), "load-page-made", about);
          t.expect.equal("maximum in the log", log.fields.MLDAmax, most, { ...about, at: log });
        }
      },
    }),
  ),
  ...REFUSALS.flatMap((refusal) => forSources(BOTH, (source) => refused(source, refusal))),
];

function refused(source: Source, { id, what, CC, card, account, of, says }: Refusal): Case {
  return defineCase({
    id: `LOAD-873-${id}`,
    suite,
    purpose: `${what}: the load ends there, the user hears why, and neither account nor card has changed`,
    requirements: [of, "875-d"].map((end) => (end === "875-d" ? noDebit(source) : end)),
    owner: "server",
    needs: { links, ...(card ? { cards: [card] } : {}) },
    async run(t) {
      const site = siteOf(t, source);
      const about = { requirement: requirementOf(source, of) };
      if (card) await t.system.insertCard(card);
      const { ACCOUNT = "" } = account ? accountLike(t, site, account) : (site.accounts[0] ?? {});
      const before = { money: await moneyOf(t, site, ACCOUNT), purse: await t.system.readPurse() };
      const seen = await t.system.load({ SITE: site.SITE, ACCOUNT });
      t.expect.refused(seen, CC, about);
      const log = theLog(t, seen.events, holderRole(source), "load-refused", about);
      t.expect.equal("reason in the account holder's log", log.fields.CC, CC, { ...about, at: log });
      const { event, message } = theMessage(t, seen.events, "cable", "user-message", about);
      t.expect.equal("reason for the set-top box", message.CC, CC, { ...about, at: event });
      t.expect.matches("what the user is told", message.TEXT, says, { ...about, at: event });
      t.expect.matches("what the user is told", message.TEXT, /nothing was loaded/i, { ...about, at: event });
      const pages = messagesOn(seen.events, "cable", "head-end").filter(({ step }) => step === "888");
      t.expect.equal("load pages on the cable", pages.length, 0, about);
      t.expect.equal("entries of a debit", logsOf(seen.events, holderRole(source), "account-debited").length, 0, about);
      const none = { requirement: noDebit(source) };
      expectMoved(t, before.money, await moneyOf(t, site, ACCOUNT), {}, none);
      t.expect.samePurse(before.purse, await t.system.readPurse(), none);
      t.expect.equal("loads that are held", await t.system.heldLoads(), [], none);
    },
  });
}

/** No debit is made and the load does not go on. */
function noDebit({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-875-d" : "LOAD-PRE-1075-b";
}
