/** What cards, payment servers and merchants keep of single transactions. */

export interface CardLogRecord {
  readonly TI: number;
  readonly NTIEP: number;
  readonly CC: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  readonly BALIEP: number;
  readonly IDPSAM: string;
  readonly NTPSAM: number;
  readonly DTHR: string;
}

/** A row of the payment server's transaction table. */
export interface TransactionRow {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly IDTERM: string | null;
  readonly status: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  readonly PPIEP: string | null;
  readonly IDIEP: string | null;
  readonly NTIEP: number | null;
  readonly NTPSAM: number | null;
  readonly CC: string | null;
  readonly debitCommand: string | null;
  readonly debitResponse: string | null;
  readonly terminalResponse: string | null;
  /** 1 to 3, null where the PSAM compares. */
  readonly COMPARE: number | null;
  readonly expectedResponse: string | null;
}

/** The merchant's own record of a sale. */
export interface SaleRecord {
  readonly IDTRX: string;
  readonly ITEM: string;
  readonly QUANTITY: number;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  /** `paid`: confirmed directly by the payment server, not delivered yet. */
  readonly status: "open" | "paid" | "released" | "failed";
}
