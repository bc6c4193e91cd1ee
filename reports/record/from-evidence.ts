/** Turns recorded evidence into the record that reports show. Pure. */
import type { CaseResult, Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import { type Collected, rerunId } from "./collect.ts";
import { identify } from "./identification.ts";
import type { CaseRecord, Logo, RunRecord } from "./run-record.ts";
import type { Kept } from "./window.ts";

/** What was read from a run directory. */
export interface Evidence {
  readonly identification: RunIdentification;
  readonly results: Results;
  readonly collected: Collected;
  /** Last proved hash of the chain, hex; empty when there is none. */
  readonly head: string;
  /** Trouble with the record itself, as sentences; empty when chain and results are right. */
  readonly trouble: readonly string[];
  readonly logo?: Logo | undefined;
}

export function recordOf(evidence: Evidence): RunRecord {
  const { identification, results, collected, head, logo } = evidence;
  const { cases, ...derived } = results;
  return {
    run: identification.run,
    iut: results.iut.role,
    bench: results.bench.name,
    mode: results.mode,
    verdict: results.verdict,
    summary: results.summary,
    started: results.run.started,
    ended: results.run.ended,
    tool: `${identification.tool.name} ${identification.tool.version}`,
    identification: identify(identification, results, head),
    reservations: [...reservationsOf(results), ...evidence.trouble],
    cases: cases.map((one) => caseOf(one, collected)),
    about: identification,
    results: derived,
    head,
    logo,
    flows: collected.flows,
    times: collected.times,
  };
}

function reservationsOf({ run, mode, golden = [] }: Results): readonly string[] {
  const said: string[] = [];
  for (const { when, device, outcome, reason } of golden) {
    if (outcome !== "pass") said.push(`The golden ${device} did not pass ${when} the cases: ${reason}.`);
  }
  if (run.interrupted !== undefined) said.push(`The run was interrupted: ${run.interrupted}.`);
  if (run.stoppedIn !== undefined) said.push(`The run broke off in the middle of case ${run.stoppedIn}.`);
  if (!run.complete) said.push("The evidence has no closing line: the run broke off or is still going on.");
  if (run.resumed) said.push(`The run broke off ${times(run.resumed)} and went on with the cases that remained.`);
  if (mode === "engineering") said.push("Made in engineering mode, which is no basis for a certificate.");
  return said;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

const NOTHING: Kept = { exchanges: [], before: 0, after: 0 };

function caseOf(result: CaseResult, { windows, started }: Collected): CaseRecord {
  const { exchanges, before, after } = windows.get(result.id) ?? NOTHING;
  return {
    id: result.id,
    suite: result.suite,
    purpose: result.purpose,
    requirements: result.requirements,
    cell: result.cell,
    ending: result.ending ?? "",
    verdict: result.verdict,
    reason: result.reason,
    owner: result.owner,
    ownerBecause: result.ownerBecause ?? "",
    mend: result.mend ?? "",
    requirement: result.requirement ?? "",
    expected: result.expected ?? [],
    actual: result.actual ?? "",
    at: result.at,
    started: started.get(result.id) ?? "",
    durationMs: result.durationMs,
    exchanges,
    before,
    after,
    attempts: result.attempts ?? [],
    waiver: result.waiver,
    reruns: (result.reruns ?? []).map((rerun) => {
      const kept = windows.get(rerunId(result.id, rerun.replaced)) ?? NOTHING;
      return { ...rerun, exchanges: kept.exchanges, before: kept.before };
    }),
    lines: result.events,
  };
}
