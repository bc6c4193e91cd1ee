import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

const MINE = (process.env.S3_IDS ?? "^PAY-(614|616|624|632|634|636|638|C12|C21|PS|POOL)-").trim();

test("s3", { timeout: 600_000 }, async () => {
  const { bench } = loadBench("inproc");
  const mine = new RegExp(MINE);
  const own = cases.filter(({ id }) => mine.test(id));
  const defects = seededDefects().filter((d) => d.caughtBy.some((id) => mine.test(id)));
  const found = await runMutants({
    bench: process.env.S3_DIRECT ? { ...bench, concentrator: false } : bench,
    defects: process.env.S3_DIRECT ? [] : defects,
    cases: process.env.S3_DIRECT
      ? own
      : own.length
        ? cases.filter((c) => own.includes(c) || defects.some((d) => d.caughtBy.includes(c.id)))
        : [],
    baseline: true,
    onResult: (d, c, o, r) => {
      if (process.env.S3_V) console.log(d, c, o, r.slice(0, 200));
    },
  });
  console.log(
    JSON.stringify(
      {
        falseAlarms: found.falseAlarms,
        survived: found.survived,
        unproven: found.unproven,
        killed: found.killed,
        of: found.mutants,
        cases: own.length,
      },
      null,
      1,
    ),
  );
  expect(found.falseAlarms).toEqual([]);
});
