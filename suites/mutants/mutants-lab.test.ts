import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { labDefects } from "../../harness/station/fixtures.ts";
import { cases } from "../reader/index.ts";
import { runMutants } from "./run-mutants.ts";

test("every seeded defect of the lab's own hardware is caught by the cases that claim it", {
  timeout: 600_000,
}, async () => {
  const { bench } = loadBench("virtual-lab");
  const defects = labDefects();
  const found = await runMutants({ bench, defects, cases, baseline: false, lab: `mutants-${process.pid}` });
  expect(found.survived).toEqual([]);
  expect(found.killed).toBe(defects.length);
});
