import { expect, test } from "vitest";
import { COLUMNS } from "./columns.ts";
import { cases } from "./matrix.suite.ts";
import { SCHEMES } from "./schemes.ts";
import { wordsOf } from "./words.ts";

const selection = cases.filter(({ needs }) => needs?.exhaustive !== true);

test("the fault matrix has a place for each message of each scheme in every column that can befall it", () => {
  for (const scheme of SCHEMES) {
    const rows = cases.filter(({ cell }) => cell?.matrix === scheme.title);
    expect(new Set(rows.map(({ cell }) => cell?.row)).size).toBe(wordsOf(scheme).length);
    expect(new Set(rows.map(({ cell }) => cell?.column))).toEqual(new Set(COLUMNS.map(({ title }) => title)));
  }
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

test("where time is dear, every figure meets every column, in at most 60 cases", () => {
  expect(selection.length).toBeLessThanOrEqual(60);
  const figures = new Set(SCHEMES.map(({ id }) => id.replace("-AES", "")));
  for (const figure of figures) {
    for (const { id } of COLUMNS) {
      const some = selection.filter((each) => each.id.includes(`-${figure}-`) && each.id.endsWith(`-${id}`));
      expect(some.length, `${figure} ${id}`).toBeGreaterThan(0);
    }
  }
});
