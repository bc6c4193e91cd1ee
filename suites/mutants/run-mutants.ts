/** Seeded defects against the cases that say that they catch them: a check that cannot fail is found here. */
import type { Bench } from "../../harness/bench/schema.ts";
import { systemClock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import { type Defect, isMeant } from "../../harness/defects/defect.ts";
import { variationOf } from "../../harness/defects/index.ts";
import { REFERENCE, type Variation } from "../../harness/defects/variation.ts";
import { discardEvents } from "../../harness/evidence/recorder.ts";
import type { Outcome } from "../../harness/evidence/verdict.ts";
import { openStation } from "../../harness/station/index.ts";
import type { Case } from "../define/case.ts";
import { executeCase } from "../define/execute.ts";

export interface MutantOptions {
  readonly bench: Bench;
  readonly defects: readonly Defect[];
  readonly cases: readonly Case[];
  /** Judge the unvaried reference system first; a case that it does not pass is a false alarm. */
  readonly baseline: boolean;
  /** Of a defect that more cases claim than that, only so many are run, spread evenly over its claims; all when absent. */
  readonly mostCases?: number;
  /** Name of the virtual lab to run on, where the bench has one; the common one when absent. */
  readonly lab?: string;
  /** Called after each defect. */
  readonly onKill?: (kill: Kill, done: number) => void;
}

/** What one defect met with. Killed: every case that claims to catch it failed. */
export interface Kill {
  readonly defect: Defect;
  readonly outcomes: readonly { readonly caseId: string; readonly outcome: Outcome; readonly reason: string }[];
  readonly killed: boolean;
}

export interface KillMatrix {
  readonly mutants: number;
  readonly killed: number;
  /** "MUT-… by PAY-…: pass" for each catch that did not happen. */
  readonly survived: readonly string[];
  /** "PAY-…: fail, reason" of the reference system. */
  readonly falseAlarms: readonly string[];
  /** Cases that no defect is made for. */
  readonly unproven: readonly string[];
  readonly matrix: readonly Kill[];
}

export async function runMutants(options: MutantOptions): Promise<KillMatrix> {
  const { defects, cases, mostCases } = options;
  const work = defects.map((defect) => ({ defect, wanted: wantedCases(defect, cases) }));
  const matrix: Kill[] = [];
  for (const { defect, wanted } of work) {
    const outcomes = await judge(options, variationOf(defect), spread(wanted, mostCases));
    const kill = { defect, outcomes, killed: outcomes.every(({ outcome }) => outcome === "fail") };
    matrix.push(kill);
    options.onKill?.(kill, matrix.length);
  }
  const proven = new Set(work.flatMap(({ wanted }) => wanted.map(({ id }) => id)));
  return {
    mutants: defects.length,
    killed: matrix.filter(({ killed }) => killed).length,
    survived: matrix.flatMap(survivals),
    falseAlarms: options.baseline ? await falseAlarms(options) : [],
    unproven: cases.filter(({ id }) => !proven.has(id)).map(({ id }) => id),
    matrix,
  };
}

/** Looked up before anything is run, so that a slip of the pen does not cost a minute. */
function wantedCases(defect: Defect, cases: readonly Case[]): readonly Case[] {
  const wanted = new Set<Case>();
  for (const pattern of defect.caughtBy) {
    const found = cases.filter(({ id }) => isMeant(pattern, id));
    if (found.length === 0) {
      throw new PursebenchError(
        "USAGE",
        `${defect.id} says that it is caught by ${pattern}, and there is no such case`,
      );
    }
    for (const each of found) wanted.add(each);
  }
  return [...wanted];
}

/** At most `most` of `all`, the first and the last among them, at even distances. */
function spread<T>(all: readonly T[], most = all.length): readonly T[] {
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => all[Math.round(index * step)]).filter((each) => each !== undefined);
}

async function falseAlarms(options: MutantOptions): Promise<readonly string[]> {
  const outcomes = await judge(options, REFERENCE, options.cases);
  return outcomes
    .filter(({ outcome }) => outcome !== "pass")
    .map(({ caseId, outcome, reason }) => `${caseId}: ${outcome}, ${reason}`);
}

async function judge({ bench, lab }: MutantOptions, variation: Variation, cases: readonly Case[]) {
  const evidence = discardEvents();
  await using station = await openStation({ bench, iut: "card", variation, lab }, evidence.record);
  const outcomes: { caseId: string; outcome: Outcome; reason: string }[] = [];
  for (const definition of cases) {
    const { outcome, reason } = await executeCase(definition, station, evidence, { clock: systemClock });
    outcomes.push({ caseId: definition.id, outcome, reason });
  }
  return outcomes;
}

function survivals({ defect, outcomes }: Kill): readonly string[] {
  return outcomes
    .filter(({ outcome }) => outcome !== "fail")
    .map(({ caseId, outcome, reason }) => `${defect.id} by ${caseId}: ${outcome}${reason ? `, ${reason}` : ""}`);
}
