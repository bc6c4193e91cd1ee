import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clock } from "../core/clock.ts";
import { closeRunDirectory } from "./close.ts";
import { deriveResults, writeResults } from "./derive.ts";
import type { EvidenceLine } from "./event.ts";
import { Evidence } from "./evidence.ts";
import { appendLineFile } from "./line-file.ts";
import { readStopped } from "./stopped.ts";
import { SAMPLE_CASES, sampleEvidence, temporaryDirectory, writeSampleRun } from "./testing/sample-run.ts";
import { verifyRun } from "./verify.ts";
import { verifyChain } from "./verify-chain.ts";

const describe = () => ({ INS: "50 INITIALIZE IEP" });
const LATER = "2099-01-01T00:00:00.000Z";

/** A machine that was started long after. */
function laterClock(wall = LATER): Clock {
  return { monotonicMs: () => 7, wall: () => new Date(wall), after: () => () => undefined } as unknown as Clock;
}

const resume = (dir: string, clock = laterClock()) => Evidence.resume({ dir, clock, describe });

function linesOf(dir: string): readonly EvidenceLine[] {
  const lines = readFileSync(join(dir, "events.jsonl"), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as EvidenceLine);
}

/** The remaining cases, as a campaign runs them, to the end. */
async function goOn(dir: string): Promise<void> {
  const { done } = await readStopped(dir);
  const open = (path: string) => ({ ...appendLineFile(path), sync: async () => undefined }); // no power will be cut here
  await using evidence = await Evidence.resume({ dir, clock: laterClock(), describe, open });
  for (const { id } of SAMPLE_CASES.filter(({ id }) => !done.has(id))) {
    evidence.enter(id);
    evidence.write({ kind: "case-start" });
    evidence.write({ kind: "case-end", outcome: "pass", reason: "", owner: "card", durationMs: 1 });
  }
  await evidence.close();
}

/** One case of three, and what stands around it. */
async function smallRun(): Promise<string> {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  evidence.write({ kind: "selection", cases: SAMPLE_CASES.slice(0, 1) });
  evidence.enter("PAY-CARD-001");
  evidence.write({ kind: "case-start" });
  evidence.write({ kind: "case-end", outcome: "pass", reason: "", owner: "card", durationMs: 12 });
  await evidence.close();
  return dir;
}

test("cut at any byte, a run is readable, says where it stopped, goes on, and verifies in the end", async () => {
  const whole = await smallRun();
  const events = readFileSync(join(whole, "events.jsonl"));
  const run = readFileSync(join(whole, "run.json"));
  const dir = temporaryDirectory();
  for (let length = 0; length < events.length; length++) {
    for (const name of ["manifest.json", "results.json"]) rmSync(join(dir, name), { force: true });
    writeFileSync(join(dir, "run.json"), run);
    writeFileSync(join(dir, "events.jsonl"), events.subarray(0, length));
    const kept = events.subarray(0, length).lastIndexOf("\n") + 1;
    const lines = events.subarray(0, kept).toString("latin1").split("\n").length - 1;
    const during = lines === 2 ? "PAY-CARD-001" : undefined;
    expect(await readStopped(dir)).toMatchObject({ lines, during, complete: false });
    if (length % 5 === 0) expect((await deriveResults(dir)).run).toMatchObject({ lines, complete: false });
    expect(await verifyRun(dir)).toMatchObject({ ok: false, stopped: { during }, damage: [{ line: lines + 1 }] });
    await goOn(dir);
    const all = linesOf(dir);
    const torn = kept === length ? {} : { torn: events.subarray(kept, length).toString("hex").toUpperCase() };
    expect(all[lines]?.event).toMatchObject({ kind: "resumed", ...torn, ...(during === undefined ? {} : { during }) });
    expect(all.map(({ n }) => n)).toEqual(all.map((_, index) => index + 1));
    expect(await verifyChain(dir)).toMatchObject({ lines: all.length, isClosed: true });
    if (length % 41 > 0 && kept !== length) continue;
    await writeResults(dir);
    await closeRunDirectory(dir);
    expect(await verifyRun(dir)).toMatchObject({ ok: true, lines: all.length });
  }
}, 120_000);

test("time goes on by the calendar, and never back", async () => {
  for (const [wall, gap] of [
    [LATER, undefined],
    ["1990-01-01T00:00:00.000Z", 0],
  ] as const) {
    const dir = temporaryDirectory();
    {
      await using evidence = sampleEvidence(dir);
      evidence.write({ kind: "note", text: "before" });
      await evidence.flush();
      await evidence.close();
    }
    const last = linesOf(dir).at(-1);
    await using evidence = await resume(dir, laterClock(wall));
    await evidence.close();
    const resumed = linesOf(dir).find(({ event }) => event.kind === "resumed");
    const expected = gap ?? Date.parse(LATER) - Date.parse(last?.wall ?? "");
    expect(resumed?.event).toMatchObject({ afterMs: expected });
    expect(resumed?.at).toBeCloseTo((last?.at ?? 0) + expected, 2);
  }
});

test("damaged evidence does not go on, and the line is named", async () => {
  const dir = await writeSampleRun();
  const path = join(dir, "events.jsonl");
  const lines = readFileSync(path, "utf8").split("\n");
  lines[3] = (lines[3] ?? "").replace("PAY-CARD-001", "PAY-CARD-002");
  writeFileSync(path, lines.join("\n"));
  await expect(resume(dir)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("events.jsonl:4"),
  });
  expect(existsSync(join(dir, "manifest.json"))).toBe(true);
});

test("a run that was never begun cannot go on", async () => {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, "events.jsonl"), "");
  await expect(resume(dir)).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("run.json") });
});

test("a run that is being written goes on nowhere else, and can when that has ended", async () => {
  const dir = temporaryDirectory();
  const evidence = sampleEvidence(dir);
  await evidence.flush();
  await expect(resume(dir)).rejects.toThrow(`is being written by process ${process.pid}`);
  expect((await verifyRun(dir)).damage[0]?.what).toContain("under way");
  await evidence.close();
  await (await resume(dir)).close();
  await writeResults(dir);
  await closeRunDirectory(dir);
  expect(await verifyRun(dir)).toMatchObject({ ok: true, lines: 3 });
});

test("a sealed run goes on only with the key that sealed it", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const dir = await writeSampleRun(undefined, privateKey);
  await expect(resume(dir)).rejects.toMatchObject({ code: "USAGE" });
  expect(await verifyRun(dir)).toMatchObject({ ok: true });
  await (await Evidence.resume({ dir, clock: laterClock(), describe, signingKey: privateKey })).close();
  expect((await verifyRun(dir)).damage[0]).toMatchObject({ file: "manifest.json" });
  await writeResults(dir);
  await closeRunDirectory(dir, privateKey);
  expect(await verifyRun(dir)).toMatchObject({ ok: true, sealedBy: expect.any(String) });
});

test("what stands after the closing line is damage unless the run was resumed", async () => {
  const dir = await smallRun();
  const other = temporaryDirectory();
  cpSync(dir, other, { recursive: true });
  await (await resume(dir)).close();
  const lines = readFileSync(join(dir, "events.jsonl"), "utf8").split("\n");
  const resumed = lines.findIndex((line) => line.includes('"kind":"resumed"'));
  expect(lines[resumed - 1]).toContain('"kind":"run-end"');
  appendFileSync(join(other, "events.jsonl"), `${lines[resumed + 1]}\n`);
  expect(await verifyRun(other)).toMatchObject({ ok: false, damage: [{ line: resumed + 1 }] });
});
