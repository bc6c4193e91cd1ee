/** Matrices of cases for a terminal: the verdict in words where row and column meet. */
import { type Matrix, type MatrixCell, NO_CASE, PASSED_CELL } from "../../reports/record/matrix.ts";
import { outcomeText } from "../evidence/verdict.ts";

/** Nothing of a matrix of which nothing was decided, a line for one that passed, else all of it with a legend. */
export function matrixLines({ name, columns, rows }: Matrix): string[] {
  const taken = rows.flatMap(({ cells }) => cells).filter(({ count }) => count > 0);
  const passed = taken.filter(({ verdict }) => verdict === "pass").length;
  if (!taken.some(({ verdict }) => verdict === "pass" || verdict === "fail")) return [];
  if (passed === taken.length) return [`${name}: ${passed} of ${taken.length} places passed`];
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
