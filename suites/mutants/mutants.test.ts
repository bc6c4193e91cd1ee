import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

test("every seeded defect is caught by the cases that claim it, and every case catches one", {
  timeout: 600_000,
}, async () => {
  const { bench } = loadBench("inproc");
  const found = await runMutants({ bench, defects: seededDefects(), cases, baseline: true });
  expect(found.falseAlarms).toEqual([]);
  expect(found.survived).toEqual([]);
  expect(found.unproven).toEqual([]);
  expect(found.killed).toBe(found.mutants);
});
