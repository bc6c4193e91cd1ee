/** What account holders keep of loads (`load.md` 9), whichever engine keeps it. */

/** `offered` (a page was made) -> `held` (the amount is debited provisionally) -> `loaded` | `released`; `offered` -> `released`. */
export const HELD_STATUSES = ["offered", "held", "loaded", "released"] as const;
export type HeldStatus = (typeof HELD_STATUSES)[number];

/** How a load ends for the account: the hold goes to the pool, or back. */
export type LoadEnd = Extract<HeldStatus, "loaded" | "released">;

/** A load as its page offers it. Hex is upper case, amounts are minor units. */
export interface NewHeldLoad {
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** The account holder, 8 characters. */
  readonly IDMER: string;
  readonly ACCOUNT: string;
  /** Session of the user who asked, 16 hex digits. */
  readonly SESSION: string;
  /** 6 and 10 digits. */
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MLDAmax: number;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  /** Of the page: YYYYMMDDhhmmss, UTC. */
  readonly DTHR: string;
  /** 16 hex digits; with it the derived key is made again. The TSK is not kept. */
  readonly RND: string;
}

/** A row of the table `held_loads`. */
export interface HeldLoad extends NewHeldLoad {
  readonly status: HeldStatus;
  /** Once the user has given an amount. */
  readonly MLDA: number | null;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly updated: string;
}

/** An account as far as a load depends on it. */
export interface Funds {
  /** Minor units. */
  readonly available: number;
  readonly CURR: string;
  readonly CEXP: number;
}

/** `held` now, `again` what was held before; nothing was changed by the others. */
export type HoldResult = "held" | "again" | "other" | "no-cover";

/** `done` now, `again` as it had ended before; nothing was changed by the others: `other` end, or nothing is held (`not-held`). */
export type EndResult = "done" | "again" | "other" | "not-held";

/**
 * Loads and the accounts behind them. Each change is one unit of work, row and transfer together, and durable when its promise
 * resolves. Of several at the same moment exactly one is the first.
 */
export interface HeldLoads {
  /** Undefined for an account that nobody has. */
  funds(IDMER: string, ACCOUNT: string): Promise<Funds | undefined>;
  offer(load: NewHeldLoad): Promise<void>;
  load(IDTRX: string): Promise<HeldLoad | undefined>;
  /** Moves MLDA from account to hold. */
  hold(IDTRX: string, MLDA: number): Promise<HoldResult>;
  /** Moves the hold to the account `pool`, or back to the user's. */
  conclude(IDTRX: string, end: LoadEnd, pool: string): Promise<EndResult>;
  /** Of one holder or all, in the order of their pages. */
  loads(IDMER?: string): Promise<readonly HeldLoad[]>;
}
