/**
 * Who has what at a moment: the money of a whole bench, looked at from inside and without a message. Amounts are whole minor units.
 */
import type { AccountBalance, HeldLoadRow, LoadRow } from "./loading.ts";
import type { CardLogRecord, SaleRecord, TransactionRow } from "./records.ts";

/** A purse and what it would say of itself when power comes. */
export interface CardMoney {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly CURRIEP: string;
  readonly CEXPIEP: number;
  /** Number of its next transaction. */
  readonly NTIEP: number;
  /** With what it came from its issuer. */
  readonly issued: number;
  readonly BALIEP: number;
  /** Newest first, as many as it keeps. */
  readonly log: readonly CardLogRecord[];
}

/** One line of what a PSAM counts: an issuer's value in one currency. */
export interface CountedMoney {
  readonly PPIEP: string;
  readonly CURR: string;
  readonly CEXP: number;
  readonly sum: number;
}

/** A debit that a PSAM has issued and of which it has not seen the end. */
export interface OpenDebit {
  readonly IDTRX: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  readonly IDPSAM: string;
  readonly NTPSAM: number;
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
  /** The totals have it already, and it can still be taken back. */
  readonly isCounted: boolean;
}

export interface PsamMoney {
  /** PPPSAM, `00`, IDPSAM: names its batches. */
  readonly BATCHNO: string;
  readonly totals: readonly CountedMoney[];
  /** What has left the totals and is not acknowledged. */
  readonly collection: { readonly NTCOL: number; readonly lines: readonly CountedMoney[] } | undefined;
  readonly open: readonly OpenDebit[];
}

/** An account with what it was opened with. */
export interface AccountMoney extends AccountBalance {
  readonly opening: number;
}

/** A sale in a batch that clearing has taken. */
export interface ClearedSale {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  readonly IDMER: string;
  readonly PPIEP: string;
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
  readonly status: string;
  /** Why it was refused. */
  readonly CC: string | null;
}

export interface MoneyBooks {
  /** Only where every card and PSAM of the bench is an object of this process, and all books began with it. */
  readonly devices: { readonly cards: readonly CardMoney[]; readonly psams: readonly PsamMoney[] } | undefined;
  /** Empty as long as nobody has needed the ledger. */
  readonly accounts: readonly AccountMoney[];
  readonly holds: readonly HeldLoadRow[];
  readonly loads: readonly LoadRow[];
  readonly cleared: readonly ClearedSale[];
  /** Of both payment servers. */
  readonly rows: readonly TransactionRow[];
  readonly sales: readonly SaleRecord[];
}
