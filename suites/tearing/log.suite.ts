/** The card's log of loads and purchases, in the card and before its user's eyes ([0016]; `card-edge.md` 5.6, `load.md` 2). */
import type { CardLogRecord } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectLoadCompletion } from "../load/support/own-load.ts";
import { selectPurse } from "../payment/support/card.ts";
import { expectCompletion } from "../payment/support/own-debit.ts";
import { completedDebit, completedLoad } from "./support/completed.ts";
import { readImage } from "./support/image.ts";

const BANK = { source: "bank", direct: false, suite: "AES-128-GCM" } as const;
const FUND = { ...BANK, source: "pre-funded" } as const;
const SHOP = {
  kind: "internet",
  comparison: "psam",
  encryption: undefined,
  confirmation: "sealed",
  direct: false,
} as const;
const ABOUT = { requirement: "CARD-0016" };

/** One more transaction, and the record that it owes the log. */
async function purchase(t: CaseContext): Promise<CardLogRecord> {
  const before = await readImage(t);
  const seen = await t.system.purchase({ SITE: t.siteFor(SHOP).SITE });
  t.expect.completed(seen, ABOUT);
  return completedDebit(t, seen, before).record;
}

async function load(t: CaseContext, need: typeof BANK | typeof FUND, amount: number): Promise<CardLogRecord> {
  const before = await readImage(t);
  const seen = await t.system.load({ SITE: t.loadSiteFor(need).SITE, enter: () => amount });
  t.expect.equal("how the load ended (CC)", seen.outcome.CC, "0000", ABOUT);
  return completedLoad(t, seen, before).record;
}

/** Unit and decimals of the currencies of the bench's cards, as a user writes them. */
const UNITS: Readonly<Record<string, string>> = { "0978": "EUR", "0392": "JPY", "0414": "KWD" };

/** 250 of exponent 2 is "2.50". */
function decimal(minor: number, exponent: number): string {
  const digits = String(minor).padStart(exponent + 1, "0");
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** What the line of that record has to say, in its order. */
function wordsOf({ TI, MPDA, CURRPDA, CEXPPDA, BALIEP, DTHR }: CardLogRecord): RegExp {
  const unit = UNITS[CURRPDA] ?? CURRPDA;
  const sum = TI === 1 ? `paid -${decimal(MPDA, CEXPPDA)}` : `loaded +${decimal(MPDA, CEXPPDA)}`;
  const [year, month, day, hour, minute] = [4, 6, 8, 10, 12].map((end, at) => DTHR.slice(at === 0 ? 0 : end - 2, end));
  const words = [`${year}-${month}-${day}`, `${hour}:${minute}`, sum, unit, decimal(BALIEP, CEXPPDA), unit];
  return new RegExp(words.map((word) => word.replace(/[.+]/g, "\\$&")).join("\\b.*?"));
}

async function expectShown(t: CaseContext, log: readonly CardLogRecord[]): Promise<void> {
  const lines = await t.system.showLog();
  t.expect.equal("lines that the user is shown", lines.length, log.length, ABOUT);
  for (const [index, record] of log.entries())
    t.expect.matches(`line ${index + 1}, newest first`, lines[index], wordsOf(record), ABOUT);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "TEAR-LOG-MIXED",
    suite: "tearing",
    purpose: "Loads and purchases stand in the log newest first, each as it was, and the user is shown just these",
    requirements: ["CARD-0016", "CARD-0031-j"],
    owner: "card",
    needs: { links: ["235"], keys: true, secretKeyCard: true, sites: [SHOP], loadSites: [BANK, FUND] },
    timeoutMs: 120_000,
    async run(t) {
      const earlier = (await t.system.readPurse()).log;
      const due: CardLogRecord[] = [];
      due.unshift(await load(t, BANK, 1));
      due.unshift(await purchase(t));
      due.unshift(await load(t, FUND, 12_345));
      due.unshift(await purchase(t));
      const { log } = await t.system.readPurse();
      t.expect.equal("the newest records", log.slice(0, due.length), due, ABOUT);
      t.expect.equal("those of before", log.slice(due.length), earlier.slice(0, log.length - due.length), ABOUT);
      await expectShown(t, log);
    },
  }),

  defineCase({
    id: "TEAR-LOG-WRAP",
    suite: "tearing",
    purpose:
      "When its log is full a card forgets its oldest transaction and no other, and what it refused was never among them (card-only loads and debits that cancel out)",
    requirements: ["CARD-0016"],
    owner: "card",
    needs: { keys: true, secretKeyCard: true, exhaustive: true },
    timeoutMs: 120_000,
    async run(t) {
      const start = await t.system.readPurse();
      const due: [number, number, number, number][] = [];
      let BALIEP = start.BALIEP;
      for (let count = 0; count < 36; count++) {
        const NTIEP = start.NTIEP + count;
        const isLoad = count % 2 === 0;
        BALIEP += isLoad ? 7 : -7;
        await selectPurse(t);
        if (isLoad) await expectLoadCompletion(t, { MLDA: 7 }, "0000", ABOUT);
        else await expectCompletion(t, { MPDA: 7, NTPSAM: 100 + count }, "0000", ABOUT);
        due.unshift([isLoad ? 2 : 1, NTIEP, 7, BALIEP]);
        if (count % 5 === 0) {
          await selectPurse(t);
          await expectLoadCompletion(t, { MLDA: start.BALmaxIEP }, "940B", ABOUT);
          await expectCompletion(t, { MPDA: 0 }, "940A", ABOUT);
        }
        const { log } = await t.system.readPurse();
        const kept = log.map((each) => [each.TI, each.NTIEP, each.MPDA, each.BALIEP]);
        t.expect.that(kept.length >= Math.min(10, due.length), "the log holds at least ten records", {
          ...ABOUT,
          actual: kept.length,
        });
        t.expect.equal("TI, NTIEP, amount, BALIEP of the records", kept, due.slice(0, kept.length), ABOUT);
      }
      await expectShown(t, (await t.system.readPurse()).log);
    },
  }),

  defineCase({
    id: "TEAR-LOG-UNITS",
    suite: "tearing",
    purpose: "The user reads amounts and balances of the log with the decimals and the unit of the card's currency",
    requirements: ["CARD-0016"],
    owner: "server",
    needs: { cards: ["yen", "dinar"], exhaustive: true },
    async run(t) {
      const others = [
        { card: "yen", CURR: "0392" },
        { card: "dinar", CURR: "0414" },
      ] as const;
      for (const { card, CURR } of others) {
        await t.system.insertCard(card);
        const item = t.expect.present(
          `an item in ${CURR}`,
          t.facts.catalogue.find((each) => each.CURR === CURR),
        );
        t.expect.completed(await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM }), ABOUT);
        const { log } = await t.system.readPurse();
        t.expect.equal(
          "amounts in the log",
          log.map(({ MPDA }) => MPDA),
          [item.price],
          ABOUT,
        );
        await expectShown(t, log);
      }
    },
  }),
];
