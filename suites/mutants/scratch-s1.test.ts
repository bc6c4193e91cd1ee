import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases as all } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

const MINE = new RegExp(process.env.MINE ?? "^PAY-(602|604|0071|606|607|640|641|MS|UI|GEN)-");
test("mine", { timeout: 600_000 }, async () => {
  const { bench } = loadBench("inproc");
  const cases = all.filter(({ id }) => MINE.test(id));
  const defects = seededDefects().filter(({ caughtBy }) => caughtBy.some((id) => MINE.test(id)));
  const found = await runMutants({
    bench,
    defects,
    cases,
    baseline: true,
    onResult: (id, c, o, r) => console.log(id, c, o, r.slice(0, 220)),
  });
  console.log(
    JSON.stringify(
      { m: found.mutants, k: found.killed, s: found.survived, f: found.falseAlarms, u: found.unproven },
      null,
      1,
    ),
  );
});
