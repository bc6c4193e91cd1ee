/**
 * The conformance basis and what a run says about it. The caller reads the basis from `suites/specification`,
 * because reports import no suites.
 */
import { isVerdict, type Outcome } from "../../harness/evidence/verdict.ts";
import type { CaseRecord } from "./run-record.ts";

/** One entry of `requirements.yaml`, as far as reports show it. */
export interface Requirement {
  readonly id: string;
  /** must, should or may. */
  readonly level: string;
  readonly text: string;
  /** Paragraph numbers of the source document. */
  readonly source: readonly string[];
}

export interface NotTested {
  readonly id: string;
  readonly reason: string;
}

export interface Basis {
  readonly requirements: readonly Requirement[];
  readonly notTested: readonly NotTested[];
}

/** `untested` when no case of this run came to a verdict about it. */
export type RequirementResult = "fail" | "error" | "inconc" | "pass" | "untested";

export interface RequirementRow extends Requirement {
  readonly cases: readonly CaseRecord[];
  readonly result: RequirementResult;
  /** Why it is untested; empty otherwise. */
  readonly reason: string;
}

/** A row for each requirement of the basis, in its order, then for those that only cases name. */
export function requirementRows(cases: readonly CaseRecord[], basis: Basis): readonly RequirementRow[] {
  const byRequirement = casesByRequirement(cases);
  const reasons = new Map(basis.notTested.map(({ id, reason }) => [id, reason]));
  const known = new Set(basis.requirements.map(({ id }) => id));
  const strangers = [...byRequirement.keys()].filter((id) => !known.has(id)).sort();
  const all = [...basis.requirements, ...strangers.map(unknownRequirement)];
  return all.map((requirement) => rowOf(requirement, byRequirement.get(requirement.id) ?? [], reasons));
}

function casesByRequirement(cases: readonly CaseRecord[]): Map<string, CaseRecord[]> {
  const found = new Map<string, CaseRecord[]>();
  for (const one of cases) {
    for (const id of new Set(one.requirements)) found.set(id, [...(found.get(id) ?? []), one]);
  }
  return found;
}

function unknownRequirement(id: string): Requirement {
  return { id, level: "unknown", text: "Named by a case, not part of the conformance basis.", source: [] };
}

function rowOf(
  requirement: Requirement,
  cases: readonly CaseRecord[],
  reasons: ReadonlyMap<string, string>,
): RequirementRow {
  const result = resultOf(cases.map(({ verdict }) => verdict));
  const reason = result === "untested" ? untestedReason(requirement.id, cases, reasons) : "";
  return { ...requirement, cases, result, reason };
}

/** About the requirement a fail outweighs trouble of the bench: one case has shown that it is broken. */
function resultOf(verdicts: readonly Outcome[]): RequirementResult {
  for (const worst of ["fail", "error", "inconc", "pass"] as const) if (verdicts.includes(worst)) return worst;
  return "untested";
}

function untestedReason(id: string, cases: readonly CaseRecord[], reasons: ReadonlyMap<string, string>): string {
  const declared = reasons.get(id);
  if (cases.length === 0) return declared ?? "no case of this run covers it";
  const first = cases.find(({ verdict, reason }) => !isVerdict(verdict) && reason !== "");
  return first ? `${first.id}: ${first.reason}` : "its cases were not run";
}
