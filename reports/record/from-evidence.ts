/** Turns recorded evidence into the record that reports show. Pure. */
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import type { CaseResult, Results } from "../../harness/evidence/results.ts";
import type { Evidence } from "./evidence.ts";
import { exchangeOf } from "./exchange.ts";
import { identify } from "./identification.ts";
import type { CaseRecord, Exchange, RunRecord } from "./run-record.ts";

export function recordOf(evidence: Evidence): RunRecord {
  const { identification, results } = evidence;
  const byCase = linesByCase(evidence.lines);
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
    identification: identify(evidence),
    reservations: [...reservationsOf(results), ...evidence.trouble],
    cases: results.cases.map((one) => caseOf(one, byCase.get(one.id) ?? [])),
  };
}

function linesByCase(lines: readonly EvidenceLine[]): Map<string, EvidenceLine[]> {
  const found = new Map<string, EvidenceLine[]>();
  for (const line of lines) {
    if (line.caseId === undefined) continue;
    const list = found.get(line.caseId);
    if (list) list.push(line);
    else found.set(line.caseId, [line]);
  }
  return found;
}

function reservationsOf({ run, mode }: Results): readonly string[] {
  const said: string[] = [];
  if (run.interrupted !== undefined) said.push(`The run was interrupted: ${run.interrupted}.`);
  if (!run.complete) said.push("The evidence has no closing line: the run broke off or is still going on.");
  if (mode === "engineering") said.push("Made in engineering mode, which is no basis for a certificate.");
  return said;
}

function caseOf(result: CaseResult, lines: readonly EvidenceLine[]): CaseRecord {
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
    started: lines.find(({ event }) => event.kind === "case-start")?.wall ?? "",
    durationMs: result.durationMs,
    exchanges: lines.map(exchangeOf).filter((one): one is Exchange => one !== undefined),
  };
}
