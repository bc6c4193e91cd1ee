import { Document, isMap, isScalar, isSeq, parseDocument, YAMLSeq } from "yaml";
import { parseYaml } from "../../bench/yaml-file.ts";
import type { NightCase, NightResults } from "../results-file.ts";
import { type Expected, ExpectedSchema } from "./file.ts";
import { matcher, surprises } from "./judge.ts";

const HEAD = ` What is known beforehand of a job's cases. Those of the baseline that no entry is about must pass.
 Written by \`pursebench nightly CONFIG --accept JOB\`, which keeps comments; say in \`because\` why it is so.`;

/**
 * The text of a file of expected results by which `results` hold no surprise. Of the file that is there (`before`, its text)
 * comments stay, and all entries that still say what happened; a case that ended otherwise leaves its entry, an entry without
 * cases or past its day goes. What is new is grouped by outcome and reason, to be explained by whoever accepts it.
 */
export function acceptedText(results: Pick<NightResults, "cases">, before: string | undefined, day: string): string {
  const document = before === undefined ? emptyDocument() : parseDocument(before);
  const entries = seqIn(document, "expect");
  const baseline = seqIn(document, "baseline");
  prune(entries, results.cases, day);
  updateBaseline(baseline, results.cases);
  for (const seq of [entries, baseline]) seq.flow = seq.items.length === 0;
  const wrong = new Set(surprises(results, contentOf(document), day).map(({ about }) => about));
  for (const group of grouped(
    results.cases.filter(({ id }) => wrong.has(id)),
    day,
  )) {
    entries.add(document.createNode(group));
    entries.flow = false;
  }
  return document.toString({ lineWidth: 140 });
}

function contentOf(document: Document): Expected {
  return parseYaml(document.toString(), "the file of expected results", ExpectedSchema, "file of expected results");
}

function emptyDocument(): Document {
  const document = new Document({ format: "pursebench-expected/1", baseline: [], expect: [] });
  document.commentBefore = HEAD;
  return document;
}

function seqIn(document: Document, field: string): YAMLSeq {
  const found = document.get(field);
  if (isSeq(found)) return found;
  const made = new YAMLSeq();
  document.set(field, made);
  return made;
}

/** Leaves what is still true, and patterns that still match something. */
function prune(entries: YAMLSeq, cases: readonly NightCase[], day: string): void {
  const outcomes = new Map<string, string>(cases.map(({ id, verdict }) => [id, verdict]));
  entries.items = entries.items.filter((entry) => {
    if (!isMap(entry)) return false;
    const [until, ids, outcome] = [entry.get("until"), entry.get("cases"), String(entry.get("outcome"))];
    if (!isSeq(ids) || (until !== undefined && String(until) < day)) return false;
    ids.items = ids.items.filter((node) => {
      const id = textOf(node);
      if (!id.includes("*")) return outcomes.get(id) === outcome;
      const matches = matcher([id]);
      return cases.some((each) => matches(each.id));
    });
    return ids.items.length > 0;
  });
}

function updateBaseline(baseline: YAMLSeq, cases: readonly NightCase[]): void {
  const there = new Set(cases.map(({ id }) => id));
  baseline.items = baseline.items.filter((node) => there.has(textOf(node)));
  const known = new Set(baseline.items.map(textOf));
  for (const { id } of cases) if (!known.has(id)) baseline.add(id);
}

interface Group {
  readonly cases: string[];
  readonly outcome: string;
  readonly because: string;
}

function grouped(cases: readonly NightCase[], day: string): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const { id, verdict, reason } of cases) {
    const because = `accepted ${day}: ${reason.replace(/\s+/g, " ").trim() || verdict}`.slice(0, 300);
    const key = `${verdict} ${because}`;
    const group = groups.get(key) ?? { cases: [], outcome: verdict, because };
    group.cases.push(id);
    groups.set(key, group);
  }
  return groups.values();
}

function textOf(node: unknown): string {
  return String(isScalar(node) ? node.value : node);
}
