/** A report that uses every kind of block, with texts that devices and people may well send. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../harness/bench/package-root.ts";
import type { Block, ReportDocument, Row, Section, Spread } from "../document/blocks.ts";
import type { Exchange } from "../record/run-record.ts";
import { layOut } from "../sequence/layout.ts";

/** Controls, marks that reorder, scripts without a glyph, half a character, and a word without an end. */
export const HOSTILE = [
  "bell \u0007 escape \u001b[31m null \u0000 end",
  "abc\u202edef\u2066ghi\u200bjkl\ufeff",
  "עברית العربية 漢字 😀👩‍👩‍👧 \ud800 e\u0301\u0301\u0301",
  "W".repeat(3_000),
  `${"-".repeat(500)}${" ".repeat(500)}x`,
  "<script>alert(1)</script> & \\) Tj ET (",
] as const;

export const SIGNS = "→ ← ↑ ↓ ✓ ✗ – … ° ≥ ≤ µ × ± · § “quoted” äöüß ÄÖÜ éèê ñ ç ž ś ő ğ Ελλάδα Россия ½ € £ ○ •";

const EXCHANGES: readonly Exchange[] = [
  exchange(17, "card", "set-top-box", "INITIALISE IEP for purchase, answer", "9000"),
  exchange(18, "set-top-box", "payment-server", "purchase request", "0A0B0C0D".repeat(40)),
  exchange(19, "payment-server", "psam", "PSAM INITIALISE", "E0500000"),
  { ...exchange(20, "", "", "the line is cut", ""), kind: "fault", link: "SAM" },
  exchange(
    21,
    "psam",
    "payment-server",
    "DEBIT a name that is so long that no arrow of a picture could ever hold it",
    "6A80",
  ),
];

function exchange(n: number, from: string, to: string, name: string, bytes: string): Exchange {
  const decoded = [
    ["BALIEP", "12.50 EUR"],
    ["NTIEP", "00017"],
  ] as const;
  return { n, atMs: 3 * n, kind: "message", link: "235", from, to, step: `${n % 9}`, name, bytes, decoded };
}

function spread(name: string, base: number): Spread {
  const bins = Array.from({ length: 24 }, (_, index) => Math.max(0, 40 - (index - base) ** 2));
  return { name, count: 400, minMs: 0.4, medianMs: 2 ** (base / 3), p95Ms: 40, p99Ms: 80, maxMs: 300, bins };
}

export function caseRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `case-${index}`,
    cells: [
      `CARD-DEBIT-PRECEDENCE-${String(index).padStart(4, "0")}`,
      [
        `A debit above the balance is refused with status ${index} and leaves balance, counters and log as they were`,
        { kind: "break" as const },
        { kind: "link" as const, text: "REQ-CARD-017", to: "req-1" },
        " ",
        { kind: "link" as const, text: "REQ-CARD-018", to: "req-2" },
      ],
      "yes",
      "yes",
      { kind: "status" as const, outcome: index % 97 === 3 ? ("fail" as const) : ("pass" as const) },
      index % 97 === 3 ? [{ kind: "link" as const, text: `${index}`, to: "observation-1" }, ": card"] : "–",
      "12 ms",
    ],
  }));
}

export const CASE_COLUMNS = [
  { title: "Case", look: "wide", weight: 2.2 },
  { title: "Purpose and requirements", weight: 5 },
  { title: "Selected", look: "fixed", weight: 0.9 },
  { title: "Run", look: "fixed", weight: 0.7 },
  { title: "Verdict", look: "fixed", weight: 1.5 },
  { title: "Observation", weight: 3 },
  { title: "Time", look: "number", weight: 1 },
] as const;

const SUMMARY: readonly Block[] = [
  { kind: "verdict", outcome: "fail", text: "The card does not conform: 2 of its requirements are broken." },
  { kind: "reservations", items: ["The run was interrupted.", `Signs: ${SIGNS}`] },
  { kind: "list", items: ["One", ["Two of ", { kind: "strong", text: "three" }], "Three"] },
];

const KINDS: readonly Block[] = [
  {
    kind: "paragraph",
    text: ["A paragraph with ", { kind: "code", text: "npx pursebench certify" }, ` and ${SIGNS}.`],
  },
  { kind: "pairs", caption: "Identification", rows: HOSTILE.map((text, index) => [`hostile ${index}`, text] as const) },
  { kind: "blanks", caption: "Signatures", names: ["Tested by", "Approved by", "Date"] },
  {
    kind: "table",
    caption: "Words that follow what devices say",
    columns: [{ title: "Said" }, { title: "Verdict", look: "fixed" }],
    rows: HOSTILE.map((text) => ({ cells: [text, { kind: "status", outcome: "fail" }] })),
  },
  {
    kind: "comparison",
    caption: "Expected and actual answer",
    expectedFrom: "the reference card",
    rows: [
      { name: "SW", expected: { kind: "hex", bytes: "9000" }, actual: { kind: "hex", bytes: "6A80" }, differs: true },
      { name: "BALIEP", expected: "12.50 EUR", actual: "12.50 EUR", differs: false },
    ],
  },
  {
    kind: "exchanges",
    caption: "Recorded exchanges",
    caseId: "CARD-1",
    exchanges: EXCHANGES,
    left: 3,
    after: 2,
    at: 21,
  },
  { kind: "sequence", caption: "The failing transaction", id: "sequence-1", pictures: layOut(EXCHANGES, 22) },
  {
    kind: "spreads",
    caption: "Times by command",
    id: "spreads-1",
    spreads: [spread("DEBIT IEP", 8), spread("CREDIT IEP", 15)],
  },
];

/** `cases`: rows of the table of cases. */
export function sampleDocument(cases: number): ReportDocument {
  const campaign: Section = {
    id: "campaign",
    number: "2",
    title: "Test campaign report",
    newPage: true,
    blocks: [{ kind: "table", caption: `All ${cases} cases`, columns: CASE_COLUMNS, rows: caseRows(cases) }],
  };
  const bytes = readFileSync(join(packageRoot(), "fixtures", "laboratory", "logo.svg"));
  return {
    title: "Protocol conformance test report",
    subject: "Purse card Example & Söhne <2.1>",
    number: "2026-0147/20261123T062220Z-7DC8FA",
    dated: "2026-11-23T06:25:00.000Z",
    laboratory: {
      name: "Example Card Laboratory",
      lines: ["Hall 3, Test Street 12", "12345 Exampletown", "TL-0000"],
      logo: { type: "image/svg+xml", bytes },
    },
    summary: { id: "summary", number: "", title: "Summary", blocks: SUMMARY },
    sections: [
      {
        id: "kinds",
        number: "1",
        title: "Every kind of block",
        newPage: true,
        blocks: KINDS.slice(0, 3),
        sections: [
          { id: "observation-1", number: "1.1", title: `Observation 1: ${HOSTILE[2]}`, blocks: KINDS.slice(3) },
        ],
      },
      campaign,
    ],
    properties: [["run", "20261123T062220Z-7DC8FA"]],
  };
}
