/**
 * What must hold at every moment (`clearing.md` 6), for each issuer and currency: what stands behind the value is where the value is.
 * Everything is counted from what the bench began with.
 */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { LoadRow } from "../../../harness/flows/loading.ts";
import type { AccountMoney, MoneyBooks } from "../../../harness/flows/money.ts";
import { LOAD_INIT_LENGTH, readLoadInit } from "../../../harness/protocol/messages/load-init.ts";
import type { CardMemory, Fate } from "./card-memory.ts";
import { Sums, sumOf, type Value } from "./unit.ts";

/** One issuer's value in one currency, book by book, minor units. */
export interface Sheet {
  readonly of: Value;
  /** Rise of the pool, with what banks keep of it themselves. */
  readonly pool: number;
  /** In hold, and on the card already. */
  readonly held: number;
  /** Rise of what the cards hold. */
  readonly cards: number;
  /** Debited, and in no totals. */
  readonly debited: number;
  readonly totals: number;
  /** Collected, not acknowledged, and not with clearing. */
  readonly underWay: number;
  /** With clearing, not settled. */
  readonly accepted: number;
  readonly disputed: number;
  /** What each transaction whose end no log tells any more would add to the first two, less the others. */
  readonly open: readonly number[];
}

/** Undefined where the devices of the bench cannot be looked into. */
export function sheetsOf(books: MoneyBooks, memory: CardMemory): readonly Sheet[] | undefined {
  if (books.devices === undefined) return undefined;
  const columns = new Columns();
  countLedger(columns, books, memory);
  countDevices(columns, books.devices, books, memory);
  return columns.sheets();
}

/** Left side less right side: above zero value is missing, below zero there is too much of it. */
export function differenceOf({ pool, held, cards, debited, totals, underWay, accepted, disputed }: Sheet): number {
  return pool + held - cards - debited - totals - underWay - accepted - disputed;
}

/** Issuer and bank of a `pool:` account; undefined for another. */
export function issuerOf({ account }: AccountMoney): string | undefined {
  return /^pool:([0-9]+)(?:@|$)/.exec(account)?.[1];
}

/** A member that is there a second time is no further money (`clearing.md` 7). */
const SETTLED_BEFORE = "A032";

type Column = Exclude<keyof Sheet, "of" | "open">;
const COLUMNS: readonly Column[] = ["pool", "held", "cards", "debited", "totals", "underWay", "accepted", "disputed"];

class Columns {
  readonly #sums = new Map(COLUMNS.map((name) => [name, new Sums<Value>()]));
  readonly #open: { readonly of: Value; readonly amount: number }[] = [];

  add(column: Column, { PPIEP, CURR, CEXP }: Value, amount: number): void {
    this.#sums.get(column)?.add({ PPIEP, CURR, CEXP }, amount);
  }

  /** `amount` in `column` if it was done. */
  addIf(fate: Fate, column: Column, of: Value, amount: number): void {
    if (fate === "done") this.add(column, of, amount);
    if (fate === "unknown") this.#open.push({ of, amount: column === "held" ? amount : -amount });
  }

  sheets(): readonly Sheet[] {
    const values = new Map<string, Value>();
    for (const sums of this.#sums.values()) {
      for (const { of } of sums.all) values.set(JSON.stringify([of.PPIEP, of.CURR, of.CEXP]), of);
    }
    const column = (name: Column, of: Value) => this.#sums.get(name)?.of(of) ?? 0;
    return [...values.values()].map((of) => ({
      of,
      pool: column("pool", of),
      held: column("held", of),
      cards: column("cards", of),
      debited: column("debited", of),
      totals: column("totals", of),
      underWay: column("underWay", of),
      accepted: column("accepted", of),
      disputed: column("disputed", of),
      open: this.#open.filter((each) => isSame(each.of, of)).map(({ amount }) => amount),
    }));
  }
}

function isSame(one: Value, other: Value): boolean {
  return one.PPIEP === other.PPIEP && one.CURR === other.CURR && one.CEXP === other.CEXP;
}

function countLedger(columns: Columns, { accounts, holds, loads, cleared }: MoneyBooks, memory: CardMemory): void {
  for (const account of accounts) {
    const PPIEP = issuerOf(account);
    const { CURR, CEXP, balance, opening } = account;
    if (PPIEP !== undefined) columns.add("pool", { PPIEP, CURR, CEXP }, balance - opening);
  }
  for (const { IDTRX, IDMER, status, PPIEP, MLDA, CURRLDA: CURR, CEXPLDA: CEXP } of holds) {
    const load = loads.find((each) => each.IDTRX === IDTRX && each.IDMER === IDMER);
    if (status !== "held" || !load?.PPIEP || !load.IDIEP || load.NTIEP === null) continue;
    const { PPIEP: ofCard, IDIEP, NTIEP } = load;
    const asked = { MLDA: load.MLDA ?? 0, DTHR: timeOf(load) };
    const fate = memory.fateOf({ kind: "load", PPIEP: ofCard, IDIEP, NTIEP, ...asked });
    columns.addIf(fate, "held", { PPIEP, CURR, CEXP }, MLDA ?? 0);
  }
  for (const sale of cleared) {
    if (sale.status === "accepted") columns.add("accepted", sale, sale.MPDA);
    if (sale.status === "refused" && sale.CC !== SETTLED_BEFORE) columns.add("disputed", sale, sale.MPDA);
  }
}

/** DTHR of the request, which the card's log gives too. */
function timeOf({ request }: LoadRow): string {
  const init = readLoadInit(fromHex(request ?? "").subarray(0, LOAD_INIT_LENGTH));
  return init.ok ? init.value.DTHR : "";
}

function countDevices(
  columns: Columns,
  { cards, psams }: NonNullable<MoneyBooks["devices"]>,
  { cleared }: MoneyBooks,
  memory: CardMemory,
): void {
  for (const { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP, BALIEP, issued } of cards) {
    columns.add("cards", { PPIEP, CURR, CEXP }, BALIEP - issued);
  }
  for (const { BATCHNO, totals, collection, open } of psams) {
    for (const line of totals) columns.add("totals", line, line.sum);
    const isTaken = cleared.some((sale) => sale.BATCHNO === BATCHNO && sale.NTCOL === collection?.NTCOL);
    for (const line of isTaken ? [] : (collection?.lines ?? [])) columns.add("underWay", line, line.sum);
    for (const debit of open) {
      const fate = memory.fateOf({ ...debit, kind: "debit" });
      // one that the totals have already is in them once too often as long as the card has not done it
      if (debit.isCounted) columns.add("debited", debit, -debit.MPDA);
      columns.addIf(fate, "debited", debit, debit.MPDA);
    }
  }
}

/** More transactions than these are not tried in every combination. */
const TRIED = 16;

/** Whether some of the amounts that nobody can tell of explain the difference. */
export function isExplained(sheet: Sheet): boolean {
  const difference = differenceOf(sheet);
  if (sheet.open.length > TRIED) {
    const [most, least] = [sheet.open.filter((amount) => amount > 0), sheet.open.filter((amount) => amount < 0)];
    return difference + sumOf(most, Number) >= 0 && difference + sumOf(least, Number) <= 0;
  }
  let reachable = new Set([difference]);
  for (const amount of sheet.open) reachable = new Set([...reachable, ...[...reachable].map((sum) => sum + amount)]);
  return reachable.has(0);
}
