import type { NightCase, NightResults } from "../results-file.ts";

export function caseOf(id: string, verdict: NightCase["verdict"], reason = ""): NightCase {
  return { id, verdict, reason, durationMs: 10 };
}

/** Results of a run as `results.json` holds them. */
export function resultsOf(run: string, cases: readonly NightCase[], more: Partial<NightResults> = {}): NightResults {
  const summary = { pass: 0, fail: 0, inconc: 0, error: 0, notApplicable: 0, notRun: 0 };
  for (const { verdict } of cases) summary[verdict]++;
  const verdict = summary.error ? "error" : summary.fail ? "fail" : summary.inconc ? "inconc" : "pass";
  return {
    format: "pursebench-results/1",
    run: { id: run, started: "2031-05-06T01:00:00.000Z", ended: "2031-05-06T01:02:00.000Z", complete: true },
    iut: { role: "card", description: "sim" },
    bench: { name: "inproc" },
    verdict,
    summary,
    cases: [...cases],
    ...more,
  };
}
