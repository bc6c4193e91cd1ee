/** Matrices of cases for a terminal: the verdict in words where row and column meet. */
import { type Matrix, type MatrixCell, NO_CASE, PASSED_CELL } from "../../reports/record/matrix.ts";
import { outcomeText } from "../evidence/verdict.ts";

/** A heading, a line for each row and a legend. */
export function matrixLines({ name, columns, rows }: Matrix): string[] {
  const table = [[name, ...columns], ...rows.map((row) => [`  ${row.name}`, ...row.cells.map(word)])];
  const widths = [0, ...columns.keys()].map((_, index) => Math.max(...table.map((line) => line[index]?.length ?? 0)));
  const lines = table.map((line) =>
    line
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return ["", ...lines, `  pass: ${PASSED_CELL}; –: ${NO_CASE}`];
}

/** Whatever is a failure stands out among many that are none. */
function word({ verdict, count }: MatrixCell): string {
  if (count === 0) return "–";
  return verdict === "fail" || verdict === "error" ? verdict.toUpperCase() : outcomeText(verdict);
}
