/** What a report does not say, and what bounds what it says. */
import { isVerdict } from "../../harness/evidence/verdict.ts";
import type { RunRecord } from "../record/run-record.ts";
import { ownerOf } from "./conformance.ts";
import { counted } from "./text.ts";

export function limitsOf(run: RunRecord): readonly string[] {
  const { cases, results } = run;
  const others = cases.filter(({ owner, verdict }) => owner !== ownerOf(results.iut.role) && isVerdict(verdict)).length;
  return [
    "The results relate only to the item identified in 1.2, in the state in which it was tested.",
    "Passing every case does not prove conformance in every situation: a test can only show that a requirement is broken. What was not tested is listed with its reason in annex A.",
    ...(others === 0
      ? []
      : [`${counted(others, "case")} ask something of other parts of the bench as well (clause 4 has them by owner).`]),
    timesLimit(run),
    `This report was derived from the recorded evidence of run ${run.run} alone; pursebench verify checks that evidence offline, pursebench rejudge judges it anew.`,
    "It may be reproduced only in full.",
  ];
}

/** Who has a clock that runs as the case likes has no uncertainty. */
function timesLimit({ results }: RunRecord): string {
  const rule =
    "Verdicts follow by rule from what was recorded. Times are judged by a rule that gives the device the benefit of the bench's own latency, which was measured before the first case: a time that lies nearer to its limit than the bench can tell is inconclusive, never a fail.";
  return results.bench.latencies?.length
    ? rule
    : `${rule} In this run nothing was measured: its bench has no such latency.`;
}
