import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { runMutants } from "./run-mutants.ts";

const FILES: Record<string, string> = {
  cable: "../payment/altered/cable.suite.ts",
  l236: "../payment/altered/link-236.suite.ts",
  l234: "../payment/altered/link-234.suite.ts",
  terminal: "../payment/altered/terminal.suite.ts",
  card: "../payment/altered/card-edge.suite.ts",
  sam: "../payment/altered/sam.suite.ts",
  splice: "../payment/altered/splice.suite.ts",
  silence: "../payment/silence/network.suite.ts",
  links: "../payment/silence/devices.suite.ts",
  replayed: "../payment/replayed.suite.ts",
  forged: "../payment/forged.suite.ts",
  pulled: "../payment/pulled.suite.ts",
  restart: "../payment/restart.suite.ts",
};
const only = (process.env.S6 ?? "").split(",").filter(Boolean);
const match = new RegExp(process.env.S6ID ?? "");
test("mine", { timeout: 590_000 }, async () => {
  const { bench } = loadBench("inproc");
  const cases = [];
  for (const name of only)
    cases.push(...(await import(FILES[name] ?? "")).cases.filter((c: { id: string }) => match.test(c.id)));
  const ids = new Set(cases.map((c) => c.id));
  const defects = process.env.S6D
    ? seededDefects()
        .map((d) => ({ ...d, caughtBy: d.caughtBy.filter((x) => ids.has(x)) }))
        .filter((d) => d.caughtBy.length > 0)
    : [];
  let last = Date.now();
  const found = await runMutants({
    bench,
    defects,
    cases,
    baseline: !process.env.S6NOB,
    onResult: (id, c, o, r) => {
      const now = Date.now();
      console.log(`${id} ${c}: ${o} ${now - last}ms ${r}`);
      last = now;
    },
  });
  console.log("FALSE", found.falseAlarms, "SURV", found.survived, "UNPROVEN", found.unproven);
  expect(true).toBe(true);
});
