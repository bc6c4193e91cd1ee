/**
 * What a run uses of its specimen: steps of its transaction number and value that does not come back. What a case of the flows uses was
 * measured in process (`fixtures/consumption.json`, by id: steps, minor units) and is held against each run of the tests; a case of a
 * device suite says it itself (`consumes`).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../harness/bench/package-root.ts";
import type { Pixit } from "../../harness/bench/pixit.ts";
import { formatAmount } from "../../harness/core/currency.ts";
import type { Contradiction } from "./against-device.ts";
import type { Case, Consumption, Scope } from "./case.ts";

/** Highest transaction number: a card that has it neither pays nor loads (`card-edge.md` 4). */
const LAST_NTIEP = 0xffff;
/** How many cases are named that use most. */
const NAMED = 3;

let table: Readonly<Record<string, readonly [number, number]>> | undefined;

function measured(id: string): Consumption {
  table ??= JSON.parse(readFileSync(join(packageRoot(), "fixtures", "consumption.json"), "utf8"));
  const [NTIEP = 0, value = 0] = table?.[id] ?? [];
  return { NTIEP, value };
}

/** What `definition` uses of the card under test at most. */
export function consumptionOf({ id, consumes }: Case): { readonly NTIEP: number; readonly value: number } {
  const known = measured(id);
  return {
    NTIEP: Math.max(consumes?.NTIEP ?? 0, known.NTIEP ?? 0),
    value: Math.max(consumes?.value ?? 0, known.value ?? 0),
  };
}

/** Why the specimen has not enough for these cases, or undefined; what could not be read of it is not judged. */
export function whyExhausting(
  cases: readonly Case[],
  specimen: NonNullable<Scope["specimen"]>,
  pixit: Pixit | undefined,
): Contradiction | undefined {
  const uses = cases.map((definition) => ({ id: definition.id, ...consumptionOf(definition) }));
  const { NTIEP, BALIEP, CURRIEP = "", CEXPIEP = "0" } = specimen;
  const steps = sum(uses.map((each) => each.NTIEP));
  if (NTIEP !== undefined && Number(NTIEP) + steps > LAST_NTIEP) {
    const left = LAST_NTIEP - Number(NTIEP);
    return refusal(
      `needs ${steps} steps of its transaction number, and the card has ${left} left`,
      most(uses, "NTIEP"),
    );
  }
  const value = sum(uses.map((each) => each.value));
  const limits = [
    ...(BALIEP === undefined ? [] : [{ limit: Number(BALIEP), of: "the card holds" }]),
    ...(pixit?.specimen.spendable === undefined
      ? []
      : [{ limit: pixit.specimen.spendable, of: "the PIXIT (spendable) allows" }]),
  ];
  const short = limits.find(({ limit }) => value > limit);
  if (!short) return undefined;
  const amount = (minor: number) => formatAmount(minor, CURRIEP, Number(CEXPIEP));
  return refusal(`may use ${amount(value)}, and ${short.of} ${amount(short.limit)}`, most(uses, "value"));
}

function refusal(what: string, users: string): Contradiction {
  return {
    owner: "bench",
    reason: `this run would use its specimen up: it ${what} (most is used by ${users})`,
    mend: "select fewer cases or suites, load the card, or take another specimen",
  };
}

function most(uses: readonly { id: string; NTIEP: number; value: number }[], by: "NTIEP" | "value"): string {
  const sorted = [...uses].sort((left, right) => right[by] - left[by]);
  return sorted
    .slice(0, NAMED)
    .map(({ id }) => id)
    .join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
