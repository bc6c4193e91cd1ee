import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { parseDefects } from "../../harness/defects/defect.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import type { Case } from "../define/case.ts";
import { runMutants } from "./run-mutants.ts";

const names = [
  "680-694-draw-processing",
  "680-694-debit-command",
  "626-630-completion",
  "630-data-store",
  "psam",
  "psam-keys",
  "psam-totals",
  "terminal",
  "concentrator",
].filter((n) => !process.env.ONLY || process.env.ONLY.split(",").includes(n));
test("mine", { timeout: 600_000 }, async () => {
  const cases: Case[] = [];
  for (const n of names)
    if (existsSync(`suites/payment/${n}.suite.ts`)) cases.push(...(await import(`../payment/${n}.suite.ts`)).cases);
  const ids = new Set(cases.map((c) => c.id));
  const files = ["psam", "terminal", "concentrator"].map((f) => `fixtures/mutants/${f}.yaml`).filter(existsSync);
  const defects = files
    .flatMap((f) => parseDefects(readFileSync(f, "utf8"), f))
    .filter((d) => d.caughtBy.every((c) => ids.has(c)));
  const { bench } = loadBench("inproc");
  const found = await runMutants({
    bench,
    defects,
    cases,
    baseline: true,
    onResult: (id, c, o, r) => console.log(`${id} ${c} ${o} ${r.slice(0, 260)}`),
  });
  console.log(
    JSON.stringify(
      {
        n: found.mutants,
        killed: found.killed,
        survived: found.survived,
        falseAlarms: found.falseAlarms,
        unproven: found.unproven,
      },
      null,
      1,
    ),
  );
  expect(found.falseAlarms).toEqual([]);
  expect(found.survived).toEqual([]);
  expect(found.unproven).toEqual([]);
});
