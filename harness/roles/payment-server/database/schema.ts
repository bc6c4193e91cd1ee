import type { Generated } from "kysely";
import type { WithLog } from "../../../sql/log-table.ts";
import type { BatchSchema } from "./batch-schema.ts";

/** The tables as both engines have them. Numbers of four bytes are `bigint` columns, which PostgreSQL hands out as text. */
export interface TransactionsTable {
  readonly sequence: Generated<number | string>;
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly IDTERM: string | null;
  readonly status: string;
  readonly MPDA: number | string;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  readonly NTPSAM: number | string | null;
  readonly debitCommand: string | null;
  readonly debitResponse: string | null;
  readonly terminalResponse: string | null;
  readonly COMPARE: number | null;
  readonly expectedResponse: string | null;
  readonly CC: string | null;
  readonly owedMode: number | null;
  readonly created: string;
  readonly updated: string;
}

export interface Schema extends BatchSchema, WithLog {
  readonly transactions: TransactionsTable;
}
