/**
 * The exchange that a fail is about beside the one that was expected: the same exchange of the rerun that passed with the device
 * replaced. Where there is none, the case's own words.
 */
import type { CaseRecord, Elements, Exchange, RerunRecord } from "../record/run-record.ts";
import type { Block, Text } from "./blocks.ts";

type Comparison = Extract<Block, { kind: "comparison" }>;

/** Links where a message that goes the other way answers the one before it. */
const ANSWERED: readonly string[] = ["235", "SAM", "HSM"];

export function comparisonsOf(one: CaseRecord): readonly Comparison[] {
  const messages = one.exchanges.filter(({ kind }) => kind === "message");
  const index = actualIndex(one, messages);
  const better = one.reruns.find(({ outcome, exchanges }) => outcome === "pass" && exchanges.length > 0);
  if (index < 0) return one.expected.length === 0 ? [] : [inWords(one, undefined)];
  const pair = pairAt(messages, index);
  const found = better && one.before === 0 && better.before === 0 ? counterparts(messages, pair, better) : [];
  const compared = pair.flatMap((at, position) => {
    const [actual, expected] = [messages[at], found[position]];
    return actual && expected ? [compare(one, actual, expected, better, varying(messages, at, one))] : [];
  });
  return compared.length > 0 ? compared : [inWords(one, messages[index])];
}

/** The line of evidence that the verdict is about: the one it names, or else the last message before the expectation that was not met. */
export function verdictLine({ at, exchanges }: Pick<CaseRecord, "at" | "exchanges">): number | undefined {
  if (at !== undefined) return at;
  const broken = exchanges.findLast(({ kind, name }) => kind === "check" && name.startsWith("not met"));
  return broken && exchanges.findLast(({ kind, n }) => kind === "message" && n < broken.n)?.n;
}

/** The message that the verdict is about: the last one up to its line. */
function actualIndex(one: CaseRecord, messages: readonly Exchange[]): number {
  const line = verdictLine(one) ?? Number.POSITIVE_INFINITY;
  return messages.findLastIndex(({ n }) => n <= line);
}

/** A command with its answer, where the link has such; both are what a fail may be about. */
function pairAt(messages: readonly Exchange[], index: number): readonly number[] {
  if (questionOf(messages, index)) return [messages.lastIndexOf(questionOf(messages, index) as Exchange), index];
  const next = messages.findIndex((_, at) => at > index && questionOf(messages, at) === messages[index]);
  return next < 0 ? [index] : [index, next];
}

/** What the message at `index` answers. */
function questionOf(messages: readonly Exchange[], index: number): Exchange | undefined {
  const message = messages[index];
  if (!message || !ANSWERED.includes(message.link) || !isAnswering(message)) return undefined;
  const before = messages.slice(0, index).findLast(({ link }) => link === message.link);
  return before && before.from === message.to ? before : undefined;
}

function isAnswering({ from }: Exchange): boolean {
  return from === "card" || from === "psam" || from === "hsm";
}

/** The messages of the rerun that stand at the same places: as often as here something like them came before. */
function counterparts(
  messages: readonly Exchange[],
  pair: readonly number[],
  { exchanges }: RerunRecord,
): readonly (Exchange | undefined)[] {
  const others = exchanges.filter(({ kind }) => kind === "message");
  const keys = keysOf(messages);
  const otherKeys = keysOf(others);
  return pair.map((at) => others[otherKeys.indexOf(keys[at] ?? "")]);
}

/** Who says what to whom for which time; an answer by what it answers, since it may be any. */
function keysOf(messages: readonly Exchange[]): readonly string[] {
  const counts = new Map<string, number>();
  return messages.map(({ link, from, to, step, name }, index) => {
    const question = questionOf(messages, index);
    const key = JSON.stringify([link, from, to, question ? `to ${question.name}` : `${step} ${name}`]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${key} ${count}`;
  });
}

/** Elements that differ even when the same device is asked the same once more: they say nothing. */
function varying(messages: readonly Exchange[], at: number, one: CaseRecord): ReadonlySet<string> {
  const again = one.reruns.find(({ replaced, before }) => replaced === undefined && before === 0);
  if (!again) return new Set();
  const [other] = counterparts(messages, [at], again);
  const actual = messages[at];
  if (!other || !actual) return new Set();
  const values = new Map(fields(other));
  return new Set(fields(actual).flatMap(([name, value]) => (values.get(name) === value ? [] : [name])));
}

function compare(
  one: CaseRecord,
  actual: Exchange,
  expected: Exchange,
  better: RerunRecord | undefined,
  varies: ReadonlySet<string>,
): Comparison {
  const [left, right] = [new Map(fields(expected)), new Map(fields(actual))];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return {
    kind: "comparison",
    caption: `${one.id}, line ${actual.n}: ${actual.link} ${actual.from} → ${actual.to}`,
    expectedFrom: `as recorded with ${better?.by ?? "nothing replaced"}, where the case passed`,
    rows: names.map((name) => {
      const [was, is] = [left.get(name), right.get(name)];
      const isOther = was !== is;
      const isVarying = isOther && varies.has(name);
      return {
        name,
        expected: shown(name, was),
        actual: shown(name, is),
        differs: isOther && !isVarying,
        varies: isVarying,
      };
    }),
  };
}

const BYTES = "bytes";

function fields({ name, decoded, bytes }: Exchange): Elements {
  return [["message", name], ...decoded, [BYTES, bytes]];
}

function shown(name: string, value: string | undefined): Text {
  if (value === undefined) return "absent";
  return name === BYTES ? { kind: "hex", bytes: value } : value;
}

function inWords(one: CaseRecord, actual: Exchange | undefined): Comparison {
  const subject = one.exchanges.findLast(({ kind, name }) => kind === "check" && name.startsWith("not met: "));
  const said = {
    name: subject ? subject.name.slice("not met: ".length) : "what was looked at",
    expected: one.expected.join("; or ") || "as the requirement says",
    actual: one.actual || one.reason,
    differs: true,
  };
  const where = actual ? `, line ${actual.n}: ${actual.link} ${actual.from} → ${actual.to}` : "";
  const rest = actual
    ? fields(actual).map(([name, value]) => ({
        name,
        expected: "–",
        actual: shown(name, value),
        differs: false,
      }))
    : [];
  return {
    kind: "comparison",
    caption: `${one.id}${where}`,
    expectedFrom: "as the case says; no rerun of it passed",
    rows: [said, ...rest],
  };
}
