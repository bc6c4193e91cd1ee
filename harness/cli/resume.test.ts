/** `certify --resume` as a technician meets it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleCase } from "../../suites/define/testing/sample-cases.ts";
import { packageRoot } from "../bench/package-root.ts";
import { verifyRun } from "../evidence/verify.ts";
import { FakeIo, fakeHouse, pursebench } from "./testing/fake-house.ts";

const PICS = join(packageRoot(), "fixtures", "pics", "reference-card.yaml");
const place = () => mkdtempSync(join(tmpdir(), "pursebench-"));

/** A house whose first run is interrupted in its second case. */
function interrupting(io: FakeIo) {
  let isFirst = true;
  const stopping = sampleCase("PAY-CARD-002", {
    run: async ({ expect }) => {
      expect.equal("one", 1, 1);
      if (!isFirst) return;
      isFirst = false;
      io.pressCtrlC();
      await new Promise(() => undefined);
    },
  });
  return fakeHouse({ cases: async () => [sampleCase("PAY-CARD-001"), stopping, sampleCase("PAY-CARD-003")] });
}

/** An interrupted run of `args`, and how to go on with it. */
async function interrupted(...args: string[]) {
  const io = new FakeIo();
  const house = interrupting(io);
  const dir = join(place(), "run");
  const first = await pursebench(["certify", "--bench", "inproc", "--out", dir, ...args], house, io);
  const goOn = (...more: string[]) => pursebench(["certify", "--resume", dir, ...more], house);
  return { dir, first, goOn };
}

test("after Ctrl-C the run says how it goes on, and does", async () => {
  const { dir, first, goOn } = await interrupted();
  expect(first.code).toBe(130);
  expect(first.printed).toContain(`Go on:    pursebench certify --resume ${dir}`);
  const { code, printed } = await goOn();
  expect(printed).toMatch(/\[2\/3\] ✓ PAY-CARD-002 pass \d+ ms \(attempt 2\)/);
  expect(printed).not.toContain("PAY-CARD-001 pass");
  expect(printed).toContain("Verdict: pass (3 pass)");
  expect(code).toBe(0);
  expect(await verifyRun(dir)).toMatchObject({ ok: true });
});

test("a run that came to its end has nothing to go on with", async () => {
  const { dir, goOn } = await interrupted();
  await goOn();
  const { code, complained } = await goOn();
  expect(code).toBe(64);
  expect(complained).toContain(`the run in ${dir} came to its end: there is nothing to go on with`);
});

test("one that was stopped while its reports were made is closed", async () => {
  const { dir, goOn } = await interrupted();
  await goOn();
  for (const file of ["results.json", "manifest.json"]) rmSync(join(dir, file));
  expect((await goOn()).code).toBe(0);
  expect(await verifyRun(dir)).toMatchObject({ ok: true });
});

test.each([
  [["--suite", "card"], "--resume with --suite"],
  [["--case", "PAY-CARD-001"], "--resume with --case"],
  [["--card", "sim"], "--resume with --card"],
  [["--bench", "inproc"], "--resume with --bench"],
  [["--golden-card", "sim"], "--resume with --golden-card"],
  [["--no-diagnose"], "--resume with --no-diagnose"],
  [["--out", "elsewhere"], "--resume with --out"],
] as const)("%j beside it is refused", async (args, words) => {
  const { goOn } = await interrupted();
  const { code, complained } = await goOn(...args);
  expect(code).toBe(64);
  expect(complained).toContain(words);
});

test("what changed meanwhile is named, and nothing is run", async () => {
  const pics = join(place(), "card.yaml");
  const text = readFileSync(PICS, "utf8");
  writeFileSync(pics, text);
  const { dir, goOn } = await interrupted("--pics", pics, "--mode", "engineering");
  const before = readFileSync(join(dir, "events.jsonl"));
  writeFileSync(pics, text.replace('version: "1"', 'version: "2"'));
  const changed = await goOn();
  expect(changed.code).toBe(64);
  expect(changed.complained).toContain(`cannot go on: the PICS ${pics} is not as when it began`);
  expect(readFileSync(join(dir, "events.jsonl")).equals(before)).toBe(true);
  writeFileSync(pics, text);
  expect((await goOn()).printed).toContain("3 pass");
});

test("other cases than the run began with are named", async () => {
  const { dir } = await interrupted();
  const house = fakeHouse({ cases: async () => [sampleCase("PAY-CARD-001")] });
  const { code, complained } = await pursebench(["certify", "--resume", dir], house);
  expect(code).toBe(64);
  expect(complained).toContain("the cases are not as when it began");
});

test.each([
  ["is not there", (dir: string) => join(dir, "nowhere"), "run.json"],
  ["holds no run", (dir: string) => dir, "no run began in"],
] as const)("a directory that %s is told", async (_, which, words) => {
  const { code, complained } = await pursebench(["certify", "--resume", which(place())]);
  expect(code).toBe(64);
  expect(complained).toContain(words);
});
