import { expect, test } from "vitest";
import type { Outcome } from "../../harness/evidence/verdict.ts";
import { matricesOf, type Placed } from "./matrix.ts";

const placed = (id: string, place: string, verdict: Outcome): Placed => {
  const [matrix = "", row = "", column = ""] = place.split("/");
  return { id, cell: { matrix, row, column }, verdict };
};

test("rows and columns stand in the order of the cases; a place without a case is not run", () => {
  const cases = [
    placed("A", "FIG 5/236 result/lost", "pass"),
    placed("B", "FIG 5/235 debit/twice", "inconc"),
    { id: "C", cell: undefined, verdict: "fail" } as const,
    placed("D", "FIG 6/236 result/lost", "notApplicable"),
  ];
  expect(matricesOf(cases)).toEqual([
    {
      name: "FIG 5",
      columns: ["lost", "twice"],
      rows: [
        {
          name: "236 result",
          cells: [
            { verdict: "pass", id: "A", count: 1 },
            { verdict: "notRun", count: 0 },
          ],
        },
        {
          name: "235 debit",
          cells: [
            { verdict: "notRun", count: 0 },
            { verdict: "inconc", id: "B", count: 1 },
          ],
        },
      ],
    },
    {
      name: "FIG 6",
      columns: ["lost"],
      rows: [{ name: "236 result", cells: [{ verdict: "notApplicable", id: "D", count: 1 }] }],
    },
  ]);
});

test("of several cases in one place the worst is shown; what was not run hides nothing that was", () => {
  const worst = (...verdicts: readonly Outcome[]) =>
    matricesOf(verdicts.map((verdict, index) => placed(String(index), "M/r/c", verdict)))[0]?.rows[0]?.cells[0];
  expect(worst("pass", "error", "fail")).toEqual({ verdict: "fail", id: "2", count: 3 });
  expect(worst("notApplicable", "pass", "notRun")).toEqual({ verdict: "pass", id: "1", count: 3 });
  expect(worst("notApplicable", "notRun")).toEqual({ verdict: "notRun", id: "1", count: 2 });
});

test("a place says how that ended which its case brought about", () => {
  const [matrix] = matricesOf([{ ...placed("A", "Torn/DEBIT IEP/before", "pass"), ending: "rolled back" }]);
  expect(matrix?.rows[0]?.cells).toEqual([{ verdict: "pass", id: "A", count: 1, ending: "rolled back" }]);
});
