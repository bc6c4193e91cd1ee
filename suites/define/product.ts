/**
 * Cases as products of what varies. Where time costs nothing the whole product is run; elsewhere a selection stands
 * for it in which every value meets every value of every other dimension.
 */
import type { Case, Needs } from "./case.ts";

/** What a dimension may hold. An object is told from others by its `id`. */
export type Value = string | number | boolean | undefined | { readonly id: string };
export type Dimensions = Readonly<Record<string, readonly Value[]>>;
export type Combination = Readonly<Record<string, Value>>;
type CombinationOf<D extends Dimensions> = { readonly [K in keyof D]: D[K][number] };

/** Every combination, the last dimension changing fastest. Filter away what cannot be. */
export function product<const D extends Dimensions>(dimensions: D): CombinationOf<D>[] {
  let rows: Combination[] = [{}];
  for (const [name, values] of Object.entries(dimensions)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return rows as CombinationOf<D>[];
}

/**
 * The few of `combinations` in which each value, and each pair of values of two dimensions, that occurs in any of them
 * occurs; in their order. Greedy: always the first one that brings the most new pairs, so the same input gives the same selection.
 */
export function pairwise<C extends Combination>(combinations: readonly C[]): C[] {
  const left = combinations.map((combination, index) => ({ index, combination, pairs: pairsOf(combination) }));
  const missing = new Set(left.flatMap(({ pairs }) => pairs));
  const chosen: number[] = [];
  while (missing.size > 0) {
    const gains = left.map(({ pairs }) => pairs.filter((pair) => missing.has(pair)).length);
    const best = gains.indexOf(Math.max(...gains));
    for (const pair of left[best]?.pairs ?? []) missing.delete(pair);
    chosen.push(best);
  }
  return combinations.filter((_, index) => chosen.includes(index));
}

/**
 * One case for each combination. Its id is `prefix` and the values; outside of the pairwise selection it needs a bench
 * where time costs nothing.
 */
export function casesOf<C extends Combination>(
  prefix: string,
  combinations: readonly C[],
  define: (combination: C, id: string) => Case,
): Case[] {
  const selection = new Set(pairwise(combinations));
  return combinations.map((combination) => {
    const definition = define(combination, caseId(prefix, combination));
    if (selection.has(combination)) return definition;
    const needs: Needs = { ...definition.needs, exhaustive: true };
    return { ...definition, needs };
  });
}

/** "PAY-FAULT-PAYMENT-SERVER-NONE-236-LOST" for the prefix "PAY-FAULT". */
export function caseId(prefix: string, combination: Combination): string {
  return [prefix, ...Object.values(combination).map(idPart)].join("-");
}

function idPart(value: Value): string {
  return nameOf(value)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function nameOf(value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? value.id : String(value ?? "none");
}

function pairsOf(combination: Combination): string[] {
  const values = Object.entries(combination).map(([name, value]) => `${name}=${nameOf(value)}`);
  const pairs = values.flatMap((first, index) => values.slice(index + 1).map((second) => `${first}\0${second}`));
  return pairs.length > 0 ? pairs : values;
}
