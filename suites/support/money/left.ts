/** What may be left when nothing is under way any more, by its name: the differences that the specification allows. */
import type { MoneyBooks } from "../../../harness/flows/money.ts";
import type { SaleRecord, TransactionRow } from "../../../harness/flows/system.ts";
import type { CardMemory, Fate } from "./card-memory.ts";
import type { Unit } from "./unit.ts";

/**
 * - `unresolved debit`: debited, and no totals have it; a security card keeps it (`messages.md` 3).
 * - `issued debit`: the totals have it, and the card was not debited; it can be taken back (`messages.md` 3a).
 * - `unresolved load`: still in hold, whether it is on the card or not (`load.md` 6).
 * - `undelivered`: debited, and the merchant accepted no confirmation.
 */
export const LEFT_NAMES = ["unresolved debit", "issued debit", "unresolved load", "undelivered"] as const;
export type LeftName = (typeof LEFT_NAMES)[number];

export interface Left extends Unit {
  readonly name: LeftName;
  readonly IDTRX: string;
  readonly amount: number;
}

export function leftIn(books: MoneyBooks, memory: CardMemory): readonly Left[] {
  return [...debitsLeft(books, memory), ...loadsLeft(books), ...salesLeft(books, memory)];
}

function debitsLeft({ devices }: MoneyBooks, memory: CardMemory): readonly Left[] {
  const open = devices?.psams.flatMap((psam) => psam.open) ?? [];
  return open.flatMap((debit): readonly Left[] => {
    const fate = memory.fateOf({ ...debit, kind: "debit" });
    const { IDTRX, MPDA: amount, CURR, CEXP } = debit;
    if (fate === "done" && !debit.isCounted) return [{ name: "unresolved debit", IDTRX, amount, CURR, CEXP }];
    if (fate === "not-done" && debit.isCounted) return [{ name: "issued debit", IDTRX, amount, CURR, CEXP }];
    return [];
  });
}

function loadsLeft({ holds }: MoneyBooks): readonly Left[] {
  const held = holds.filter(({ status }) => status === "held");
  return held.map(({ IDTRX, MLDA, CURRLDA: CURR, CEXPLDA: CEXP }) => ({
    name: "unresolved load",
    IDTRX,
    amount: MLDA ?? 0,
    CURR,
    CEXP,
  }));
}

function salesLeft({ devices, rows, sales }: MoneyBooks, memory: CardMemory): readonly Left[] {
  if (devices === undefined) return [];
  return rows
    .filter((row) => fateOfRow(row, memory) === "done" && saleOf(row, sales)?.status !== "released")
    .map(({ IDTRX, MPDA: amount, CURRPDA: CURR, CEXPPDA: CEXP }) => ({
      name: "undelivered",
      IDTRX,
      amount,
      CURR,
      CEXP,
    }));
}

/** Goods for nothing: released, and the card that was to pay was not debited. */
export function givenAway({ devices, rows, sales }: MoneyBooks, memory: CardMemory): readonly SaleRecord[] {
  if (devices === undefined) return [];
  return sales.filter((sale) => {
    if (sale.status !== "released") return false;
    const row = rows.find((each) => saleOf(each, [sale]));
    return row === undefined || fateOfRow(row, memory) === "not-done";
  });
}

function fateOfRow({ PPIEP, IDIEP, NTIEP, NTPSAM, debitCommand }: TransactionRow, memory: CardMemory): Fate {
  if (PPIEP === null || IDIEP === null || NTIEP === null || NTPSAM === null || debitCommand === null) return "not-done";
  const IDPSAM = debitCommand.slice(6, 14).toUpperCase(); // behind PPPSAM: `card-edge.md` 5.3
  return memory.fateOf({ kind: "debit", PPIEP, IDIEP, NTIEP, IDPSAM, NTPSAM });
}

function saleOf({ IDTRX }: TransactionRow, sales: readonly SaleRecord[]): SaleRecord | undefined {
  return sales.find((sale) => sale.IDTRX === IDTRX);
}
