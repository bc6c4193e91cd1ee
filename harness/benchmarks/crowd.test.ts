import { beforeAll, describe, expect, test } from "vitest";
import type { PurseReading, SaleRecord, TransactionRow } from "../flows/system.ts";
import { type Books, bookFlaws, type Sold, totalsOf } from "./crowd-books.ts";
import { type CrowdReport, crowd, HEAP_BYTES_A_SALE, HEAP_BYTES_ONCE, memoryFlaws } from "./crowd-run.ts";
import { crowdText } from "./crowd-text.ts";
import { collector } from "./footprint.ts";
import { TerminalWatch } from "./terminal-watch.ts";

describe("twenty set-top boxes, two hundred sales", () => {
  let report: CrowdReport;
  const progress: number[] = [];
  beforeAll(async () => {
    report = await crowd({
      sales: 200,
      boxes: 20,
      perRound: 100,
      progressEvery: 50,
      collect: collector(),
      isStopped: () => false,
      onProgress: ({ done }) => progress.push(done),
    });
  });

  test("all succeed and stand in every book, and their sums are those of the prices", () => {
    expect(report.flaws).toEqual([]);
    expect(report).toMatchObject({ sales: 200, boxes: 20, terminals: 8, sites: 27, isComplete: true });
    // the sites sell in turn: 7 times every site, then the first 11 once more
    const prices = Array.from({ length: 27 }, (_, index) => 101 + 2 * index * (index + 1));
    const due = [...Array(7).fill(prices).flat(), ...prices.slice(0, 11)].reduce((sum, price) => sum + price, 0);
    expect(report.totals).toEqual({ card: due, psam: due, terminals: due, database: due, merchant: due });
  });

  test("every terminal was wanted at the same moment, and progress was told", () => {
    expect(report.mostAtOnce).toBe(8);
    expect(progress).toEqual([50, 100, 150, 200]);
    expect(report.memory.map(({ sales }) => sales)).toEqual([100, 200]);
    expect(crowdText(report)).toContain(
      "200 sales to 20 set-top boxes on 8 terminals (8 of them in use at once), 27 sites",
    );
  });
});

test("whoever stops it gets a report of what was sold, which is not complete", async () => {
  let isStopped = false;
  const report = await crowd({
    sales: 1000,
    boxes: 4,
    perRound: 500,
    progressEvery: 5,
    collect: () => undefined,
    isStopped: () => isStopped,
    onProgress: () => {
      isStopped = true;
    },
  });
  expect(report.isComplete).toBe(false);
  expect(report.sales).toBeGreaterThanOrEqual(5);
  expect(report.sales).toBeLessThanOrEqual(9);
  expect(report.flaws).toEqual([]);
});

describe("the books", () => {
  const IDTRX = "0A";
  const purse = (BALIEP: number, NTIEP: number) => ({ BALIEP, NTIEP, IDIEP: "0000004711" }) as PurseReading;
  const sold: readonly Sold[] = [{ IDTRX, price: 250, box: 0 }];
  const record = { IDTRX, CC: "0000", MPDA: 250, IDIEP: "0000004711", IDTERM: "00000001" };
  const row = { IDTRX, status: "confirmed", MPDA: 250, IDIEP: "0000004711", IDTERM: "00000001" };
  const sale = { IDTRX, status: "released", MPDA: 250 };
  const booksWith = (changed: {
    record?: object;
    row?: object;
    sale?: object;
    psam?: object;
    left?: number;
  }): Books => ({
    before: [purse(1000, 1)],
    after: [purse(changed.left ?? 750, 2)],
    psam: { amount: 250, count: 1, ...changed.psam },
    stores: new Map([[IDTRX, { ...record, ...changed.record }]]),
    rows: new Map([[IDTRX, { ...row, ...changed.row } as TransactionRow]]),
    sales: new Map([[IDTRX, { ...sale, ...changed.sale } as SaleRecord]]),
  });

  test("agree when every sale stands in all of them", () => {
    expect(bookFlaws(sold, booksWith({}))).toEqual([]);
    expect(totalsOf(booksWith({}))).toEqual({ card: 250, psam: 250, terminals: 250, database: 250, merchant: 250 });
  });

  test.each([
    ["card", { left: 749 }],
    ["psam", { psam: { amount: 251 } }],
    ["psam", { psam: { count: 2 } }],
    ["terminal", { record: { CC: "A01D" } }],
    ["terminal", { record: { IDIEP: "0000004712" } }],
    ["terminal", { record: { IDTERM: "00000002" } }],
    ["database", { row: { status: "unresolved" } }],
    ["database", { row: { IDIEP: "0000004712" } }],
    ["merchant", { sale: { status: "paid" } }],
    ["merchant", { sale: { MPDA: 251 } }],
  ])("show what is wrong in the book of the %s: %j", (book, changed) => {
    expect(bookFlaws(sold, booksWith(changed)).join("\n")).toContain(book);
  });

  test("show a sale that nobody bought, and one that was sold twice", () => {
    expect(bookFlaws([], booksWith({}))).toContain("merchant: 1 transactions, sold 0");
    expect(bookFlaws([...sold, ...sold], booksWith({}))).toContain("an IDTRX was given twice");
  });
});

describe("the watch over terminals", () => {
  const told = (entry: string, IDTERM: string, IDTRX: string) =>
    ({ kind: "log", role: "payment-server", entry, IDTRX, fields: { IDTERM } }) as const;

  test("finds one that is given to two, or released by another", () => {
    const watch = new TerminalWatch();
    watch.hear(told("terminal-selected", "00000001", "0A"));
    watch.hear(told("terminal-selected", "00000002", "0B"));
    expect(watch.flaws).toEqual([]);
    expect(watch.mostAtOnce).toBe(2);
    watch.hear(told("terminal-selected", "00000001", "0C"));
    watch.hear(told("terminal-released", "00000002", "0A"));
    expect(watch.flaws).toEqual([
      "terminal 00000001 was given to 0C while it served 0A",
      "terminal 00000002 was released by 0A while it served 0B",
    ]);
  });
});

test("a heap that grows by more than the records of the sales take is a flaw", () => {
  const at = (sales: number, heapBytes: number) => ({ sales, heapBytes, residentBytes: 0 });
  const allowed = HEAP_BYTES_ONCE + 100 * HEAP_BYTES_A_SALE;
  expect(memoryFlaws([at(100, 5), at(200, 5 + allowed)])).toEqual([]);
  expect(memoryFlaws([at(100, 5), at(200, 6 + allowed)])).toHaveLength(1);
  expect(memoryFlaws([])).toEqual([]);
});
