/** Clause 6: every case of the campaign, and what became of it. */
import { isVerdict } from "../../harness/evidence/verdict.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { anchor } from "../text/anchor.ts";
import { duration } from "../text/format.ts";
import type { Column, Inline, Section, Text } from "./blocks.ts";
import { type Observed, observationId } from "./observed.ts";
import { counted, paragraph, requirementLink } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Case", look: "wide", weight: 2.2 },
  { title: "Purpose and requirements", weight: 5 },
  { title: "Selected", look: "fixed", weight: 0.9 },
  { title: "Run", look: "fixed", weight: 0.7 },
  { title: "Verdict", look: "fixed", weight: 1.5 },
  { title: "Observation", weight: 3 },
  { title: "Time", look: "number", weight: 1 },
];

export function campaignSection({ cases }: RunRecord, observed: readonly Observed[]): Section {
  const numbers = new Map(observed.map(({ one, number }) => [one.id, number]));
  return {
    id: "campaign",
    number: "6",
    title: "Test campaign report",
    newPage: true,
    blocks: [
      paragraph(
        "Every case of the campaign. Selected says whether PICS, PIXIT and bench let it be run; a number leads to its observation in clause 7.",
      ),
      {
        kind: "table",
        caption: `All ${counted(cases.length, "case")}`,
        columns: COLUMNS,
        filter: true,
        rows: cases.map((one) => ({
          id: anchor("case", one.id),
          show: one.verdict,
          cells: cells(one, numbers.get(one.id)),
        })),
      },
    ],
  };
}

function cells(one: CaseRecord, number: number | undefined): readonly Text[] {
  const ran = isVerdict(one.verdict);
  return [
    one.id,
    [one.purpose, { kind: "break" }, ...one.requirements.flatMap((id): Inline[] => [requirementLink(id), " "])],
    one.verdict === "notApplicable" ? "no" : "yes",
    ran ? "yes" : "no",
    [{ kind: "status", outcome: one.verdict }, ...(one.waiver ? [{ kind: "aside", text: "waived" } as const] : [])],
    observation(one, number),
    ran ? duration(one.durationMs) : "–",
  ];
}

function observation({ verdict, reason, owner }: CaseRecord, number: number | undefined): Text {
  if (number !== undefined) {
    const link = { kind: "link", text: `${number}`, to: observationId(number) } as const;
    return verdict === "pass" ? link : [link, `: ${owner}`];
  }
  if (reason !== "") return reason;
  return verdict === "pass" ? "–" : "no reason was recorded";
}
