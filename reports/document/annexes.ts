/** Annexes: requirement matrix, matrices of cases, times, sequence pictures. */
import type { Basis, RequirementResult, RequirementRow } from "../record/basis.ts";
import { requirementRows } from "../record/basis.ts";
import { type Matrix, type MatrixCell, matricesOf, NO_CASE, PASSED_CELL } from "../record/matrix.ts";
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { layOut } from "../sequence/layout.ts";
import { anchor } from "../text/anchor.ts";
import type { Block, Inline, Section, Text } from "./blocks.ts";
import { caseLink, counted, paragraph } from "./text.ts";

/** Cases that are named of one requirement; clause 6 has them all. */
const MOST_CASES = 24;
const ROWS_EACH = 22;

export function requirementsAnnex(run: RunRecord, basis: Basis): Section {
  const rows = requirementRows(run.cases, basis);
  const tested = rows.filter(({ result }) => result !== "untested").length;
  return {
    id: "requirements",
    number: "Annex A",
    title: "Requirement matrix",
    newPage: true,
    blocks: [
      paragraph(
        `${tested} of ${counted(rows.length, "requirement")} of the conformance basis were tested by this run. A requirement passes when every case about it that was run passed. What was not tested has its reason and is no part of the verdict.`,
      ),
      {
        kind: "table",
        caption: `All ${rows.length} requirements of the conformance basis`,
        filter: true,
        columns: [
          { title: "Requirement", look: "wide", weight: 2 },
          { title: "Level", look: "fixed", weight: 0.8 },
          { title: "Text", weight: 4.5 },
          { title: "Paragraph", weight: 1 },
          { title: "Cases", look: "wide", weight: 2.2 },
          { title: "Result", weight: 2 },
        ],
        rows: rows.map((row) => ({ id: anchor("req", row.id), show: row.result, cells: requirementCells(row) })),
      },
    ],
  };
}

function requirementCells(row: RequirementRow): readonly Text[] {
  return [row.id, row.level, row.text, row.source.join(", "), caseLinks(row.cases), resultOf(row.result, row.reason)];
}

/** Those that did not pass before all others. */
function caseLinks(cases: readonly CaseRecord[]): Text {
  if (cases.length === 0) return "–";
  const sorted = [
    ...cases.filter(({ verdict }) => verdict !== "pass"),
    ...cases.filter(({ verdict }) => verdict === "pass"),
  ];
  const links: Inline[] = sorted.slice(0, MOST_CASES).map(({ id }) => caseLink(id));
  const rest = cases.length - links.length;
  return rest > 0 ? [...links, { kind: "aside", text: `and ${rest} more (clause 6)` }] : links;
}

function resultOf(result: RequirementResult, reason: string): Text {
  if (result !== "untested") return { kind: "status", outcome: result };
  return [{ kind: "untested" }, { kind: "aside", text: reason }];
}

export function matricesAnnex({ cases }: RunRecord): Section {
  const matrices = matricesOf(cases);
  return {
    id: "matrices",
    number: "Annex B",
    title: "Fault, tearing and negative-result matrices",
    newPage: true,
    blocks:
      matrices.length === 0
        ? [paragraph("No case of this run has a place in a matrix.")]
        : [
            paragraph(
              "Each place is a case: what its column says happens where its row says. Whatever happens, money has to be conserved (over cards, security cards, accounts and what is being cleared) and the state clean (nothing left open but what the specification leaves open, and the next transaction works).",
            ),
            ...matrices.flatMap(matrixBlocks),
          ],
  };
}

function matrixBlocks(matrix: Matrix): readonly Block[] {
  const { name, columns, rows } = matrix;
  return [
    {
      kind: "table",
      caption: `${name}: ${tally(matrix)}`,
      scroll: true,
      columns: [{ title: "Where", weight: 2.4 }, ...columns.map((title) => ({ title }))],
      rows: rows.map((row) => ({ cells: [row.name, ...row.cells.map(cellText)] })),
    },
    { kind: "list", items: legend(matrix) },
  ];
}

function tally({ rows }: Matrix): string {
  const taken = rows.flatMap((row) => row.cells).filter(({ count }) => count > 0);
  return `${taken.filter(({ verdict }) => verdict === "pass").length} of ${taken.length} places passed`;
}

function cellText({ verdict, id, count, ending }: MatrixCell): Text {
  if (id === undefined) return "–";
  return [
    { kind: "status", outcome: verdict, to: anchor("case", id) },
    ...(ending === undefined ? [] : [{ kind: "aside", text: ending } as const]),
    ...(count > 1 ? [{ kind: "aside", text: `${count} cases` } as const] : []),
  ];
}

function legend({ rows }: Matrix): readonly Text[] {
  const cells = rows.flatMap((row) => row.cells);
  const seen = new Set(cells.filter(({ count }) => count > 0).map(({ verdict }) => verdict));
  const told = OUTCOMES.filter((outcome) => seen.has(outcome)).map(
    (outcome): Text => [
      { kind: "status", outcome },
      ` ${outcome === "pass" ? PASSED_CELL : outcomeWords(outcome).meaning}`,
    ],
  );
  return [...told, ...(cells.some(({ count }) => count === 0) ? [`– ${NO_CASE}`] : [])];
}

export function sequencesAnnex({ flows }: RunRecord): Section {
  return {
    id: "sequence",
    number: "Annex D",
    title: "A passing transaction of each flow",
    newPage: true,
    blocks:
      flows.length === 0
        ? [paragraph("No passed case of this run holds a whole successful transaction.")]
        : flows.map(({ title, transaction }, index) => ({
            kind: "sequence",
            caption: `A successful ${title}, as recorded in case ${transaction.caseId}: steps, messages and times since its first message.`,
            id: `whole-${index + 1}`,
            pictures: layOut(transaction.exchanges, ROWS_EACH),
          })),
  };
}
