/** Clause 7: numbered observations, one for each case that did not pass. */

import type { Requirement } from "../record/basis.ts";
import { detailedCases } from "../record/collect.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Section } from "./blocks.ts";
import { observationSection } from "./observation.ts";
import { type Observed, observationId } from "./observed.ts";
import { caseLink, counted, paragraph } from "./text.ts";

export function observationsSection(
  run: RunRecord,
  observed: readonly Observed[],
  requirements: ReadonlyMap<string, Requirement>,
): Section {
  const detailed = new Set(detailedCases(run.cases).map(({ id }) => id));
  const told = observed.filter(({ one }) => detailed.has(one.id) || one.verdict === "pass");
  const rest = observed.filter(({ one }) => !told.some((each) => each.one === one));
  return {
    id: "observations",
    number: "7",
    title: "Observations",
    newPage: true,
    blocks: [
      paragraph(
        observed.length === 0
          ? "Every case that was run passed at its first attempt: there is nothing to observe."
          : `${counted(observed.length, "observation")}, one for each case that did not pass (at its first attempt).`,
      ),
    ],
    sections: [
      ...told.map((each) => observationSection(each, run, requirements)),
      ...(rest.length > 0 ? [restSection(rest)] : []),
    ],
  };
}

/** Of a run where nearly everything fails: a line each. */
function restSection(rest: readonly Observed[]): Section {
  return {
    id: "more-observations",
    number: `7.${rest[0]?.number ?? 0} ff.`,
    title: "Further observations",
    blocks: [
      paragraph(
        `${counted(rest.length, "more case")} did not pass. Their exchanges are not shown here; the lines of events.jsonl that are named have them.`,
      ),
      {
        kind: "table",
        caption: "Further observations",
        columns: [
          { title: "No.", look: "fixed", weight: 0.6 },
          { title: "Case", look: "wide", weight: 2 },
          { title: "Verdict", look: "fixed", weight: 1.4 },
          { title: "Reason", weight: 5 },
          { title: "Owner", look: "fixed" },
          { title: "Evidence lines", look: "fixed", weight: 1.4 },
        ],
        rows: rest.map(({ number, one }) => ({
          id: observationId(number),
          cells: [
            String(number),
            caseLink(one.id),
            { kind: "status", outcome: one.verdict },
            one.reason,
            one.owner,
            one.lines ? `${one.lines.from} to ${one.lines.to}` : "none",
          ],
        })),
      },
    ],
  };
}
