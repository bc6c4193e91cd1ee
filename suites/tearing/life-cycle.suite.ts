/** What a card cannot do in its state of life, for purchases and loads alike: who refuses, what the user is told, and no money moves. */
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { balanceNow, selectPurse } from "../payment/support/card.ts";
import { expectMoved as expectPaid, readAccounts } from "../payment/support/money.ts";
import { apdusOn, logsOf } from "../payment/support/observe.ts";
import { expectSupplied } from "./support/supplied.ts";

const BANK = { source: "bank", direct: false, suite: "AES-128-GCM" } as const;
const FUND = { ...BANK, source: "pre-funded" } as const;

/** One refusal: the user's code, words on the screen, and who has said no. */
interface Refusal {
  readonly CC: string;
  readonly says: RegExp;
  readonly by: "card" | "head-end" | "account-holder";
}

interface Condition {
  readonly id: string;
  readonly card: CardKind;
  readonly what: string;
  readonly requirements: readonly string[];
  /** `undefined`: it works. */
  readonly purchase: Refusal | undefined;
  readonly load: Refusal | undefined;
  /** Where time is dear, left out. */
  readonly exhaustive?: true;
}

const noPurse = (verb: string): Refusal => ({ CC: "A016", says: new RegExp(`no purse that can ${verb}`), by: "card" });

const CONDITIONS: readonly Condition[] = [
  {
    id: "EXPIRED",
    card: "expired",
    what: "that has expired",
    requirements: ["CARD-0031-g", "LOAD-BANK-898-g"],
    purchase: { CC: "A012", says: /expired/i, by: "head-end" },
    load: { CC: "A012", says: /expired/i, by: "account-holder" },
    exhaustive: true,
  },
  {
    id: "BLOCKED",
    card: "blocked",
    what: "that is blocked",
    requirements: ["CARD-0033-b"],
    purchase: noPurse("pay"),
    load: noPurse("be loaded"),
  },
  {
    id: "EXHAUSTED",
    card: "exhausted",
    what: "whose transaction number is used up",
    requirements: ["CARD-0031-h"],
    purchase: noPurse("pay"),
    load: noPurse("be loaded"),
    exhaustive: true,
  },
  {
    id: "MAXIMUM",
    card: "at-maximum",
    what: "that holds its maximum",
    requirements: ["LOAD-BANK-0055-a", "LOAD-PRE-1073-a"],
    purchase: undefined,
    load: { CC: "A021", says: /maximum/i, by: "account-holder" },
    exhaustive: true,
  },
];

function conditionCase({ id, card, what, requirements, purchase, load, exhaustive }: Condition): Case {
  return defineCase({
    id: `TEAR-LIFE-${id}`,
    suite: "tearing",
    purpose: `A card ${what}: who refuses a load and a purchase with it, what the user is told, and no account changes`,
    requirements,
    owner: "server",
    needs: { cards: [card], links: ["235"], loadSites: [BANK, FUND], ...(exhaustive ? { exhaustive } : {}) },
    timeoutMs: 120_000,
    async run(t) {
      await t.system.insertCard(card);
      for (const need of [BANK, FUND]) if (load) await expectNotLoaded(t, need, load);
      if (purchase) await expectNotPaid(t, purchase);
      else t.expect.completed(await t.system.purchase());
    },
  });
}

async function expectNotLoaded(t: CaseContext, need: typeof BANK | typeof FUND, refusal: Refusal): Promise<void> {
  const site = t.loadSiteFor(need);
  const [money, purse] = [await moneyOf(t, site), await t.system.readPurse()];
  const seen = await t.system.load({ SITE: site.SITE });
  t.expect.equal("how the load ended (CC)", seen.outcome.CC, refusal.CC);
  t.expect.matches("last words to the user", seen.outcome.shown.at(-1), refusal.says);
  t.expect.equal("CREDIT IEP commands", apdusOn(seen.events, "235", 0x52).length, 0);
  const holder = need.source === "bank" ? "bank-server" : "load-server";
  const refusals = logsOf(seen.events, holder, "load-refused").map(({ fields }) => fields.CC);
  t.expect.equal("refusals of the account holder", refusals, refusal.by === "account-holder" ? [refusal.CC] : []);
  await t.system.settleHolds();
  expectMoved(t, money, await moneyOf(t, site), {});
  t.expect.samePurse(purse, await t.system.readPurse());
}

async function expectNotPaid(t: CaseContext, refusal: Refusal): Promise<void> {
  const before = await readAccounts(t);
  const seen = await t.system.purchase();
  t.expect.refused(seen, refusal.CC);
  t.expect.matches("last words to the user", seen.outcome.shown.at(-1), refusal.says);
  t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 0);
  const checked = logsOf(seen, "head-end", "check-failed").map(({ fields }) => fields.CC);
  t.expect.equal("failed checks of the head end", checked, refusal.by === "head-end" ? [refusal.CC] : []);
  const after = await readAccounts(t);
  t.expect.samePurse(before.purse, after.purse);
  expectPaid(t, before, after, 0);
}

export const cases: readonly Case[] = [
  ...CONDITIONS.map(conditionCase),

  defineCase({
    id: "TEAR-LIFE-SUPPLIED",
    suite: "tearing",
    purpose: "A card that nobody has personalised says only its serial number, and can neither pay nor be loaded",
    requirements: ["CLR-0006-a", "CLR-0006-b"],
    owner: "card",
    needs: { cards: ["supplied", "specimen", "second"], links: ["235"], loadSites: [BANK, FUND] },
    timeoutMs: 120_000,
    async run(t) {
      const about = { requirement: "CLR-0006-b" };
      const numbers = new Set<string>();
      for (const card of ["specimen", "second"] as const) {
        await t.system.insertCard(card);
        numbers.add((await t.system.readPurse()).SNIEP);
      }
      await t.system.insertCard("supplied");
      const SNIEP = await expectSupplied(t, about);
      numbers.add(SNIEP);
      t.expect.equal("different serial numbers of three cards", numbers.size, 3, { requirement: "CLR-0006-a" });
      t.expect.that(!/^(0{16}|F{16})$/.test(SNIEP), "the supplier has left a serial number", {
        requirement: "CLR-0006-a",
        actual: SNIEP,
      });
      const accounts = await t.system.accounts();
      const attempts = [
        await t.system.purchase(),
        await t.system.load({ SITE: t.loadSiteFor(BANK).SITE }),
        await t.system.load({ SITE: t.loadSiteFor(FUND).SITE }),
      ];
      for (const { outcome, events } of attempts) {
        t.expect.equal("how it ended (CC)", outcome.CC, "A016", about);
        t.expect.matches("last words to the user", outcome.shown.at(-1), /no purse/, about);
        const changing = [...apdusOn(events, "235", 0x54), ...apdusOn(events, "235", 0x52)];
        t.expect.equal("DEBIT IEP and CREDIT IEP commands", changing.length, 0, about);
      }
      await t.system.settleHolds();
      t.expect.equal("accounts afterwards", balances(await t.system.accounts()), balances(accounts), about);
      await expectSupplied(t, about);
    },
  }),

  defineCase({
    id: "TEAR-LIFE-BALANCE",
    suite: "tearing",
    purpose: "A blocked card and one whose number is used up still tell balance and log to their user",
    requirements: ["CARD-0016", "CARD-0033-b"],
    owner: "card",
    needs: { cards: ["blocked", "exhausted"], exhaustive: true },
    async run(t) {
      for (const card of ["blocked", "exhausted"] as const) {
        await t.system.insertCard(card);
        await selectPurse(t);
        const told = await balanceNow(t, { requirement: "CARD-0033-b" });
        const { BALIEP, log } = await t.system.readPurse();
        t.expect.equal("balance", told.BALIEP, BALIEP, { requirement: "CARD-0033-b" });
        t.expect.equal("records of the log", log, [], { requirement: "CARD-0016" });
        const lines = (await t.system.showLog()).filter((line) => /paid|loaded/.test(line));
        t.expect.equal("lines of the log", lines, [], { requirement: "CARD-0016" });
      }
    },
  }),
];

/** Accounts that nobody has moved anything in are not always there. */
function balances(accounts: Awaited<ReturnType<CaseContext["system"]["accounts"]>>): readonly string[] {
  return accounts
    .filter(({ account, balance }) => balance !== 0 && account !== "world")
    .map(({ account, CURR, CEXP, balance }) => `${account} ${CURR} ${CEXP} ${balance}`)
    .sort();
}
