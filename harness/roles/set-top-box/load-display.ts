/** What the set-top box shows when a card is loaded, in plain English. Amounts always with their unit. */
import { formatAmount } from "../../core/currency.ts";

/** An amount of a load or a balance, minor units, with what it is counted in. */
export interface Unit {
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
}

export const NOT_LOADED = "The card was not loaded.";
export const LOAD_CANCELLED = "Cancelled. Nothing was loaded.";
export const LOAD_REFUSED = "The load was not as you had asked. Nothing was loaded.";
export const KEPT_NOT_LOADED =
  "The card was not loaded. If the amount was taken from your account, it is given back when the same card is put in again.";
export const KEPT_LOADED = "Your account is settled with it before the next load or purchase.";
export const LOAD_UNCERTAIN =
  "It is not certain whether the card was loaded. Please put the same card in again later: it will be settled then.";

export function amountOf(minor: number, { CURRLDA, CEXPLDA }: Unit): string {
  return formatAmount(minor, CURRLDA, CEXPLDA);
}

/** What the card holds, and the most that it can be loaded with (888). */
export function loadQuestion(balance: string | undefined, MLDAmax: number, unit: Unit): string {
  const holds = balance === undefined ? "" : `Your card holds ${balance}. `;
  return `${holds}How much is to be loaded? At most ${amountOf(MLDAmax, unit)}.`;
}

export function amountRefused(MLDAmax: number, unit: Unit): string {
  return `Only amounts from ${amountOf(1, unit)} to ${amountOf(MLDAmax, unit)} can be loaded.`;
}

/** `BALIEP` is the balance that the card answered, in the purse's units. */
export function loaded(MLDA: number, BALIEP: number, unit: Unit): string {
  return `Your card was loaded with ${amountOf(MLDA, unit)}; it holds ${amountOf(BALIEP, unit)}.`;
}

/** What became of an earlier load; `BALIEP` where the card's own answer is known. */
export function loadedEarlier(MLDA: number, BALIEP: number | undefined, unit: Unit): string {
  const held = BALIEP === undefined ? "" : `; it held ${amountOf(BALIEP, unit)} then`;
  return `An earlier load: your card was loaded with ${amountOf(MLDA, unit)}${held}.`;
}

export function notLoadedEarlier(MLDA: number, unit: Unit): string {
  return `An earlier load of ${amountOf(MLDA, unit)} did not take place.`;
}

export function openEarlier(MLDA: number, unit: Unit): string {
  return `An earlier load of ${amountOf(MLDA, unit)} is not settled yet. Please put the same card in again later.`;
}
