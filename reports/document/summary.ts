/** The page that a manager reads. */
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { shorten } from "../text/clean.ts";
import { moment } from "../text/format.ts";
import type { Block, Section, Text } from "./blocks.ts";
import { conformanceStatus, countsSentence } from "./conformance.ts";
import { goldenText, itemText, reportNumber, sealText } from "./identity.ts";
import { type Observed, observationId } from "./observed.ts";
import { counted, saying, shownOutcome, wordOf } from "./text.ts";

/** Failures that are told in words; clause 7 has them all. */
const MOST_TOLD = 6;
const LONGEST_REASON = 220;

export function summarySection(run: RunRecord, observed: readonly Observed[]): Section {
  const outcome = shownOutcome(run.verdict);
  return {
    id: "summary",
    number: "",
    title: "Summary",
    blocks: [
      { kind: "verdict", outcome, text: conformanceStatus(run) },
      { kind: "pairs", caption: "What was tested", rows: identityRows(run) },
      countsTable(run),
      ...failed(observed),
      ...waivers(run),
      ...(run.reservations.length > 0 ? [{ kind: "reservations", items: run.reservations } as const] : []),
    ],
  };
}

function identityRows(run: RunRecord): readonly (readonly [string, Text])[] {
  const { about, results } = run;
  return saying([
    ["Report", reportNumber(run)],
    ["Item under test", itemText(run)],
    ["Laboratory", about.laboratory?.name],
    ["Client", about.order && `${about.order.client.name}, order ${about.order.number}`],
    ["Tested", `${moment(run.started)} to ${moment(run.ended)}`],
    ["Judged", countsSentence(run)],
    ["Golden devices", (results.golden ?? []).map(goldenText).join("; ")],
    ["Authenticity", sealText(run)],
  ]);
}

function countsTable({ summary }: RunRecord): Block {
  return {
    kind: "table",
    caption: "Cases by outcome",
    columns: [
      { title: "Outcome", look: "fixed", weight: 2 },
      { title: "Cases", look: "number" },
      { title: "Meaning", weight: 6 },
    ],
    rows: OUTCOMES.map((outcome) => ({
      cells: [{ kind: "status", outcome }, String(summary[outcome]), outcomeWords(outcome).meaning],
    })),
  };
}

/** In plain words: what should have been, and what was found. */
function failed(observed: readonly Observed[]): readonly Block[] {
  const failures = observed.filter(({ one }) => one.verdict === "fail");
  const troubles = observed.filter(({ one }) => one.verdict === "error" || one.verdict === "inconc");
  const told = [...failures, ...troubles].slice(0, MOST_TOLD);
  if (told.length === 0) return [];
  const rest = failures.length + troubles.length - told.length;
  const items = told.map(
    ({ number, one }): Text => [
      { kind: "strong", text: shorten(one.purpose, LONGEST_REASON) },
      `: ${one.verdict === "fail" ? "not so" : wordOf(one.verdict)}. ${shorten(one.reason, LONGEST_REASON)} (${one.owner}; `,
      { kind: "link", text: `observation ${number}`, to: observationId(number) },
      ")",
    ],
  );
  const more: readonly Text[] = rest > 0 ? [`and ${counted(rest, "more case")} in clause 7.`] : [];
  return [
    { kind: "paragraph", text: { kind: "strong", text: "What did not pass" } },
    { kind: "list", items: [...items, ...more] },
  ];
}

function waivers({ cases }: RunRecord): readonly Block[] {
  const accepted = cases.flatMap(({ id, waiver }) => (waiver ? [{ id, waiver }] : []));
  if (accepted.length === 0) return [];
  const items = accepted.map(
    ({ id, waiver }) => `${id}: accepted by ${waiver.approver} until ${waiver.expires}: ${waiver.reason}`,
  );
  return [
    { kind: "paragraph", text: { kind: "strong", text: "Accepted failures (they change no verdict)" } },
    { kind: "list", items },
  ];
}
