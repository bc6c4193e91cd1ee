/** One observation: what was expected, what happened, whose it is, and the exchanges that show it. */
import type { Requirement } from "../record/basis.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { layOut } from "../sequence/layout.ts";
import { transactionAt } from "../sequence/transactions.ts";
import { anchor } from "../text/anchor.ts";
import { duration } from "../text/format.ts";
import type { Block, Inline, Section, Text } from "./blocks.ts";
import { commandFor } from "./command.ts";
import { comparisonsOf, verdictLine } from "./comparison.ts";
import { type Observed, observationId } from "./observed.ts";
import { caseLink, requirementLink, saying, wordOf } from "./text.ts";

/** Rows of a sequence picture that fit a page, and pictures of one transaction. */
const ROWS_EACH = 22;
const MOST_PARTS = 4;
/** Entries of the table of exchanges of one case. */
const SHOWN_EXCHANGES = 150;

export function observationSection(
  { number, one }: Observed,
  run: RunRecord,
  requirements: ReadonlyMap<string, Requirement>,
): Section {
  return {
    id: observationId(number),
    number: `7.${number}`,
    title: `${one.id}: ${wordOf(one.verdict)}`,
    blocks: [
      { kind: "pairs", caption: `Findings of ${one.id}`, rows: findings(one, run, requirements) },
      ...attempts(one),
      ...reruns(one),
      ...(one.verdict === "fail" ? comparisonsOf(one) : []),
      ...failingPicture(one),
      ...exchanges(one),
    ],
  };
}

function findings(
  one: CaseRecord,
  run: RunRecord,
  requirements: ReadonlyMap<string, Requirement>,
): readonly (readonly [string, Text])[] {
  const cited = one.requirement === "" ? one.requirements : [one.requirement];
  return saying([
    ["Case", caseLink(one.id)],
    ["Verdict", { kind: "status", outcome: one.verdict }],
    ["Purpose", one.purpose],
    ["Reason", one.reason],
    ["Expected", one.expected.join("; or ")],
    ["Found", one.actual],
    [cited.length === 1 ? "Requirement" : "Requirements", cited.flatMap((id, index) => cite(id, index, requirements))],
    ["To be mended by", one.verdict === "pass" ? "" : one.owner],
    ["Why theirs", one.ownerBecause],
    ["How to mend it", one.mend],
    ["Accounts", accountsOf(one)],
    ["Waiver", waiverText(one)],
    ["Evidence", linesText(one)],
    ["To run it again", { kind: "code", text: commandFor(run.about, one.id) }],
  ]);
}

function cite(id: string, index: number, requirements: ReadonlyMap<string, Requirement>): readonly Inline[] {
  const found = requirements.get(id);
  const words = found ? `: ${found.text} (${found.level}; paragraph ${found.source.join(", ")} of the source)` : "";
  return [...(index === 0 ? [] : [{ kind: "break" } as const]), requirementLink(id), words];
}

function waiverText({ waiver }: CaseRecord): string {
  if (!waiver) return "";
  const { approver, reason, product, version, expires } = waiver;
  return `accepted by ${approver} for ${product}, version ${version}, until ${expires}: ${reason}`;
}

function linesText({ lines, at }: CaseRecord): string {
  if (!lines) return "";
  const about = at === undefined ? "" : `; the verdict is about line ${at}`;
  return `lines ${lines.from} to ${lines.to} of events.jsonl${about}`;
}

/** As noted at the end of a case that failed (`suites/define/accounts-note.ts`). */
const ACCOUNTS = "accounts, ";

function accountsOf({ exchanges: recorded }: CaseRecord): string {
  const note = recorded.findLast(({ kind, name }) => kind === "note" && name.startsWith(ACCOUNTS));
  return note === undefined ? "" : note.name.slice(ACCOUNTS.length);
}

function attempts(one: CaseRecord): readonly Block[] {
  if (one.attempts.length < 2) return [];
  return [
    {
      kind: "table",
      caption: `All attempts at ${one.id}; a retry never upgrades a fail`,
      columns: [
        { title: "Attempt", look: "fixed" },
        { title: "Verdict", look: "fixed", weight: 2 },
        { title: "Reason", weight: 6 },
        { title: "Time", look: "number" },
        { title: "Evidence lines", look: "fixed", weight: 2 },
      ],
      rows: one.attempts.map(({ verdict, reason, durationMs, events }, index) => ({
        cells: [
          String(index + 1),
          { kind: "status", outcome: verdict },
          reason === "" ? "–" : reason,
          duration(durationMs),
          `${events.from} to ${events.to}`,
        ],
      })),
    },
  ];
}

function reruns(one: CaseRecord): readonly Block[] {
  if (one.reruns.length === 0) return [];
  return [
    {
      kind: "table",
      caption: `${one.id} run again to tell whose the failure is`,
      columns: [
        { title: "In place of the device", weight: 4 },
        { title: "Ended", look: "fixed", weight: 2 },
        { title: "Reason", weight: 6 },
      ],
      rows: one.reruns.map(({ by, outcome, reason }) => ({
        cells: [by ?? "nothing replaced", { kind: "status", outcome }, reason === "" ? "–" : reason],
      })),
    },
  ];
}

function failingPicture(one: CaseRecord): readonly Block[] {
  const transaction = one.verdict === "fail" ? transactionAt({ ...one, at: verdictLine(one) }) : undefined;
  if (!transaction) return [];
  const pictures = layOut(transaction.exchanges, ROWS_EACH, verdictLine(one));
  const shown = pictures.slice(-MOST_PARTS);
  if (shown.length === 0) return [];
  const left = (pictures.length - shown.length) * ROWS_EACH;
  const cut = left === 0 ? "" : ` Its first ${left} messages are left out.`;
  const caption = `The failing transaction of ${one.id}: steps, messages and times since its first message.${cut}`;
  return [{ kind: "sequence", caption, id: anchor("picture", one.id), pictures: shown }];
}

function exchanges(one: CaseRecord): readonly Block[] {
  if (one.exchanges.length === 0) return [];
  const shown = one.exchanges.slice(-SHOWN_EXCHANGES);
  return [
    {
      kind: "exchanges",
      caption: `Recorded exchanges of ${one.id}`,
      caseId: one.id,
      exchanges: shown,
      left: one.before + one.exchanges.length - shown.length,
      after: one.after,
      at: one.verdict === "fail" ? verdictLine(one) : one.at,
    },
  ];
}
