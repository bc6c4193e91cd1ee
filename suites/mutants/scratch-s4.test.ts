import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { parseDefects } from "../../harness/defects/defect.ts";
import { cases as all } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

test("mine", { timeout: 600_000 }, async () => {
  const { bench } = loadBench("inproc");
  const read = (n: string) =>
    parseDefects(readFileSync(new URL(`../../fixtures/mutants/${n}.yaml`, import.meta.url), "utf8"), n);
  const only = new RegExp(process.env.ONLY ?? ".");
  const cases = all.filter(({ id }) => /^PAY-(BASE|618|620|CARD|RDR)-/.test(id));
  const defects = [...(process.env.DEBIT ? read("debit") : []), ...read("card")].filter(
    (d) => only.test(d.id) || d.caughtBy.some((c) => only.test(c)),
  );
  const t0 = Date.now();
  const found = await runMutants({
    bench,
    defects,
    cases,
    baseline: process.env.BASE !== "0",
    onResult: (id, c, o, r) => {
      if (process.env.V || (id === "reference") !== (o === "pass")) console.log(id, c, o, r);
    },
  });
  console.log(found.mutants, found.killed, found.survived, found.falseAlarms, found.unproven.length, Date.now() - t0);
  console.log(found.unproven.join(" "));
});
