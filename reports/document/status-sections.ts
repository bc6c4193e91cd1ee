/** Clauses 2 to 4: the status in a sentence, the static summary, the dynamic summary. */
import { isVerdict, type Outcome, summarise } from "../../harness/evidence/verdict.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import type { Block, Section } from "./blocks.ts";
import { conformanceStatus, countsSentence, failuresOf } from "./conformance.ts";
import { counted, paragraph, shownOutcome } from "./text.ts";

export function statusSection(run: RunRecord): Section {
  const { own, others, accepted } = failuresOf(run);
  const told: readonly Block[] =
    own.length + others.length === 0
      ? []
      : [
          paragraph(
            `${counted(own.length + others.length, "failure")}, ${accepted.length} of them accepted; ${own.length} are the item's own.`,
          ),
        ];
  return {
    id: "status",
    number: "2",
    title: "IUT conformance status",
    newPage: true,
    blocks: [
      paragraph([{ kind: "status", outcome: shownOutcome(run.verdict) }, " ", conformanceStatus(run)]),
      ...told,
      paragraph("The status rests on clauses 3 and 4, within the limits of 1.4."),
    ],
  };
}

export function dynamicSummarySection(run: RunRecord): Section {
  return {
    id: "dynamic",
    number: "4",
    title: "Dynamic conformance summary",
    blocks: [
      paragraph(countsSentence(run)),
      grouped("Cases by suite", "Suite", run.cases, ({ suite }) => suite),
      grouped("Cases by the owner of a failure", "Owner", run.cases, ({ owner }) => owner),
    ],
  };
}

const SHOWN: readonly (readonly [Outcome, string])[] = [
  ["pass", "pass"],
  ["fail", "fail"],
  ["inconc", "inconclusive"],
  ["error", "error"],
  ["notApplicable", "not applicable"],
  ["notRun", "not run"],
];

function grouped(
  caption: string,
  title: string,
  cases: readonly CaseRecord[],
  keyOf: (one: CaseRecord) => string,
): Block {
  const groups = new Map<string, CaseRecord[]>();
  for (const one of cases) {
    const list = groups.get(keyOf(one));
    if (list) list.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return {
    kind: "table",
    caption,
    columns: [
      { title, weight: 3 },
      { title: "cases", look: "number" },
      { title: "judged", look: "number" },
      ...SHOWN.map(([, word]) => ({ title: word, look: "number" as const })),
    ],
    rows: [...groups].map(([name, list]) => {
      const summary = summarise(list.map(({ verdict }) => verdict));
      const judged = list.filter(({ verdict }) => isVerdict(verdict)).length;
      return {
        cells: [name, String(list.length), String(judged), ...SHOWN.map(([outcome]) => String(summary[outcome]))],
      };
    }),
  };
}
