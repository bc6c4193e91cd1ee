/** Loading value as a flow or a case sees it (`load.md`): a part of the purse system. */
import type { CardTear } from "../core/card-tear.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import type { Disturbance, NextMessage, RecordedEvent } from "./observed.ts";

/** A site where value can be loaded (`load.md`). */
export interface LoadSiteFacts {
  readonly SITE: string;
  /** The account holder's identifier. */
  readonly IDMER: string;
  readonly origin: string;
  readonly source: "bank" | "pre-funded";
  /** The load server is asked directly, without a page over the Internet (861). */
  readonly direct: boolean;
  readonly suite: CipherSuite;
  /** The bank keeps the amounts, and settles them itself. */
  readonly keeps: boolean;
  /** Highest amount of one load, minor units. */
  readonly limit: number;
  /** A pre-funded load whose confirmations go to another server as well (1091). */
  readonly additionalServer: boolean;
  readonly accounts: readonly {
    readonly ACCOUNT: string;
    readonly funds: number;
    readonly CURR: string;
    readonly CEXP: number;
  }[];
}

/** What the user asks for when loading (`load.md` 2). */
export interface LoadOrder {
  /** Site of an account holder; the bench's first one when absent. */
  readonly SITE?: string;
  /** The user's account there; the first one of the site when absent. */
  readonly ACCOUNT?: string;
  /** What the user enters, in minor units, when the maximum load value is shown; 2500 when absent. */
  readonly enter?: (shown: ShownMaximum) => number | "cancel";
}

export interface ShownMaximum {
  readonly MLDAmax: number;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly TEXT: string;
}

/** How a load ended for the user. */
export interface LoadOutcome {
  /** "0000" success, else the reason code of `messages.md` 6 or `load.md` 8. */
  readonly CC: string;
  readonly IDTRX: string | undefined;
  /** What the user confirmed, minor units, once he has. */
  readonly MLDA: number | undefined;
  readonly CONTENT: string | undefined;
  readonly shown: readonly string[];
}

export interface LoadObservation {
  readonly outcome: LoadOutcome;
  readonly events: readonly RecordedEvent[];
  readonly trouble: readonly { readonly owner: string; readonly text: string }[];
}

/** A row of the load server's table (`load.md` 9). */
export interface LoadRow {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly SOURCE: 1 | 2;
  readonly ACCOUNT: string | null;
  readonly status: string;
  readonly MLDA: number | null;
  readonly CURRLDA: string | null;
  readonly CEXPLDA: number | null;
  readonly PPIEP: string | null;
  readonly IDIEP: string | null;
  readonly NTIEP: number | null;
  /** LOADINIT and LOADRSP, LOADDATA, CARDRSP, hex. */
  readonly request: string | null;
  readonly command: string | null;
  readonly response: string | null;
  readonly CC: string | null;
}

/** A row of an account holder's own table (`load.md` 9). */
export interface HeldLoadRow {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly ACCOUNT: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MLDAmax: number;
  readonly MLDA: number | null;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly status: string;
}

/** An account of the ledger (`load.md` 7); minor units, only `world` may be negative. */
export interface AccountBalance {
  readonly account: string;
  readonly CURR: string;
  readonly CEXP: number;
  readonly balance: number;
}

/** One entry: a transfer has two of the same reference, whose amounts sum to zero. */
export interface AccountEntry {
  readonly reference: string;
  readonly account: string;
  readonly amount: number;
}

export interface LoadingFlows {
  /** One load by the user at the set-top box, seen to its end on every link. Never rejects for a failed load. */
  load(order?: LoadOrder): Promise<LoadObservation>;
  /** What the set-top box shows of the card's log, newest first. */
  showLog(): Promise<readonly string[]>;
  /** Every row of the load server. */
  loads(): Promise<readonly LoadRow[]>;
  /** Every row of every account holder. */
  heldLoads(): Promise<readonly HeldLoadRow[]>;
  /** Every account of the ledger. */
  accounts(): Promise<readonly AccountBalance[]>;
  /** Of one account, oldest first. */
  entries(account: string): Promise<readonly AccountEntry[]>;
  /** The account holders ask the load server about the holds that no confirmation has ended (`load.md` 6). */
  settleHolds(): Promise<void>;
  /** As a head end would: opens link 236 to the load server; as `paymentSession`. */
  loadSession(messages: readonly (Uint8Array | NextMessage)[]): Promise<readonly (Uint8Array | null)[]>;
  /** As a load server would: one frame without its length to the HSM; the answer, null when it closed the connection. */
  hsm(frame: Uint8Array): Promise<Uint8Array | null>;
  /** Power of the card in the reader is cut at that moment, once; the card is out of the reader then. */
  tear(moment: CardTear): Disturbance;
}
