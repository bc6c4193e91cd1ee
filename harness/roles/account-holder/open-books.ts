import { LEDGER_TABLES } from "../../accounts/tables.ts";
import type { StoreKind } from "../../sql/open-store.ts";
import { HOLDER_TABLES } from "./tables.ts";

/** A database with the ledger and the loads of account holders: `openStore<HolderSchema>(url, clock, HOLDER_BOOKS)`. */
export const HOLDER_BOOKS: StoreKind = {
  what: "the account holders' database",
  tables: [LEDGER_TABLES, HOLDER_TABLES],
};
