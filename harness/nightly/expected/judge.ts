import type { NightCase, NightResults } from "../results-file.ts";
import type { Expected, ExpectedEntry } from "./file.ts";

/** Something about a job that is not as it was expected to be. */
export interface Surprise {
  readonly kind:
    | "unexpected-fail"
    | "unexpected-pass"
    | "unexpected-outcome"
    | "new-case"
    | "missing-case"
    | "unused-entry"
    | "expired-entry"
    | "expired-waiver"
    | "unknown-waiver";
  /** The case, or the words of the entry. */
  readonly about: string;
  /** One sentence. */
  readonly text: string;
}

/**
 * Holds the results of a job against what is expected on `day` (YYYY-MM-DD). The most exact entry speaks for a case: one without `*`
 * before one with, the earlier of two alike; without one it must pass. Without a file every case must pass or not apply. A
 * failure that a waiver in effect accepts is expected.
 */
export function surprises(
  results: Pick<NightResults, "cases">,
  expected: Expected | undefined,
  day: string,
): Surprise[] {
  if (expected === undefined) {
    return results.cases.flatMap((each) => (each.verdict === "notApplicable" ? [] : judged(each, undefined)));
  }
  const entries = expected.expect.map((entry) => ({ entry, matches: matcher(entry.cases) }));
  const isOver = ({ until }: ExpectedEntry) => until !== undefined && until < day;
  const used = new Set<ExpectedEntry>();
  const baseline = new Set(expected.baseline);
  const found: Surprise[] = [];
  for (const each of results.cases) {
    const matching = entries.filter(({ matches }) => matches(each.id)).map(({ entry }) => entry);
    for (const entry of matching) used.add(entry);
    const valid = matching.filter((entry) => !isOver(entry));
    const entry = valid.find(({ cases }) => cases.includes(each.id)) ?? valid[0];
    if (!baseline.has(each.id)) found.push(newCase(each, entry));
    found.push(...judged(each, entry));
  }
  const there = new Set(results.cases.map(({ id }) => id));
  return [
    ...found,
    ...expected.baseline.filter((id) => !there.has(id)).map(missingCase),
    ...expected.expect.filter((entry) => !used.has(entry)).map(unusedEntry),
    ...expected.expect.filter((entry) => used.has(entry) && isOver(entry)).map(expiredEntry),
  ];
}

function judged({ id, verdict, reason, waiver }: NightCase, entry: ExpectedEntry | undefined): Surprise[] {
  const wanted = entry?.outcome ?? "pass";
  if (verdict === wanted) return [];
  if (verdict === "fail" && waiver !== undefined) return [];
  const because = entry ? ` (${entry.because})` : "";
  if (verdict === "fail")
    return [{ kind: "unexpected-fail", about: id, text: `failed, expected ${wanted}${because}: ${reason}` }];
  if (verdict === "pass") return [{ kind: "unexpected-pass", about: id, text: `passed, expected ${wanted}${because}` }];
  return [{ kind: "unexpected-outcome", about: id, text: `${verdict}, expected ${wanted}${because}: ${reason}` }];
}

function newCase({ id, verdict }: NightCase, entry: ExpectedEntry | undefined): Surprise {
  const known = entry ? ", though an entry is about it" : "";
  return { kind: "new-case", about: id, text: `is not in the baseline${known}; it ended ${verdict}` };
}

function missingCase(id: string): Surprise {
  return { kind: "missing-case", about: id, text: "is in the baseline and was not selected any more" };
}

function unusedEntry({ cases, because }: ExpectedEntry): Surprise {
  return { kind: "unused-entry", about: cases.join(", "), text: `the entry is about no case of the job (${because})` };
}

function expiredEntry({ cases, until, because }: ExpectedEntry): Surprise {
  return { kind: "expired-entry", about: cases.join(", "), text: `the entry held until ${until} (${because})` };
}

/** Whether one of `cases` is about an id; `*` stands for any characters. */
export function matcher(cases: readonly string[]): (id: string) => boolean {
  const exact = new Set(cases);
  const patterns = cases.filter((each) => each.includes("*")).map((each) => each.split("*"));
  return (id) => exact.has(id) || patterns.some((parts) => fits(id, parts));
}

/** Whether `id` is these parts in their order with anything between them. (No regular expression: those of a file could take for ever.) */
function fits(id: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let at = first.length;
  const end = id.length - last.length;
  for (const part of rest) {
    const found = id.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
