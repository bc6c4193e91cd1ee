/** Cases that belong together as tables: what happens where, and what became of it. */
import type { Cell } from "../../harness/evidence/event.ts";
import type { Outcome } from "../../harness/evidence/verdict.ts";

/** A case as far as a matrix knows it. */
export interface Placed {
  readonly id: string;
  readonly cell: Cell | undefined;
  /** How that ended which the case brought about; absent or empty where it does not say. */
  readonly ending?: string;
  readonly verdict: Outcome;
}

/** Rows and columns in the order in which the cases name them first. */
export interface Matrix {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly MatrixCell[] }[];
}

export interface MatrixCell {
  /** The worst of its cases; `notRun` for a place that no case of the run takes. */
  readonly verdict: Outcome;
  /** The case that the verdict is of, absent for an empty place. */
  readonly id?: string;
  /** What that case says of its ending, if anything. */
  readonly ending?: string;
  /** How many cases share the place. */
  readonly count: number;
}

/** What a passed cell says beyond its row and column; for legends. */
export const PASSED_CELL = "ended as specified, money conserved, state clean";

/** What an empty place says. */
export const NO_CASE = "no case of this run";

/** One matrix for each name, in the order in which the cases name them first. */
export function matricesOf(cases: readonly Placed[]): readonly Matrix[] {
  const placed = cases.flatMap((one) => (one.cell === undefined ? [] : [{ ...one, cell: one.cell }]));
  const names = new Set(placed.map(({ cell }) => cell.matrix));
  return [...names].map((name) =>
    matrixOf(
      name,
      placed.filter(({ cell }) => cell.matrix === name),
    ),
  );
}

function matrixOf(name: string, cases: readonly (Placed & { readonly cell: Cell })[]): Matrix {
  const columns = [...new Set(cases.map(({ cell }) => cell.column))];
  const rows = [...new Set(cases.map(({ cell }) => cell.row))].map((row) => ({
    name: row,
    cells: columns.map((column) => cellOf(cases.filter(({ cell }) => cell.row === row && cell.column === column))),
  }));
  return { name, columns, rows };
}

/** As for a requirement, a fail outweighs trouble of the bench; what was not run hides nothing that was. */
const WORST_FIRST: readonly Outcome[] = ["fail", "error", "inconc", "pass", "notRun", "notApplicable"];

function cellOf(cases: readonly Placed[]): MatrixCell {
  const [worst] = [...cases].sort((left, right) => rank(left) - rank(right));
  if (!worst) return { verdict: "notRun", count: 0 };
  const { verdict, id, ending } = worst;
  return { verdict, id, count: cases.length, ...(ending ? { ending } : {}) };
}

function rank({ verdict }: Placed): number {
  return WORST_FIRST.indexOf(verdict);
}
