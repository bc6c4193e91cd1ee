import type { Kysely } from "kysely";
import { wholeNumber } from "../sql/integers.ts";
import type { SqlStore } from "../sql/store.ts";
import { book } from "./book.ts";
import { WORLD } from "./names.ts";
import type { LedgerSchema } from "./tables.ts";
import type { Account, AccountBalance, Booking, Entry, Transfer, Unit } from "./transfer.ts";

/** Double-entry accounts (load.md 7): every transfer is two entries of one reference, and all entries together are zero. */
export interface Ledger {
  /** Opens accounts with a balance of zero; those that are open stay as they are. */
  openAccounts(accounts: readonly Account[]): Promise<void>;
  /** Idempotent by reference. Throws `STORAGE` where something else was booked under it. */
  transfer(transfer: Transfer): Promise<Booking>;
  /** The same for several, in their order: all or none. */
  transferAll(transfers: readonly Transfer[]): Promise<Booking>;
  /** Minor units; undefined for an account that is not open. */
  balance(account: Account): Promise<number | undefined>;
  /** Every account, or those of one name in each of their units; ordered by name and unit. */
  balances(account?: string): Promise<readonly AccountBalance[]>;
  /** Of the accounts of that name, oldest first. */
  entries(account: string): Promise<readonly Entry[]>;
  /** What was booked under a reference. */
  booked(reference: string): Promise<Transfer | undefined>;
  /** Sum of all entries in every unit: zero, or the ledger is damaged. */
  sum(): Promise<number>;
}

/** The ledger in a store that was opened with `LEDGER_TABLES`. Others may `book` in units of work of their own there. */
export function ledgerIn(store: SqlStore<LedgerSchema>): Ledger {
  const transferAll = (transfers: readonly Transfer[]) => store.unit((unit) => book(unit, transfers, store.now()));
  return {
    openAccounts: (accounts) => store.unit((unit) => openAccountsIn(unit, accounts)),
    transferAll,
    transfer: (transfer) => transferAll([transfer]),
    balance: async ({ account, ...unit }) => (await balances(store, account)).find(isIn(unit))?.balance,
    balances: (account) => balances(store, account),
    entries: (account) => entries(store, account),
    booked: (reference) => booked(store, reference),
    sum: async () => {
      const row = await store.run((db) =>
        db
          .selectFrom("entries")
          .select((expression) => expression.fn.sum<number | string | null>("amount").as("total"))
          .executeTakeFirst(),
      );
      return wholeNumber(row?.total ?? 0);
    },
  };
}

/** The account that money comes from which no account of the ledger has had before. */
export function world({ CURR, CEXP }: Unit): Account {
  return { account: WORLD, CURR, CEXP };
}

/** Opens accounts inside a unit of work of the caller; those that are open stay as they are. */
export async function openAccountsIn(unit: Kysely<LedgerSchema>, accounts: readonly Account[]): Promise<void> {
  for (const { account, CURR, CEXP } of accounts) {
    await unit
      .insertInto("accounts")
      .values({ account, CURR, CEXP, balance: 0 })
      .onConflict((conflict) => conflict.columns(["account", "CURR", "CEXP"]).doNothing())
      .execute();
  }
}

async function balances(store: SqlStore<LedgerSchema>, account?: string): Promise<readonly AccountBalance[]> {
  const all = store.db.selectFrom("accounts").selectAll().orderBy("account").orderBy("CURR").orderBy("CEXP");
  const select = account === undefined ? all : all.where("account", "=", account);
  return (await store.run(() => select.execute())).map((row) => ({ ...row, balance: wholeNumber(row.balance) }));
}

async function entries(store: SqlStore<LedgerSchema>, account: string): Promise<readonly Entry[]> {
  const select = store.db.selectFrom("entries").selectAll().where("account", "=", account).orderBy("sequence");
  const rows = await store.run(() => select.execute());
  return rows.map(({ sequence: _, ...row }) => ({ ...row, amount: wholeNumber(row.amount) }));
}

async function booked(store: SqlStore<LedgerSchema>, reference: string): Promise<Transfer | undefined> {
  const select = store.db.selectFrom("transfers").selectAll().where("reference", "=", reference);
  const row = await store.run(() => select.executeTakeFirst());
  if (row === undefined) return undefined;
  const { source: from, target: to, CURR, CEXP } = row;
  return { reference, from, to, amount: wholeNumber(row.amount), CURR, CEXP };
}

function isIn({ CURR, CEXP }: Unit): (account: Account) => boolean {
  return (account) => account.CURR === CURR && account.CEXP === CEXP;
}
