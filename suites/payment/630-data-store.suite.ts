/** Step 630: the record that the terminal keeps of each transaction. */
import type { StoreRecord } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  answerOf,
  confirm,
  debitCard,
  expectNotConfirmed,
  firstTerminal,
  flipped,
  type Issued,
  identifierOf,
  initialise,
  issue,
  respond,
} from "./support/direct.ts";
import { expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { theLog, theMessage } from "./support/observe.ts";

const suite = "payment";
const RECORD_BYTES = 60;
const PAGE = 32;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-630-01",
    suite,
    purpose: "A purchase leaves one record with card, count, amount, the PSAM's response and both transaction numbers",
    requirements: [
      "PAY-BASE-630-a",
      "PAY-BASE-630-b",
      "PAY-BASE-630-c",
      "PAY-BASE-630-d",
      "PAY-BASE-630-e",
      "PAY-BASE-630-f",
    ],
    owner: "terminal",
    needs: { links: ["236", "line"], logs: ["terminal"] },
    async run(t) {
      const before = await readAccounts(t);
      const stores = new Map<string, readonly StoreRecord[]>();
      for (const IDTERM of t.system.terminals()) stores.set(IDTERM, await t.system.readStore(IDTERM));
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      const { IDTERM, DEBITDATA: _, IDTRX } = theMessage(t, seen, "line", "t-debit").message;
      const request = theMessage(t, seen, "236", "draw-request").message;
      const record = expectOneMore(t, stores.get(IDTERM) ?? [], await t.system.readStore(IDTERM));
      const { PPIEP, IDIEP, NTIEP } = before.purse;
      t.expect.equal("IDTRX of the record", record.IDTRX, IDTRX);
      t.expect.equal("IDMER of the record", record.IDMER, request.IDMER);
      expectRecord(t, record, {
        card: { PPIEP, IDIEP, NTIEP },
        amount: { MPDA: request.MPDA, CURRPDA: request.CURRPDA, CEXPPDA: request.CEXPPDA },
        CC: "0000",
        NTPSAM: before.totals.get(IDTERM)?.NTPSAM ?? -1,
      });
      const log = theLog(t, seen, "terminal", "data-store-updated", { requirement: "PAY-BASE-630-b" });
      t.expect.equal("COUNT of the log entry", log.fields.COUNT, record.COUNT, { at: log });
      t.expect.equal("CC of the log entry", log.fields.CC, "0000", { at: log, requirement: "PAY-BASE-630-d" });
      t.expect.equal("MPDA of the log entry", log.fields.MPDA, request.MPDA, { at: log });
    },
  }),
  defineCase({
    id: "PAY-630-02",
    suite,
    purpose: "Records of different cards on one terminal each have their own card's number and transaction numbers",
    requirements: ["PAY-BASE-630-a", "PAY-BASE-630-b", "PAY-BASE-630-e", "PAY-BASE-630-f"],
    owner: "terminal",
    needs: { cards: ["second"], links: ["line"] },
    async run(t) {
      const IDTERM = firstTerminal(t);
      for (const card of ["specimen", "second"] as const) {
        if (card === "second") await t.system.insertCard(card);
        const store = await t.system.readStore(IDTERM);
        const issued = await issued1(t, IDTERM, 1 + store.length);
        await confirm(t, issued, await debitCard(t, issued));
        const record = expectOneMore(t, store, await t.system.readStore(IDTERM));
        expectRecord(t, record, factsOf(issued, "0000"));
        t.expect.equal("DTHR of the record", record.DTHR, issued.debit.DTHR);
      }
    },
  }),
  defineCase({
    id: "PAY-630-03",
    suite,
    purpose: "What the PSAM refused is recorded as refused, with its code, and what it then confirmed as confirmed",
    requirements: ["PAY-BASE-630-d", "PAY-BASE-630-b"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      let store = await t.system.readStore(IDTERM);
      const next = async (draw: Issued, CC: string) => {
        const after = await t.system.readStore(IDTERM);
        expectRecord(t, expectOneMore(t, store, after), factsOf(draw, CC));
        store = after;
      };
      const issued = await issued1(t, IDTERM, 1);
      const CARDRSP = await debitCard(t, issued);
      await expectNotConfirmed(t, issued, flipped(CARDRSP, 15, 0x01), "9302");
      await next(issued, "9302");
      await confirm(t, issued, CARDRSP);
      await next(issued, "0000");
      const refused = await issued1(t, IDTERM, 2);
      const { CC } = await respond(t, refused, new Uint8Array(0), "9302", { requirement: "PAY-BASE-630-d" });
      t.expect.equal("CC of a debit that the card refused", CC, "9404", { requirement: "PAY-BASE-630-d" });
      await next(refused, "9404");
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-630-04",
    suite,
    purpose: "The data store is read in pages, oldest record first, with running counts, and nothing beyond its end",
    requirements: ["PAY-BASE-630-b", "TERM-0042-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const issued = await issued1(t, IDTERM, 1);
      const CARDRSP = await debitCard(t, issued);
      const missing = PAGE + 2 - (await t.system.readStore(IDTERM)).length;
      for (let round = 0; round < missing; round++) await respond(t, issued, flipped(CARDRSP, 15, 0x01));
      await confirm(t, issued, CARDRSP);
      const store = await t.system.readStore(IDTERM);
      for (const [index, { COUNT }] of store.entries()) {
        t.expect.equal("COUNT", COUNT, (store[0]?.COUNT ?? 0) + index, { requirement: "PAY-BASE-630-b" });
      }
      const page = await answerOf(t, IDTERM, { kind: "t-read-store", IDTERM, INDEX: 0 }, "t-store");
      t.expect.equal("number of records kept", page.INDEX, store.length);
      t.expect.that(page.STORE.length <= PAGE * RECORD_BYTES, "a page has at most 32 records", {
        actual: page.STORE.length / RECORD_BYTES,
      });
      const end = await answerOf(t, IDTERM, { kind: "t-read-store", IDTERM, INDEX: store.length }, "t-store");
      t.expect.equal("records beyond the end", end.STORE.length, 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
];

async function issued1(t: CaseContext, IDTERM: string, k: number): Promise<Issued> {
  const offer = await initialise(t);
  return await issue(t, { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA: 1 });
}

/** There is exactly one record more, and its count is the next one. */
function expectOneMore(t: CaseContext, before: readonly StoreRecord[], after: readonly StoreRecord[]): StoreRecord {
  const about = { requirement: "PAY-BASE-630-b" };
  const known = new Set(before.map(({ COUNT, IDTRX }) => `${COUNT} ${IDTRX}`));
  const fresh = after.filter(({ COUNT, IDTRX }) => !known.has(`${COUNT} ${IDTRX}`));
  t.expect.equal("new records in the data store", fresh.length, 1, about);
  const record = t.expect.present("new record, as the last one", after.at(-1), about);
  t.expect.equal("COUNT of the new record", record.COUNT, (before.at(-1)?.COUNT ?? record.COUNT - 1) + 1, about);
  return record;
}

interface Facts {
  readonly card: Pick<StoreRecord, "PPIEP" | "IDIEP" | "NTIEP">;
  readonly amount: Pick<StoreRecord, "MPDA" | "CURRPDA" | "CEXPPDA">;
  readonly CC: string;
  readonly NTPSAM: number;
}

function factsOf({ offer, MPDA, debit }: Issued, CC: string): Facts {
  const { PPIEP, IDIEP, NTIEP, CURRIEP, CEXPIEP } = offer.fields;
  const amount = { MPDA, CURRPDA: CURRIEP, CEXPPDA: CEXPIEP };
  return { card: { PPIEP, IDIEP, NTIEP }, amount, CC, NTPSAM: debit.NTPSAM };
}

function expectRecord(t: CaseContext, record: StoreRecord, { card, amount, CC, NTPSAM }: Facts): void {
  const { PPIEP, IDIEP } = record;
  const number = { PPIEP: card.PPIEP, IDIEP: card.IDIEP };
  t.expect.equal("smart card number", { PPIEP, IDIEP }, number, { requirement: "PAY-BASE-630-a" });
  const { MPDA, CURRPDA, CEXPPDA } = record;
  t.expect.equal("total sale amount", { MPDA, CURRPDA, CEXPPDA }, amount, { requirement: "PAY-BASE-630-c" });
  t.expect.equal("response of the security card", record.CC, CC, { requirement: "PAY-BASE-630-d" });
  t.expect.equal("smart card's transaction number", record.NTIEP, card.NTIEP, { requirement: "PAY-BASE-630-e" });
  t.expect.equal("security card's transaction number", record.NTPSAM, NTPSAM, { requirement: "PAY-BASE-630-f" });
}
