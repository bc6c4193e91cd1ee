/** Clauses 3 and 5: what was claimed, and whether that is possible. */
import type { Json } from "../../harness/evidence/event.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Section } from "./blocks.ts";
import { isObject } from "./identity.ts";
import { paragraph } from "./text.ts";

export function staticSummarySection(run: RunRecord): Section {
  const isClaimed = isObject(run.results.claims?.pics);
  return {
    id: "static",
    number: "3",
    title: "Static conformance summary",
    blocks: [
      paragraph(
        isClaimed
          ? "The PICS contradicts neither itself nor the specification; clause 5 has it item by item."
          : "No PICS was given: nothing was claimed, and every case that the bench allows was selected.",
      ),
    ],
  };
}

export function staticReviewSection(run: RunRecord): Section {
  const pics = run.results.claims?.pics;
  const claims = isObject(pics) && isObject(pics.claims) ? (pics.claims as Readonly<Record<string, Json>>) : {};
  return {
    id: "review",
    number: "5",
    title: "Static conformance review report",
    blocks: [
      isObject(pics)
        ? {
            kind: "table",
            caption: "Items of the PICS",
            columns: [{ title: "Item" }, { title: "Claimed", weight: 3 }],
            rows: Object.entries(claims).map(([name, value]) => ({ cells: [name, JSON.stringify(value)] })),
          }
        : paragraph("There is nothing to review: no PICS was given."),
    ],
  };
}
