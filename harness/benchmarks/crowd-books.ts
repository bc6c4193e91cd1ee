/** After a crowd has bought: every sale must stand in all five books, and their sums must be equal. */
import type { Box, PurseReading, PurseSystem, SaleRecord, StoreRecord, TransactionRow } from "../flows/system.ts";

/** One purchase that the user was told had succeeded. */
export interface Sold {
  readonly IDTRX: string;
  readonly price: number;
  /** Number of the set-top box. */
  readonly box: number;
}

/** What each book says was paid, minor units. */
export interface CrowdTotals {
  readonly card: number;
  readonly psam: number;
  readonly terminals: number;
  readonly database: number;
  readonly merchant: number;
}

/** What is judged of a data store record, and where it stands. */
export type Booked = Pick<StoreRecord, "CC" | "MPDA" | "IDIEP"> & { readonly IDTERM: string };

/** The newest record of each transaction, by IDTRX. A terminal keeps some thousand: to be collected now and then. */
export class CollectedStores {
  readonly records = new Map<string, Booked>();

  async collect(system: PurseSystem): Promise<void> {
    for (const { IDTERM } of system.facts.terminals) {
      for (const { IDTRX, CC, MPDA, IDIEP } of await system.readStore(IDTERM)) {
        this.records.set(IDTRX, { CC, MPDA, IDIEP, IDTERM });
      }
    }
  }
}

export interface Books {
  /** By number of the set-top box. */
  readonly before: readonly PurseReading[];
  readonly after: readonly PurseReading[];
  readonly psam: { readonly amount: number; readonly count: number };
  readonly stores: CollectedStores["records"];
  readonly rows: ReadonlyMap<string, TransactionRow>;
  readonly sales: ReadonlyMap<string, SaleRecord>;
}

/** `before`: the cards before the first purchase. */
export async function readBooks(
  system: PurseSystem,
  boxes: readonly Box[],
  before: readonly PurseReading[],
  stores: CollectedStores,
): Promise<Books> {
  await stores.collect(system);
  const rows = [...(await system.transactions()), ...(await system.transactions("head-end-payment-server"))];
  return {
    before,
    after: await readPurses(boxes),
    psam: await psamTotals(system),
    stores: stores.records,
    rows: new Map(rows.map((row) => [row.IDTRX, row])),
    sales: new Map((await system.sales()).map((sale) => [sale.IDTRX, sale])),
  };
}

export async function readPurses(boxes: readonly Box[]): Promise<readonly PurseReading[]> {
  return await Promise.all(boxes.map((box) => box.readPurse()));
}

async function psamTotals(system: PurseSystem): Promise<Books["psam"]> {
  let [amount, count] = [0, 0];
  for (const { IDTERM } of system.facts.terminals) {
    for (const { MTOT, NTOT } of (await system.readTotals(IDTERM)).totals) {
      amount += MTOT;
      count += NTOT;
    }
  }
  return { amount, count };
}

export function totalsOf({ before, after, psam, stores, rows, sales }: Books): CrowdTotals {
  const lost = before.map(({ BALIEP }, box) => BALIEP - (after[box]?.BALIEP ?? 0));
  return {
    card: sum(lost),
    psam: psam.amount,
    terminals: sum([...stores.values()].map(({ CC, MPDA }) => (CC === "0000" ? MPDA : 0))),
    database: sum([...rows.values()].map(({ status, MPDA }) => (status === "confirmed" ? MPDA : 0))),
    merchant: sum([...sales.values()].map(({ status, MPDA }) => (status === "released" ? MPDA : 0))),
  };
}

/** One sentence for everything that does not agree; none where every sale stands in every book, once, and nothing else does. */
export function bookFlaws(sold: readonly Sold[], books: Books): readonly string[] {
  const due = sum(sold.map(({ price }) => price));
  const wrong = Object.entries(totalsOf(books)).filter(([, total]) => total !== due);
  const counts = {
    psam: books.psam.count,
    terminals: books.stores.size,
    database: books.rows.size,
    merchant: books.sales.size,
  };
  const miscounted = Object.entries(counts).filter(([, count]) => count !== sold.length);
  return [
    ...(new Set(sold.map(({ IDTRX }) => IDTRX)).size === sold.length ? [] : ["an IDTRX was given twice"]),
    ...sold.flatMap((sale) => saleFlaws(sale, books)),
    ...books.before.flatMap((_, box) => cardFlaws(box, sold, books)),
    ...wrong.map(([book, total]) => `${book}: ${total} minor units, sold for ${due}`),
    ...miscounted.map(([book, count]) => `${book}: ${count} transactions, sold ${sold.length}`),
  ];
}

function saleFlaws({ IDTRX, price, box }: Sold, { before, stores, rows, sales }: Books): readonly string[] {
  const [row, sale, record] = [rows.get(IDTRX), sales.get(IDTRX), stores.get(IDTRX)];
  const isRight = {
    database: row?.status === "confirmed" && row.MPDA === price && row.IDIEP === before[box]?.IDIEP,
    merchant: sale?.status === "released" && sale.MPDA === price,
    terminal:
      record?.CC === "0000" &&
      record.MPDA === price &&
      record.IDIEP === before[box]?.IDIEP &&
      record.IDTERM === row?.IDTERM,
  };
  const wrong = Object.entries(isRight).filter(([, right]) => !right);
  return wrong.map(
    ([book]) => `sale ${IDTRX} by box ${box + 1} for ${price} does not stand in the book of the ${book}`,
  );
}

function cardFlaws(box: number, sold: readonly Sold[], { before, after }: Books): readonly string[] {
  const [was, is] = [before[box], after[box]];
  const own = sold.filter((sale) => sale.box === box);
  const due = [sum(own.map(({ price }) => price)), own.length];
  const actual = [(was?.BALIEP ?? 0) - (is?.BALIEP ?? 0), (is?.NTIEP ?? 0) - (was?.NTIEP ?? 0)];
  return actual[0] === due[0] && actual[1] === due[1]
    ? []
    : [`card of box ${box + 1} lost ${actual[0]} in ${actual[1]} transactions, bought for ${due[0]} in ${due[1]}`];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
