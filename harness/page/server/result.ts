/** The end of a run as the page shows it, from its `results.json`. */
import { join } from "node:path";
import type { CaseView, ResultView, RunForm, RunView } from "../shared/state.ts";
import { readShortResults, type ShortResults } from "./history.ts";
import { linksOf } from "./run-files.ts";

/** Cases without a pass that are listed; the report has all. */
const MOST_TROUBLES = 60;

/** Undefined when there are no results. */
export async function resultOf(runs: string, view: RunView, form: RunForm): Promise<ResultView | undefined> {
  const results = await readShortResults(join(runs, view.id));
  if (!results) return undefined;
  const troubles = troublesOf(results);
  const failed = results.cases.filter(({ verdict }) => verdict === "fail");
  const { run, verdict, summary } = results;
  return {
    id: view.id,
    title: view.title,
    word: verdict,
    interrupted: run.interrupted !== undefined || !run.complete,
    waived: failed.length > 0 && failed.every(({ waiver }) => waiver !== undefined),
    counts: summary,
    durationMs: Date.parse(run.ended) - Date.parse(run.started),
    troubles: troubles.slice(0, MOST_TROUBLES),
    troubleCount: troubles.length,
    links: linksOf(runs, view.id),
    form,
  };
}

/** A run of which nothing came. */
export function brokenResult(
  runs: string,
  view: RunView,
  form: RunForm,
  why: { readonly message: string; readonly mend?: string | undefined } | undefined,
): ResultView {
  return {
    id: view.id,
    title: view.title,
    word: "error",
    interrupted: false,
    waived: false,
    counts: view.counts,
    durationMs: Date.now() - view.startedMs,
    troubles: view.troubles,
    troubleCount: view.troubles.length,
    broken: { message: why?.message ?? "The run left no results", mend: why?.mend },
    links: linksOf(runs, view.id),
    form,
  };
}

/** Failures first. */
function troublesOf({ cases }: ShortResults): readonly CaseView[] {
  const order = ["fail", "error", "inconc"];
  return cases
    .filter(({ verdict }) => order.includes(verdict))
    .sort((left, right) => order.indexOf(left.verdict) - order.indexOf(right.verdict))
    .map(({ id, purpose, verdict, reason, owner }) => ({ id, purpose, word: verdict, reason, owner }));
}
