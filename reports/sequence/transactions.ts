/** Which part of a case's record is one transaction. */
import type { CaseRecord, Exchange } from "../record/run-record.ts";

/** The user's choice at the set-top box opens a purchase (seed step 602). */
const FIRST_STEP = "602";
/** The result for the user closes it (seed step 641). */
const LAST_STEP = "641";

/** A run of exchanges that belong together, and where it was found. */
export interface Transaction {
  readonly caseId: string;
  readonly exchanges: readonly Exchange[];
}

/** Cuts a case's record before every step 602; the part before the first cut stays with the first transaction. */
export function transactionsOf(one: CaseRecord): readonly Transaction[] {
  const parts: Exchange[][] = [];
  let opened = false;
  for (const exchange of one.exchanges) {
    const begins = exchange.kind === "message" && exchange.step === FIRST_STEP;
    const current = parts.at(-1);
    if (!current || (begins && opened)) parts.push([exchange]);
    else current.push(exchange);
    opened ||= begins;
  }
  return parts.map((exchanges) => ({ caseId: one.id, exchanges }));
}

/**
 * One whole successful transaction of the run: from a passed case, undisturbed, from 602 to 641, with the most
 * different steps, and the shortest of those. `undefined` when the run has none.
 */
export function wholeTransaction(cases: readonly CaseRecord[]): Transaction | undefined {
  let best: { readonly found: Transaction; readonly steps: number } | undefined;
  for (const one of cases.filter(({ verdict }) => verdict === "pass")) {
    for (const found of transactionsOf(one).filter(isWhole)) {
      const steps = new Set(found.exchanges.map(({ step }) => step)).size;
      const shorter = best && steps === best.steps && found.exchanges.length < best.found.exchanges.length;
      if (!best || steps > best.steps || shorter) best = { found, steps };
    }
  }
  return best && { ...best.found, exchanges: fromFirstStep(best.found.exchanges) };
}

function isWhole({ exchanges }: Transaction): boolean {
  const messages = exchanges.filter(({ kind }) => kind === "message");
  return (
    exchanges.every(({ kind }) => kind !== "fault") &&
    messages.some(({ step }) => step === FIRST_STEP) &&
    messages.some(({ step, decoded }) => step === LAST_STEP && new Map(decoded).get("CC")?.startsWith("0000") !== false)
  );
}

function fromFirstStep(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.slice(exchanges.findIndex(({ step }) => step === FIRST_STEP));
}

/** The transaction that a verdict is about: the one with line `at`, else the last; only those with any message. */
export function transactionAt(one: CaseRecord): Transaction | undefined {
  const all = transactionsOf(one).filter(({ exchanges }) => exchanges.some(({ kind }) => kind === "message"));
  const meant = all.find(({ exchanges }) => one.at !== undefined && exchanges.some(({ n }) => n === one.at));
  return meant ?? all.at(-1);
}
