/** What a run says about the conformance of the item, in the words of ISO/IEC 9646-5. */
import type { RoleName } from "../../harness/core/trace.ts";
import { isVerdict } from "../../harness/evidence/verdict.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { counted } from "./text.ts";

const OWN_NAMES: readonly RoleName[] = ["card", "psam", "reader", "terminal"];

/** Whose failures are the item's own, as cases name owners. */
export function ownerOf(role: RoleName): string {
  return OWN_NAMES.includes(role) ? role : "server";
}

export interface Failures {
  /** The item's own. */
  readonly own: readonly CaseRecord[];
  /** Of other parts of the bench. */
  readonly others: readonly CaseRecord[];
  readonly accepted: readonly CaseRecord[];
}

export function failuresOf({ cases, results }: Pick<RunRecord, "cases" | "results">): Failures {
  const failed = cases.filter(({ verdict }) => verdict === "fail");
  const owner = ownerOf(results.iut.role);
  return {
    own: failed.filter((one) => one.owner === owner),
    others: failed.filter((one) => one.owner !== owner),
    accepted: failed.filter(({ waiver }) => waiver !== undefined),
  };
}

/** One or two sentences. */
export function conformanceStatus(run: RunRecord): string {
  const { own, others, accepted } = failuresOf(run);
  const isGoldenBroken = (run.results.golden ?? []).some(({ outcome }) => outcome !== "pass");
  if (isGoldenBroken) {
    return `No statement on the conformance of the ${run.iut} can be made: a golden device did not pass on this bench.`;
  }
  if (own.length > 0) {
    return `The ${run.iut} was shown not to conform to the specification that it was tested against: ${counted(own.length, "case")} failed for reasons of its own${acceptedWords(accepted.length)}.${othersWords(others.length)}`;
  }
  if (others.length > 0) {
    return `${counted(others.length, "case")} failed for reasons that are not the ${run.iut}'s own${acceptedWords(accepted.length)}; its conformance is not established.`;
  }
  const { summary } = run;
  if (summary.error + summary.inconc > 0) {
    return `The ${run.iut} was not shown to break the specification, and its conformance is not established either: ${counted(summary.error + summary.inconc, "case")} came to no pass or fail.`;
  }
  if (summary.pass === 0) return `No statement on the conformance of the ${run.iut} can be made: no case was judged.`;
  const open = summary.notRun === 0 ? "" : ` ${counted(summary.notRun, "selected case")} were not run.`;
  return `The ${run.iut} was not shown to break the specification that it was tested against: every case that was judged passed.${open}`;
}

function othersWords(count: number): string {
  return count === 0 ? "" : ` ${counted(count, "more case")} failed for reasons of other devices or servers.`;
}

function acceptedWords(count: number): string {
  return count === 0 ? "" : `, ${count} of them accepted by a waiver`;
}

/** "12 of 14 cases came to a verdict (10 pass, 2 fail)." */
export function countsSentence({ cases, summary }: RunRecord): string {
  const judged = cases.filter(({ verdict }) => isVerdict(verdict)).length;
  const told = [
    [summary.fail, "fail"],
    [summary.error, "error"],
    [summary.inconc, "inconclusive"],
    [summary.pass, "pass"],
  ] as const;
  const words = told.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const tail = words.length === 0 ? "" : ` (${words.join(", ")})`;
  return `${judged} of ${counted(cases.length, "case")} came to a verdict${tail}.`;
}
