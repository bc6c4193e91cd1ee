/** Clearing and administration as a flow or a case sees it (`clearing.md`): a part of the purse system. */
import type { PaymentServerName } from "./observed.ts";

/** A batch in a book of the clearing chain (`clearing.md` 3 to 5). */
export interface BatchRow {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  /** IDCP. */
  readonly sender: string;
  readonly status: string;
  readonly members: readonly {
    readonly IDTRX: string;
    readonly IDMER: string;
    readonly PPIEP: string;
    readonly MPDA: number;
    /** "accepted", "settled", "refused" at the clearing system. */
    readonly status: string;
    readonly CC: string | null;
  }[];
}

export interface SettlementReport {
  /** Number of the settlement; undefined when there was nothing to settle. */
  readonly N: number | undefined;
  readonly issuers: readonly {
    PPIEP: string;
    IDACQUIRER: string;
    CURR: string;
    CEXP: number;
    sum: number;
    count: number;
  }[];
  readonly merchants: readonly {
    IDMER: string;
    IDACQUIRER: string;
    CURR: string;
    CEXP: number;
    sum: number;
    count: number;
  }[];
  /** The report as it is printed, with units and currency. */
  readonly text: readonly string[];
}

/** An update that the clearing system issues for a PSAM, or for all (`psam-edge.md` 4.10). */
export type PsamUpdate = {
  /** For this PSAM alone. */
  readonly IDPSAM?: string;
} & (
  | { readonly kind: "block-card" | "unblock-card"; readonly PPIEP: string; readonly IDIEP: string }
  | {
      readonly kind: "set-key" | "remove-key";
      readonly PPIEP: string;
      readonly ALGIEP: number;
      readonly VKIEP: number;
    }
);

/** The clearing side of the system (`clearing.md`). */
export interface ClearingFlows {
  /** The payment server collects from its terminals and sends its batches to the concentration point. */
  collect(server?: PaymentServerName): Promise<void>;
  /** The payment server collects by itself, each time that so much time has passed; ends after so many rounds. */
  collectAtIntervals(intervalMs: number, rounds: number, server?: PaymentServerName): Promise<void>;
  /** The concentration point forwards what it has. */
  forward(): Promise<void>;
  /** The payment server fetches acknowledgements and updates and gives them to its terminals. */
  fetchDeliveries(server?: PaymentServerName): Promise<void>;
  settle(): Promise<SettlementReport>;
  issueUpdate(update: PsamUpdate): Promise<void>;
  /** The books along the way. */
  batches(
    at: "payment-server" | "head-end-payment-server" | "concentration-point" | "clearing-system",
  ): Promise<readonly BatchRow[]>;
  /** One request on link batch as a payment server, or as the concentration point to the clearing system, would send it. */
  http(
    to: "concentration-point" | "clearing-system",
    request: { method: "GET" | "POST"; path: string; body?: string },
  ): Promise<{ status: number; body: string }>;
}
