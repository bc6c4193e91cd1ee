import { formatAmount } from "../../../harness/core/currency.ts";

/** A currency with the exponent of its amounts. */
export interface Unit {
  readonly CURR: string;
  readonly CEXP: number;
}

/** An issuer's value in one unit: what a pool stands for. */
export interface Value extends Unit {
  readonly PPIEP: string;
}

/** Two of the same name are the same. */
export function nameOf(value: Unit & Partial<Value>): string {
  return `${value.PPIEP ?? ""}/${value.CURR}/${value.CEXP}`;
}

/** "12.50 EUR". */
export function words(amount: number, { CURR, CEXP }: Unit): string {
  return formatAmount(amount, CURR, CEXP);
}

/** Sums by value or unit, each with what it is a sum of. */
export class Sums<Of extends Unit & Partial<Value>> {
  readonly #sums = new Map<string, { readonly of: Of; amount: number }>();

  add(of: Of, amount: number): void {
    const name = nameOf(of);
    const entry = this.#sums.get(name) ?? { of, amount: 0 };
    entry.amount += amount;
    this.#sums.set(name, entry);
  }

  of(of: Unit & Partial<Value>): number {
    return this.#sums.get(nameOf(of))?.amount ?? 0;
  }

  get all(): readonly { readonly of: Of; readonly amount: number }[] {
    return [...this.#sums.values()];
  }
}

export function sumOf<T>(all: readonly T[], amount: (one: T) => number): number {
  return all.reduce((sum, one) => sum + amount(one), 0);
}
