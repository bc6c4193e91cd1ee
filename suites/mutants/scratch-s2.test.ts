import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { parseDefects } from "../../harness/defects/defect.ts";
import { cases as h } from "../payment/506-card-insertion.suite.ts";
import { cases as a } from "../payment/608-609-card-information.suite.ts";
import { cases as b } from "../payment/609-checks.suite.ts";
import { cases as c } from "../payment/609-draw-request-fields.suite.ts";
import { cases as d } from "../payment/610-612-sending.suite.ts";
import { cases as e } from "../payment/617-622-passing-on.suite.ts";
import { cases as f } from "../payment/636-641-head-end.suite.ts";
import { cases as g } from "../payment/head-end.suite.ts";
import { cases as k } from "../payment/609-start-up.suite.ts";
import { runMutants } from "./run-mutants.ts";

test("mine", { timeout: 600_000 }, async () => {
  const { bench } = loadBench("inproc");
  const files = ["fixtures/mutants/draw-request.yaml", "fixtures/mutants/head-end.yaml"].filter((f) => existsSync(f));
  const defects = files.flatMap((f) => parseDefects(readFileSync(f, "utf8"), f));
  const lines: string[] = [];
  const found = await runMutants({
    bench,
    defects,
    cases: [...a, ...b, ...c, ...d, ...e, ...f, ...g, ...h, ...k],
    baseline: true,
    onResult: (id, caseId, outcome, reason) => lines.push(`${id} ${caseId} ${outcome} ${reason.slice(0, 150)}`),
  });
  console.log(lines.join("\n"));
  expect(found.falseAlarms).toEqual([]);
  expect(found.survived).toEqual([]);
  expect(found.unproven).toEqual([]);
});
