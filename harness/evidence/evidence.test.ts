import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../core/clock.ts";
import type { TraceEvent } from "../core/trace.ts";
import { Evidence } from "./evidence.ts";
import type { LineFile } from "./line-file.ts";
import { readEvents } from "./reader.ts";
import { SAMPLE_MESSAGE, SAMPLE_RUN, sampleEvidence, temporaryDirectory } from "./testing/sample-run.ts";
import { verifyRun } from "./verify.ts";

const NOW = { atMs: 1.5, wall: new Date(0) };

function lines(dir: string): string[] {
  return readFileSync(join(dir, "events.jsonl"), "utf8").split("\n").slice(0, -1);
}

test("every line is chained to the one before it and the first to run.json", async () => {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  evidence.record(SAMPLE_MESSAGE, NOW);
  evidence.record({ kind: "note", text: 'a "quoted" ü\nnote' }, NOW);
  await evidence.close();
  let previous = createHash("sha256")
    .update(readFileSync(join(dir, "run.json")))
    .digest("hex");
  for (const line of lines(dir)) {
    const parsed = JSON.parse(line) as { hash: string };
    const body = line.replace(`,"hash":"${parsed.hash}"`, "");
    previous = createHash("sha256")
      .update(previous + body)
      .digest("hex");
    expect(parsed.hash).toBe(previous);
  }
  expect(lines(dir)).toHaveLength(3);
});

test("a recorded message keeps its bytes, its words, its case and its place", async () => {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  evidence.enter("PAY-CARD-001");
  const recorded = evidence.record(SAMPLE_MESSAGE, NOW);
  const late = evidence.record(SAMPLE_MESSAGE, NOW, "PAY-CARD-000");
  await evidence.flush();
  expect(recorded).toMatchObject({ n: 1, atMs: 1.5, kind: "message", step: "608" });
  expect(late.n).toBe(2);
  expect(JSON.parse(lines(dir)[0] ?? "")).toMatchObject({
    n: 1,
    bench: 1.5,
    caseId: "PAY-CARD-001",
    event: { link: "235", hex: "9050000006000000FA097802", decoded: { INS: "50 INITIALIZE IEP" } },
  });
  expect(JSON.parse(lines(dir)[1] ?? "")).toMatchObject({ caseId: "PAY-CARD-000" });
});

test("bytes above 64 KiB are cut and the line says how many there were", async () => {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  evidence.record({ ...SAMPLE_MESSAGE, bytes: new Uint8Array(65_537) } as TraceEvent, NOW);
  evidence.record({ ...SAMPLE_MESSAGE, bytes: new Uint8Array(65_536) } as TraceEvent, NOW);
  await evidence.flush();
  const [cut, whole] = lines(dir).map(
    (line) => (JSON.parse(line) as { event: { hex: string; length?: number } }).event,
  );
  expect(cut?.hex).toHaveLength(2 * 65_536);
  expect(cut?.length).toBe(65_537);
  expect(whole?.hex).toHaveLength(2 * 65_536);
  expect(whole?.length).toBeUndefined();
});

test("lines leave the process by the end of the event loop's turn, without a flush", async () => {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  evidence.record(SAMPLE_MESSAGE, NOW);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines(dir)).toHaveLength(1);
});

test("a describer that throws costs the words, not the evidence", async () => {
  const dir = temporaryDirectory();
  const describe = () => {
    throw new TypeError("cannot read");
  };
  await using evidence = new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe });
  evidence.record(SAMPLE_MESSAGE, NOW);
  await evidence.flush();
  expect(JSON.parse(lines(dir)[0] ?? "")).toMatchObject({ event: { decoded: { undecodable: "cannot read" } } });
});

/** Takes so many characters and then has no room left. */
function smallDisk(room: number): () => LineFile {
  let left = room;
  return () => ({
    append(text) {
      left -= text.length;
      if (left < 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    },
    sync: async () => undefined,
    close: () => undefined,
  });
}

test("a full disk never disturbs the recorder and stops the next flush with STORAGE", async () => {
  await using evidence = sampleEvidence(temporaryDirectory(), smallDisk(1_000));
  for (let count = 0; count < 10; count++) evidence.record(SAMPLE_MESSAGE, NOW);
  await expect(evidence.flush()).rejects.toMatchObject({ code: "STORAGE", owner: "bench" });
  await expect(evidence.failure).resolves.toMatchObject({ code: "STORAGE" });
  await expect(evidence.flush()).rejects.toMatchObject({ code: "STORAGE" });
});

test("a failing sync is STORAGE too", async () => {
  const open = (): LineFile => ({
    append: () => undefined,
    sync: () => Promise.reject(new Error("EIO: i/o error")),
    close: () => undefined,
  });
  await using evidence = sampleEvidence(temporaryDirectory(), open);
  await expect(evidence.flush()).rejects.toMatchObject({ code: "STORAGE" });
});

test("keeps 25,000 events a second of processor time", async () => {
  const dir = temporaryDirectory();
  await using evidence = sampleEvidence(dir);
  const events = 50_000;
  const before = process.cpuUsage();
  for (let count = 0; count < events; count++) evidence.record(SAMPLE_MESSAGE, NOW);
  await evidence.close();
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  expect(events / seconds).toBeGreaterThan(25_000);
  expect((await verifyRun(dir)).lines).toBe(events + 1);
});

test("the reader gives back the lines and leaves out one that a crash broke off", async () => {
  const dir = temporaryDirectory();
  const evidence = sampleEvidence(dir);
  evidence.record(SAMPLE_MESSAGE, NOW);
  await evidence.flush();
  const { appendFileSync } = await import("node:fs");
  appendFileSync(join(dir, "events.jsonl"), '{"n":2,"at":3');
  const read = [];
  for await (const line of readEvents(dir)) read.push(line);
  expect(read.map((line) => line.n)).toEqual([1]);
  await evidence.close();
});
