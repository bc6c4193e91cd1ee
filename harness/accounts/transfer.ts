/** ISO 4217 numeric, four digits ("0978"), and the decimals of its amounts. */
export interface Unit {
  readonly CURR: string;
  readonly CEXP: number;
}

/** One movement of money: two entries of one reference. */
export interface Transfer extends Unit {
  /** Unique: the same transfer under the same reference is booked once. */
  readonly reference: string;
  /** Account names (`names.ts`). */
  readonly from: string;
  readonly to: string;
  /** Minor units, 1 to 2^53 - 1. */
  readonly amount: number;
}

/** An account in one unit. */
export interface Account extends Unit {
  readonly account: string;
}

export interface AccountBalance extends Account {
  /** Minor units. */
  readonly balance: number;
}

/** What one account got (above zero) or lost. */
export interface Entry extends Account {
  readonly reference: string;
  readonly amount: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What became of transfers, all of them together. */
export type Booking =
  /** At least one was new; the others had been booked before. */
  | { readonly kind: "booked" }
  /** Every one had been booked before (or there was none). */
  | { readonly kind: "already" }
  /** Nothing was booked. */
  | { readonly kind: "refused"; readonly reference: string; readonly why: RefusedWhy };

/**
 * `no-account`: one of the two is not open in that unit; `no-cover`: it would go below zero; `no-room`: a balance would be
 * greater than a number holds exactly.
 */
export type RefusedWhy = "no-account" | "no-cover" | "no-room";
