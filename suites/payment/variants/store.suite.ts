/** 706, 726, 746: the terminal writes a transaction off as soon as its security card has issued it. */
import type { PsamTotals, StoreRecord } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { cancel, firstTerminal, identifierOf, initialise, issue } from "../support/direct.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { logsOf, theLog, theMessage, thePage } from "../support/observe.ts";
import { type Figure, family } from "./figures.ts";
import { buy, expectBefore, expectPaid, needing, recordsOf } from "./variant.ts";

const DEBIT_IEP = 0x54;

/** Stores and totals of all terminals, at the moment before the card gets its debit command. */
async function purchaseWithLook(t: CaseContext, figure: Figure) {
  const stores = new Map<string, readonly StoreRecord[]>();
  const totals = new Map<string, PsamTotals>();
  const look = async () => {
    for (const IDTERM of t.system.terminals()) {
      stores.set(IDTERM, await t.system.readStore(IDTERM));
      totals.set(IDTERM, await t.system.readTotals(IDTERM));
    }
  };
  using watch = t.system.when({ link: "235", from: "set-top-box", message: DEBIT_IEP }, look);
  const seen = await buy(t, figure);
  t.expect.equal("debit commands for the card", watch.hits, 1);
  return { seen, stores, totals };
}

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-STORE-01`,
      suite: "payment",
      purpose:
        "Before the card is debited the terminal has a complete record of the transaction, and no other afterwards",
      requirements: figure.requirements.stored,
      owner: "terminal",
      needs: needing(figure, { links: ["235", "234", "line"] }),
      async run(t) {
        const about = { requirement: figure.requirements.stored[0] };
        const before = await readAccounts(t);
        const { seen, stores } = await purchaseWithLook(t, figure);
        const { page } = thePage(t, seen);
        const { IDTERM, IDTRX } = theMessage(t, seen, "line", "t-debit", about).message;
        const store = stores.get(IDTERM) ?? [];
        const early = store.filter((record) => record.IDTRX === IDTRX);
        t.expect.equal("records of the transaction before the debit", early.length, 1, about);
        const record = t.expect.present("the record", early[0], about);
        const { PPIEP, IDIEP, NTIEP } = before.purse;
        const { MPDA, CURRPDA, CEXPPDA, IDMER } = page;
        const NTPSAM = before.totals.get(IDTERM)?.NTPSAM ?? -1;
        const { COUNT, DTHR, ...said } = record;
        const due = { IDTRX, PPIEP, IDIEP, MPDA, CURRPDA, CEXPPDA, CC: "0000", NTIEP, NTPSAM, IDMER };
        t.expect.equal("the record", said, due, about);
        t.expect.equal("COUNT of the record", COUNT, (store.at(-2)?.COUNT ?? COUNT - 1) + 1, about);
        t.expect.matches("DTHR of the record", DTHR, /^20\d{12}$/, about);
        const late = await recordsOf(t, IDTERM, IDTRX);
        t.expect.equal("records of the transaction after the purchase", late, early, about);
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-STORE-02`,
      suite: "payment",
      purpose: "The totals of the security card have risen when the debit command leaves, and rise no further",
      requirements: figure.requirements.stored,
      owner: "psam",
      needs: needing(figure, { links: ["235", "234", "line"] }),
      async run(t) {
        const about = { requirement: figure.requirements.stored[0] };
        const before = await readAccounts(t);
        const { seen, totals } = await purchaseWithLook(t, figure);
        t.expect.completed(seen, about);
        const { MPDA } = thePage(t, seen).page;
        const early = { purse: { ...before.purse, BALIEP: before.purse.BALIEP - MPDA }, totals };
        expectMoved(t, before, early, MPDA, about);
        expectMoved(t, before, await readAccounts(t), MPDA, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-STORE-03`,
      suite: "payment",
      purpose: "The terminal logs the update of its data store at that step, before the debit command leaves",
      requirements: figure.requirements.stored,
      owner: "terminal",
      needs: needing(figure, { links: ["236", "234", "line"], logs: ["terminal"] }),
      async run(t) {
        const about = { requirement: figure.requirements.stored[0] };
        const seen = await buy(t, figure);
        t.expect.completed(seen, about);
        const entry = theLog(t, seen, "terminal", "data-store-updated", about);
        const at = { ...about, at: entry };
        const { page } = thePage(t, seen);
        t.expect.equal("updates that are logged", logsOf(seen, "terminal", "data-store-updated").length, 1, at);
        t.expect.equal("step of the log entry", entry.step, figure.steps.stored, at);
        t.expect.equal("IDTRX of the log entry", entry.IDTRX, page.IDTRX, at);
        t.expect.equal("CC of the log entry", entry.fields.CC, "0000", at);
        t.expect.equal("MPDA of the log entry", entry.fields.MPDA, page.MPDA, at);
        const command = theMessage(t, seen, "236", "debit-command").event;
        expectBefore(t, "the store is updated before the debit command leaves", entry, command, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-STORE-04`,
      suite: "payment",
      purpose: "A reversal is recorded as one, behind the record that it takes back",
      requirements: [...figure.requirements.stored, ...figure.requirements.reversed],
      owner: "terminal",
      needs: needing(figure, { cards: ["specimen"] }),
      async run(t) {
        const [requirement] = figure.requirements.reversed;
        const before = await readAccounts(t);
        const IDTERM = firstTerminal(t);
        for (const mode of ["withdraw", "suspend"] as const) {
          const offer = await initialise(t);
          const draw = { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 250, COMPARE: figure.COMPARE };
          const issued = await issue(t, draw, { requirement });
          t.expect.equal(`CC of T-done (${mode})`, await cancel(t, issued, mode), "0000", { requirement });
          const records = await recordsOf(t, IDTERM, draw.IDTRX);
          const codes = records.map(({ CC }) => CC);
          t.expect.equal(`codes of the records (${mode})`, codes, ["0000", "A01D"], { requirement });
          const [first, second] = records;
          const { COUNT = 0 } = first ?? {};
          t.expect.equal("the second record", second, first && { ...first, CC: "A01D", COUNT: COUNT + 1 }, {
            requirement,
          });
        }
        expectMoved(t, before, await readAccounts(t), 0, { requirement });
      },
    }),
  ),
];
