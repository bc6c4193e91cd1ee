/** One security card serves every algorithm, key generation, issuer and currency, one after the other and one within the other. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { CardKind } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { baseItems } from "../support/base-sites.ts";
import { cancel, confirm, firstTerminal, type Issued } from "../support/direct.ts";
import { expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { theMessage } from "../support/observe.ts";
import { debitAny, dueAnswer, dueS2, materialOf, offerAny } from "./any-card.ts";
import { drawFor } from "./draw.ts";
import { expectOnlyLineRose, expectProgram, PROGRAM_CARDS, PROGRAMS } from "./programs.ts";

const suite = "payment";
const CARDS: readonly CardKind[] = [...PROGRAM_CARDS, "specimen"];

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-ALGO-01",
    suite,
    purpose: "One security card debits cards of every kind one after the other, each under its own key and total",
    requirements: ["PSAM-0044-f", "PSAM-0044-k", "PSAM-0044-n", "PSAM-0044-o", "PSAM-0044-d", "ENC-0107-b"],
    owner: "psam",
    needs: { cards: CARDS, keys: true },
    async run(t) {
      const IDTERM = firstTerminal(t);
      for (const [k, program] of PROGRAMS.entries()) {
        await t.system.insertCard(program.kind);
        const before = await t.system.readTotals(IDTERM);
        const offer = await offerAny(t);
        expectProgram(t, program, offer.fields);
        const MPDA = 11 + k;
        const issued = await drawFor(t, offer, { IDTERM, k, MPDA });
        const S2 = dueS2(t, materialOf(issued), issued.DEBITDATA);
        t.expect.equal(`S2 for ${program.kind}`, toHex(issued.DEBITDATA.subarray(45)), S2, {
          requirement: program.kind === "second-key-version" ? "PSAM-0044-k" : "PSAM-0044-f",
        });
        const CARDRSP = await debitAny(t, issued, { owner: "card" });
        const due = dueAnswer(t, materialOf(issued), issued.DEBITDATA);
        t.expect.equal(`answer of ${program.kind}`, toHex(CARDRSP), due, { owner: "card" });
        const { CURRPDA, CEXPPDA } = await confirm(t, issued, CARDRSP, { requirement: "PSAM-0044-d" });
        t.expect.equal<readonly unknown[]>("currency of the message result", [CURRPDA, CEXPPDA], program.value, {
          requirement: "PSAM-0044-o",
        });
        const about = { requirement: program.value[0] === "0978" ? "PSAM-0044-n" : "PSAM-0044-o" };
        const after = await t.system.readTotals(IDTERM);
        expectOnlyLineRose(t, before, after, offer.fields, { MTOT: MPDA, NTOT: 1 }, about);
      }
      await expectSpecimenPays(t);
    },
  }),
  defineCase({
    id: "PAY-ALGO-02",
    suite,
    purpose: "Debits of every kind that are issued one within the other keep their own keys, answers and totals",
    requirements: ["PSAM-0044-f", "PSAM-0044-n", "PSAM-0044-c", "PSAM-0044-h", "ENC-0107-b"],
    owner: "psam",
    needs: { cards: CARDS, keys: true, exhaustive: true },
    async run(t) {
      const IDTERM = firstTerminal(t);
      const first = await t.system.readTotals(IDTERM);
      const debits: { readonly issued: Issued; readonly CARDRSP: Uint8Array }[] = [];
      for (const [k, program] of PROGRAMS.entries()) {
        await t.system.insertCard(program.kind);
        const before = await t.system.readTotals(IDTERM);
        const issued = await drawFor(t, await offerAny(t), { IDTERM, k, MPDA: 21 + k, COMPARE: 1 });
        const due = dueAnswer(t, materialOf(issued), issued.DEBITDATA);
        const EXPECTED = toHex(issued.EXPECTED ?? new Uint8Array());
        t.expect.equal(`expected answer of ${program.kind}`, EXPECTED, due, { requirement: "PSAM-0044-f" });
        const after = await t.system.readTotals(IDTERM);
        const about = { requirement: "PSAM-0044-n" };
        expectOnlyLineRose(t, before, after, issued.offer.fields, { MTOT: issued.MPDA, NTOT: 1 }, about);
        debits.push({ issued, CARDRSP: await debitAny(t, issued, { owner: "card" }) });
      }
      const all = await t.system.readTotals(IDTERM);
      for (const { issued, CARDRSP } of debits.toReversed()) {
        await confirm(t, issued, CARDRSP, { requirement: "ENC-0107-b" });
      }
      const done = await t.system.readTotals(IDTERM);
      t.expect.equal("totals after the late answers", done.totals, all.totals, { requirement: "PSAM-0044-c" });
      t.expect.equal("suspended transactions", done.suspended, first.suspended, { requirement: "PSAM-0044-h" });
      await expectSpecimenPays(t);
    },
  }),
  defineCase({
    id: "PAY-ALGO-03",
    suite,
    purpose: "A reversal takes back the one debit of the one card, whatever other kinds were counted meanwhile",
    requirements: ["PSAM-0044-n", "PSAM-0044-c", "ENC-0107-b"],
    owner: "psam",
    needs: { cards: ["rsa", "aes", "yen", "specimen"] },
    async run(t) {
      const IDTERM = firstTerminal(t);
      const about = { requirement: "PSAM-0044-n" };
      const kinds = ["rsa", "aes", "yen"] as const;
      for (const [k, kind] of kinds.entries()) {
        const before = await t.system.readTotals(IDTERM);
        await t.system.insertCard(kind);
        const reversed = await drawFor(t, await offerAny(t), { IDTERM, k: 1, MPDA: 31 + k, COMPARE: 2 });
        const meanwhile = kinds[(k + 1) % kinds.length] ?? kind;
        await t.system.insertCard(meanwhile);
        const kept = await drawFor(t, await offerAny(t), { IDTERM, k: 2, MPDA: 41 + k, COMPARE: 3 });
        const CARDRSP = await debitAny(t, kept, { owner: "card" });
        t.expect.equal("CC of the reversal", await cancel(t, reversed, "withdraw", about), "0000", about);
        const after = await t.system.readTotals(IDTERM);
        expectOnlyLineRose(t, before, after, kept.offer.fields, { MTOT: kept.MPDA, NTOT: 1 }, about);
        await confirm(t, kept, CARDRSP, { requirement: "ENC-0107-b" });
        const confirmed = await t.system.readTotals(IDTERM);
        t.expect.equal("totals when it is confirmed", confirmed.totals, after.totals, about);
      }
      await expectSpecimenPays(t);
    },
  }),
  defineCase({
    id: "PAY-ALGO-04",
    suite,
    purpose: "Cards of every kind buy at one site, each exactly for the price in its own currency and decimals",
    requirements: ["ENC-0107-b", "PSAM-0044-n", "PSAM-0044-o", "PSAM-0044-f"],
    owner: "server",
    needs: { cards: CARDS, links: ["line"], database: true },
    async run(t) {
      for (const program of PROGRAMS) {
        const [CURR, CEXP] = program.value;
        const items = baseItems(t.facts).filter((item) => item.CURR === CURR && item.CEXP === CEXP);
        const { SITE, ITEM, price } = t.expect.present(`an item in currency ${CURR}`, items[0], { owner: "bench" });
        await t.system.insertCard(program.kind);
        const before = await readAccounts(t);
        const seen = await t.system.purchase({ SITE, ITEM });
        const about = { requirement: "ENC-0107-b" };
        t.expect.completed(seen, about);
        const { IDTERM, MPDA, CURRPDA, CEXPPDA } = theMessage(t, seen, "line", "t-draw").message;
        t.expect.equal("amount", [MPDA, CURRPDA, CEXPPDA], [price, CURR, CEXP], { requirement: "PSAM-0044-o" });
        const after = await readAccounts(t);
        t.expect.money(before.purse, after.purse, -price, about);
        for (const [terminal, totals] of after.totals) {
          const was = t.expect.present("totals before", before.totals.get(terminal));
          if (terminal !== IDTERM) t.expect.equal("totals elsewhere", totals.totals, was.totals, about);
          else expectOnlyLineRose(t, was, totals, before.purse, { MTOT: price, NTOT: 1 }, about);
        }
        const row = await t.system.transaction(seen.outcome.IDTRX ?? "");
        const booked = [row?.status, row?.MPDA, row?.CURRPDA, row?.CEXPPDA, row?.PPIEP, row?.IDIEP];
        const { PPIEP, IDIEP } = before.purse;
        t.expect.equal("the row in the database", booked, ["confirmed", price, CURR, CEXP, PPIEP, IDIEP], about);
        const sale = await t.system.sale(seen.outcome.IDTRX ?? "");
        t.expect.equal(
          "the sale",
          [sale?.status, sale?.MPDA, sale?.CURRPDA, sale?.CEXPPDA],
          ["released", price, CURR, CEXP],
        );
      }
      await expectSpecimenPays(t);
    },
  }),
];

async function expectSpecimenPays(t: CaseContext): Promise<void> {
  await t.system.insertCard("specimen");
  await expectNextPurchaseWorks(t, await readAccounts(t));
}
