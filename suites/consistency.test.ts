import { expect, test } from "vitest";
import { coverage, inconsistencies } from "./define/coverage.ts";
import { loadNotTested, loadReadings, loadRequirements } from "./define/requirements.ts";
import { cases } from "./index.ts";

test("ids and requirement references match both ways", () => {
  expect(inconsistencies(loadRequirements(), cases, loadNotTested(), loadReadings())).toEqual([]);
});

test("every requirement of the base payment is tested or says why not", () => {
  expect(coverage(loadRequirements(), cases, loadNotTested(), "pay-base").uncovered).toEqual([]);
});
