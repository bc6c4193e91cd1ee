import type { NightJob } from "../../reports/trend/data.ts";
import type { ChildEnd } from "./child.ts";
import type { Surprise } from "./expected/judge.ts";
import type { NightResults } from "./results-file.ts";

/**
 * What a job comes to. A fail that nobody expected counts whatever else happened; of a run that broke off, or whose bench was not in order,
 * nothing else can be said. Cases that are inconclusive or ended in an error say nothing about the device: unclear.
 */
export function judgement(
  results: NightResults,
  found: readonly Surprise[],
  end: Pick<ChildEnd, "stopped" | "how">,
  { isResumed, minutes }: { readonly isResumed: boolean; readonly minutes: number },
): Pick<NightJob, "state" | "reason" | "surprises"> {
  const broken = brokenOff(results, end, minutes);
  const telling = broken === undefined ? found : found.filter(({ kind }) => kind === "unexpected-fail");
  const after = isResumed ? " It had broken off and went on." : "";
  const isUnexpected = telling.some(({ kind }) => kind !== "unexpected-outcome");
  const counted = `${telling.length} ${telling.length === 1 ? "thing is" : "things are"} not as expected.`;
  if (isUnexpected) return { state: "unexpected", reason: `${counted}${after}`, surprises: telling };
  if (broken !== undefined) {
    return { state: end.stopped === "interrupted" ? "interrupted" : "unclear", reason: broken, surprises: telling };
  }
  if (telling.length > 0) return { state: "unclear", reason: `${counted}${after}`, surprises: telling };
  return { state: "expected", reason: `As expected.${after}`, surprises: [] };
}

function brokenOff(results: NightResults, end: Pick<ChildEnd, "stopped" | "how">, minutes: number): string | undefined {
  const { run, golden = [], cases } = results;
  if (end.stopped === "limit") return `It took longer than ${minutes} min and was ended.`;
  if (end.stopped === "interrupted") return "Interrupted.";
  const bad = golden.find(({ outcome }) => outcome !== "pass");
  if (bad) return `The golden ${bad.device} did not pass ${bad.when} the cases: ${bad.reason}`;
  if (run.interrupted !== undefined) return `It broke off: ${run.interrupted}`;
  if (!run.complete) return `It broke off: the run ${end.how}.`;
  return cases.length === 0 ? "Nothing was selected." : undefined;
}
