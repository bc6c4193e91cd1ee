import { expect, test } from "vitest";
import { matricesOf, type Placed } from "../../reports/record/matrix.ts";
import { matrixLines } from "./matrix-text.ts";

test("a matrix is printed as a table in words", () => {
  const cell = (row: string, column: string) => ({ matrix: "faults FIG 5", row, column });
  const cases: readonly Placed[] = [
    { id: "A", cell: cell("236 debit response", "lost"), verdict: "pass" },
    { id: "B", cell: cell("236 debit response", "said twice"), verdict: "fail" },
    { id: "C", cell: cell("235", "lost"), verdict: "inconc" },
  ];
  expect(matricesOf(cases).flatMap(matrixLines)).toEqual([
    "",
    "faults FIG 5          lost          said twice",
    "  236 debit response  pass          FAIL",
    "  235                 inconclusive  –",
    "  pass: ended as specified, money conserved, state clean; –: no case of this run",
  ]);
});

test("of one that passed a line is enough, and one of which nothing was decided is left to the report", () => {
  const placed = (verdict: Placed["verdict"]): Placed => ({
    id: "A",
    cell: { matrix: "faults FIG 5", row: "235", column: "lost" },
    verdict,
  });
  expect(matricesOf([placed("pass")]).flatMap(matrixLines)).toEqual(["faults FIG 5: 1 of 1 places passed"]);
  expect(matricesOf([placed("inconc")]).flatMap(matrixLines)).toEqual([]);
});
