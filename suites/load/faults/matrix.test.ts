import { expect, test } from "vitest";
import { EVERY } from "../support/sources.ts";
import { COLUMNS } from "./disturbances.ts";
import { cases } from "./matrix.suite.ts";
import { wordsOf } from "./words.ts";

test("the fault matrix of loading has a row for each message of each source", () => {
  for (const source of EVERY) {
    const own = cases.filter(({ id }) => id.startsWith(`LOAD-FAULT-${source.id}-`) && !isOther(source.id, id));
    expect(new Set(own.map(({ cell }) => cell?.row)).size).toBe(wordsOf(source).length);
  }
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

/** "BANK-DES" begins as "BANK" does. */
function isOther(own: string, id: string): boolean {
  return EVERY.some(
    (other) => other.id !== own && other.id.startsWith(own) && id.startsWith(`LOAD-FAULT-${other.id}-`),
  );
}

test("where time is dear, both sources of funds meet every column, in at most 30 cases", () => {
  const selection = cases.filter(({ needs }) => needs?.exhaustive !== true);
  expect(selection.length).toBeLessThanOrEqual(30);
  for (const { id } of COLUMNS) {
    for (const source of ["BANK", "FUND"]) {
      const some = selection.filter(
        (each) => each.id.startsWith(`LOAD-FAULT-${source}-`) && each.id.endsWith(`-${id}`),
      );
      expect(some.length, `${source} ${id}`).toBeGreaterThan(0);
    }
  }
});
