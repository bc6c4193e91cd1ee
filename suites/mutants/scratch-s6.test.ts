import { test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases as all } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

const match = new RegExp(process.env.S6ID ?? "");
test("mine", { timeout: 590_000 }, async () => {
  const { bench } = loadBench("inproc");
  const cases = all.filter((c) => match.test(c.id));
  const ids = new Set(cases.map((c) => c.id));
  const defects = seededDefects()
    .map((d) => ({ ...d, caughtBy: d.caughtBy.filter((x) => ids.has(x)) }))
    .filter((d) => d.caughtBy.length > 0);
  const found = await runMutants({ bench, defects, cases, baseline: true });
  console.log(
    "N",
    cases.length,
    defects.length,
    "FALSE",
    found.falseAlarms,
    "SURV",
    found.survived,
    "UNPROVEN",
    found.unproven,
  );
});
