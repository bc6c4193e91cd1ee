import { nearest } from "../../harness/bench/nearest.ts";
import type { Case, Suite } from "./case.ts";
import type { Requirement } from "./requirements.ts";

export interface Coverage {
  /** Number of requirements that were looked at. */
  readonly requirements: number;
  /** Ids that at least one case names. */
  readonly covered: readonly string[];
  readonly notTested: readonly { readonly id: string; readonly reason: string }[];
  /** Neither tested nor excused. */
  readonly uncovered: readonly string[];
}

/** Requirements against cases; only those of `flow`, if one is named. */
export function coverage(
  requirements: readonly Requirement[],
  cases: readonly Case[],
  notTested: ReadonlyMap<string, string>,
  flow?: string,
): Coverage {
  const inScope = requirements.filter((each) => flow === undefined || each.flow === flow).map(({ id }) => id);
  const named = new Set(cases.flatMap((each) => each.requirements));
  const left = inScope.filter((id) => !named.has(id));
  return {
    requirements: inScope.length,
    covered: inScope.filter((id) => named.has(id)),
    notTested: left.flatMap((id) => {
      const reason = notTested.get(id);
      return reason === undefined ? [] : [{ id, reason }];
    }),
    uncovered: left.filter((id) => !notTested.has(id)),
  };
}

/** How the ids of a suite's cases begin. */
const PREFIX: Readonly<Record<Suite, string>> = {
  card: "CARD",
  psam: "PSAM",
  reader: "IFD",
  terminal: "TERM",
  payment: "PAY",
  encryption: "ENC",
  cable: "CAB",
  load: "LOAD",
  "load-negative": "NEG",
  clearing: "CLR",
  tearing: "TEAR",
};
const CASE_ID = /^([A-Z]+)(?:-[A-Z0-9]+)+$/;

/** What is wrong with the references between cases, requirements and excuses; a sentence each. */
export function inconsistencies(
  requirements: readonly Requirement[],
  cases: readonly Case[],
  notTested: ReadonlyMap<string, string>,
  readings: readonly string[] = [],
): string[] {
  const known = [...requirements.map(({ id }) => id), ...readings];
  const ids = new Set(known);
  const named = new Set(cases.flatMap((each) => each.requirements));
  const seen = new Set<string>();
  const found: string[] = [];
  for (const { id, suite, requirements: references, purpose } of cases) {
    if (CASE_ID.exec(id)?.[1] !== PREFIX[suite]) {
      found.push(`case id "${id}" of the suite ${suite} is not of the form ${PREFIX[suite]}-…`);
    }
    if (seen.has(id)) found.push(`case id ${id} is used twice`);
    seen.add(id);
    if (references.length === 0) found.push(`${id} names no requirement`);
    if (purpose.trim() === "") found.push(`${id} has no purpose`);
    for (const each of references) {
      if (!ids.has(each)) found.push(`${id} names ${each}, which does not exist${suggestion(each, known)}`);
    }
  }
  for (const id of notTested.keys()) {
    if (!ids.has(id)) found.push(`not-tested.yaml excuses ${id}, which does not exist${suggestion(id, known)}`);
    if (named.has(id)) found.push(`not-tested.yaml excuses ${id}, which a case tests`);
  }
  return found;
}

function suggestion(id: string, known: readonly string[]): string {
  const word = nearest(id, known);
  return word === undefined ? "" : ` (${word} does)`;
}
