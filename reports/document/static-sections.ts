/** Clauses 3 and 5: what was claimed, and whether a device can be like that. */
import { type ReviewedItem, reviewPics } from "../../harness/bench/static-review.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Block, Section } from "./blocks.ts";
import { isObject } from "./identity.ts";
import { counted, paragraph } from "./text.ts";

const NO_PICS =
  "No PICS was given: nothing was claimed, nothing limited, and every case that the bench allows was selected.";
const NO_ITEMS = "The proforma has no items for this role: its PICS only names the device.";

export function staticSummarySection(run: RunRecord): Section {
  return { id: "static", number: "3", title: "Static conformance summary", blocks: [paragraph(summaryOf(run))] };
}

function summaryOf(run: RunRecord): string {
  const reviewed = reviewOf(run);
  if (typeof reviewed === "string") return reviewed;
  const flaws = reviewed.filter(({ ok }) => !ok);
  if (flaws.length > 0) return `The PICS contradicts itself in ${counted(flaws.length, "item")}, as clause 5 tells.`;
  const answered = reviewed.filter(({ claimed }) => claimed !== "").length;
  return `The PICS is consistent with the static conformance requirements of the specification: ${answered} of ${counted(reviewed.length, "item")} are answered, and none contradicts another. Clause 5 has them one by one.`;
}

export function staticReviewSection(run: RunRecord): Section {
  return { id: "review", number: "5", title: "Static conformance review report", blocks: blocksOf(run) };
}

function blocksOf(run: RunRecord): readonly Block[] {
  const reviewed = reviewOf(run);
  if (typeof reviewed === "string") return [paragraph(reviewed), ...pixitBlocks(run)];
  return [
    paragraph(
      "Status: m mandatory, o optional, o.n at least one value, c conditional as said. An item that is not answered is not limited: everything that depends on it is run. What the device itself contradicts ends a run before its first case.",
    ),
    {
      kind: "table",
      caption: `All ${counted(reviewed.length, "item")} of the PICS proforma`,
      columns: [
        { title: "Item", look: "fixed", weight: 0.7 },
        { title: "Asks", weight: 3.5 },
        { title: "Reference", weight: 1.6 },
        { title: "Status", look: "fixed", weight: 1.2 },
        { title: "Claimed", weight: 1.8 },
        { title: "Finding", weight: 3 },
      ],
      rows: reviewed.map(({ item, field, asks, reference, status, claimed, ok, finding }) => ({
        marked: !ok,
        cells: [
          item,
          [{ kind: "code", text: field }, `: ${asks}`],
          reference === "" ? "–" : reference,
          status,
          claimed === "" ? "–" : claimed,
          ok ? finding : [{ kind: "strong", text: "contradiction" }, `: ${finding}`],
        ],
      })),
    },
    ...pixitBlocks(run),
  ];
}

/** The items, or why there are none. */
function reviewOf({ results }: RunRecord): readonly ReviewedItem[] | string {
  const pics = results.claims?.pics;
  if (!isObject(pics)) return NO_PICS;
  return reviewPics(pics.role, pics.claims) ?? NO_ITEMS;
}

function pixitBlocks({ results }: RunRecord): readonly Block[] {
  const pixit = results.claims?.pixit;
  if (!isObject(pixit) || !isObject(pixit.specimen)) return [];
  const rows = Object.entries(pixit.specimen).map(([name, value]) => [name, String(value)] as const);
  return [{ kind: "pairs", caption: "What the PIXIT says of the specimen", rows }];
}
