/** The data store (`messages.md` 5, step 630): records to the byte, in order, in pages, and kept. */
import { toHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { purse } from "./support/purse.ts";
import { dueRecord, PAGE, type Sale, type Sales, SUSPEND, WITHDRAW } from "./support/sales.ts";
import { salesCase, upTo } from "./support/terminal-case.ts";

const NOTHING = new Uint8Array(0);
/** What every terminal keeps at least. */
const LEAST_RECORDS = 1_000;
const RECORD = [
  "PAY-BASE-630-a",
  "PAY-BASE-630-b",
  "PAY-BASE-630-c",
  "PAY-BASE-630-d",
  "PAY-BASE-630-e",
  "PAY-BASE-630-f",
];

export const cases: readonly Case[] = [
  salesCase({
    id: "TERM-STORE-01",
    purpose: "Every sale that ends leaves one record, to the byte, with the running number behind the one before",
    requirements: RECORD,
    consumes: { NTPSAM: 6, value: 300_003 },
    async run(sales) {
      const watch = await watched(sales);
      for (const [index, MPDA] of [1, 300, 299_702].entries()) {
        const INITRSP = purse({ NTIEP: 0x1234 + index, IDIEP: `000000471${index}`, BALIEP: 1_000_000 });
        const sale = await sales.draw({ MPDA, INITRSP });
        await watch([]);
        await sales.confirm(sale);
        await watch([[sale, "0000"]]);
      }
      const negative = await sales.draw();
      await sales.ask(sales.responseMessage(negative.IDTRX, sales.cardrsp(negative, "9401")));
      await watch([[negative, "9404"]]);
      const refused = await sales.draw();
      await sales.ask(sales.responseMessage(refused.IDTRX, NOTHING, "9303"));
      await watch([[refused, "9404"]]);
    },
  }),
  salesCase({
    id: "TERM-STORE-02",
    purpose: "What the security card did not confirm is a record with its code; what it never judged is none",
    requirements: ["PAY-BASE-630-d"],
    consumes: { NTPSAM: 2, value: 1 },
    async run(sales) {
      const watch = await watched(sales);
      const sale = await sales.draw();
      const wrong = sales.cardrsp(sale).map((byte, index) => (index === 15 ? byte ^ 1 : byte));
      await sales.ask(sales.responseMessage(sale.IDTRX, wrong));
      await watch([[sale, "9302"]]);
      for (const SW of ["0000", "9000", "6100"]) await sales.ask(sales.responseMessage(sale.IDTRX, NOTHING, SW));
      await sales.ask(sales.responseMessage(sales.nextIdtrx(), wrong));
      await sales.ask(sales.cancelMessage(sales.nextIdtrx(), WITHDRAW));
      await sales.ask(sales.drawMessage({ IDTRX: sales.nextIdtrx() }));
      await sales.books();
      await watch([]);
      await sales.cancel(sale.IDTRX, SUSPEND);
      await watch([]);
      await sales.confirm(sale);
      await watch([[sale, "0000"]]);
      await sales.ask(sales.responseMessage(sale.IDTRX, sales.cardrsp(sale)));
      await watch([]);
      const withdrawn = await sales.draw();
      await sales.cancel(withdrawn.IDTRX, WITHDRAW);
      await watch([]);
    },
  }),
  salesCase({
    id: "TERM-STORE-03",
    purpose: "With COMPARE the record is made with T-debit; a reversal is a record A01D, a completion one of its own",
    requirements: ["PAY-ALT1-706-b"],
    consumes: { NTPSAM: 4, value: 2 },
    async run(sales) {
      const watch = await watched(sales);
      const next = async (COMPARE: string) => {
        const sale = await sales.draw({ COMPARE });
        await watch([[sale, "0000"]]);
        return sale;
      };
      const reversed = await next("01");
      await sales.cancel(reversed.IDTRX, WITHDRAW);
      await watch([[reversed, "A01D"]]);
      const late = await next("02");
      await sales.cancel(late.IDTRX, SUSPEND);
      await watch([[late, "A01D"]]);
      await sales.confirm(late);
      await watch([[late, "0000"]]);
      const confirmed = await next("03");
      await sales.confirm(confirmed);
      await watch([[confirmed, "0000"]]);
      const refused = await next("01");
      await sales.ask(sales.responseMessage(refused.IDTRX, NOTHING, "9302"));
      await watch([[refused, "A01D"]]);
    },
  }),
  salesCase({
    id: "TERM-STORE-04",
    purpose: "Pages hold 32 records from the index on, oldest first; behind the last there is nothing",
    requirements: ["PAY-BASE-630-b"],
    consumes: { NTPSAM: 1, value: 1 },
    async run(sales, t) {
      await fill(sales, 70);
      const { kept, records } = await sales.records();
      t.expect.equal("records read, and records kept", records.length, kept);
      const places = [0, 1, 31, 32, 33, kept - 33, kept - 32, kept - 31, kept - 1, kept, kept + 1, 0x7fff, 0xffff];
      for (const INDEX of places.filter((place) => place >= 0)) {
        const page = await sales.page(INDEX);
        t.expect.equal(`number of records in T-store from ${INDEX}`, page.kept, kept);
        t.expect.equal(`records from ${INDEX} on`, page.records, records.slice(INDEX, INDEX + PAGE));
      }
    },
  }),
  salesCase({
    id: "TERM-STORE-05",
    purpose: "A thousand and one records: the last thousand at least are kept, oldest first, without a gap",
    requirements: ["PAY-BASE-630-b"],
    consumes: { NTPSAM: 1, value: 1, writes: 1_001 },
    timeoutMs: 180_000,
    async run(sales, t) {
      const before = await sales.page(0xffff);
      await fill(sales, LEAST_RECORDS + 1);
      const { kept, records } = await sales.records();
      t.expect.that(kept >= LEAST_RECORDS, "a thousand records are kept", { actual: kept });
      t.expect.equal("records read", records.length, kept);
      const counts = records.map((record) => Number.parseInt(record.slice(0, 8), 16));
      const first = counts[0] ?? 0;
      t.expect.equal(
        "COUNT of the records",
        counts,
        upTo(kept).map((index) => first + index),
      );
      t.expect.that(kept <= before.kept + LEAST_RECORDS + 1, "no record is there that nobody made", { actual: kept });
    },
  }),
  salesCase({
    id: "TERM-STORE-06",
    purpose: "Records, the open transaction and issued ones are there after a power cut, byte for byte",
    requirements: ["PAY-BASE-630-b"],
    needs: { terminalPower: true },
    consumes: { NTPSAM: 4, value: 3 },
    async run(sales, t) {
      await fill(sales, 3);
      const issued = await sales.draw({ COMPARE: "01" });
      const before = await sales.records();
      const books = await sales.books();
      const terminal = await t.devices.terminal();
      await terminal.powerCycle();
      t.expect.equal("records after the power cut", await sales.records(), before);
      await sales.expectBooks(books, {});
      const watch = await watched(sales);
      const next = await sales.draw();
      await sales.confirm(next);
      await watch([[next, "0000"]]);
      await sales.cancel(issued.IDTRX, WITHDRAW);
      await watch([[issued, "A01D"]]);
    },
  }),
];

/** Says which records there must be more since it was called last. */
async function watched(sales: Sales): Promise<(wanted: readonly (readonly [Sale, string])[]) => Promise<void>> {
  let { kept } = await sales.page(0xffff);
  let [last = ""] = kept === 0 ? [] : (await sales.page(kept - 1)).records;
  return async (wanted) => {
    const { kept: now, records } = await sales.records(kept);
    const count =
      last === "" ? Number.parseInt(records[0]?.slice(0, 8) ?? "1", 16) - 1 : Number.parseInt(last.slice(0, 8), 16);
    const due = wanted.map(([sale, CC], index) => toHex(uintToBytes(count + 1 + index, 4)) + dueRecord(sale, CC));
    sales.t.expect.equal("new records", records, due, { requirement: "PAY-BASE-630-b" });
    kept = now;
    last = records.at(-1) ?? last;
  };
}

/** So many records more: a sale whose S3 is wrong all the time, and right at last. */
async function fill(sales: Sales, count: number): Promise<void> {
  const sale = await sales.draw();
  const right = sales.cardrsp(sale);
  const wrong = right.map((byte, index) => (index === 15 ? byte ^ 1 : byte));
  for (const _ of upTo(count - 1)) {
    await sales.says("a wrong S3", sales.responseMessage(sale.IDTRX, wrong), sales.dueResult(sale, "9302"));
  }
  await sales.confirm(sale);
}
