import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deriveResults } from "./derive.ts";
import { writeSampleRun } from "./testing/sample-run.ts";

test("results say what the evidence says", async () => {
  const results = await deriveResults(await writeSampleRun());
  expect(results).toMatchObject({
    run: { id: "20260802T101530Z-3FA09C", complete: true },
    iut: { role: "card", description: "simulated card", specimen: { IDIEP: "0000000001" } },
    bench: { name: "inproc", devices: [{ name: "reader 00 00", version: "1" }] },
    mode: "certification",
    verdict: "fail",
    summary: { pass: 1, fail: 1, inconc: 0, error: 0, notApplicable: 0, notRun: 1 },
  });
  expect(results.cases.map((each) => each.verdict)).toEqual(["pass", "fail", "notRun"]);
  expect(results.cases[1]).toMatchObject({
    id: "PAY-CARD-002",
    reason: "the balance of the card changed",
    owner: "card",
    durationMs: 12,
    steps: [{ step: "608", link: "235" }],
    events: { from: 7, to: 9 },
  });
  expect(results.cases[2]?.events).toBeUndefined();
});

test("a run that broke off gives error to the case that was running and runs no further one", async () => {
  const dir = await writeSampleRun();
  const path = join(dir, "events.jsonl");
  const kept = readFileSync(path, "utf8").split("\n").slice(0, 8);
  writeFileSync(path, `${kept.join("\n")}\n`);
  const results = await deriveResults(dir);
  expect(results.run.complete).toBe(false);
  expect(results.cases.map((each) => each.verdict)).toEqual(["pass", "error", "notRun"]);
  expect(results.cases[1]?.reason).toContain("broke off during");
});
