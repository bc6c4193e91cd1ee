import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory, writeSampleRun } from "./testing/sample-run.ts";
import { verifyRun } from "./verify.ts";

let original: string;
let events: Buffer;
let lines: string[];

beforeAll(async () => {
  original = await writeSampleRun();
  events = readFileSync(join(original, "events.jsonl"));
  lines = events.toString("utf8").split("\n").slice(0, -1);
});

function copyWith(file: string, content: string | Buffer): string {
  const dir = temporaryDirectory();
  cpSync(original, dir, { recursive: true });
  writeFileSync(join(dir, file), content);
  return dir;
}

const joined = (changed: readonly string[]): string => changed.map((line) => `${line}\n`).join("");

async function firstDamage(changed: string | Buffer) {
  const verification = await verifyRun(copyWith("events.jsonl", changed));
  expect(verification.ok).toBe(false);
  return verification.damage[0];
}

test("accepts an untouched run and names its length and head", async () => {
  const verification = await verifyRun(original);
  expect(verification).toMatchObject({ ok: true, lines: lines.length, damage: [] });
  expect(lines.at(-1)).toContain(`"hash":"${verification.head}"`);
});

describe("at every line", () => {
  test("a changed byte is found on that line", async () => {
    for (const [index, line] of lines.entries()) {
      const changed = [...lines];
      const middle = Math.floor(line.length / 3);
      const other = line[middle] === "1" ? "2" : "1";
      changed[index] = line.slice(0, middle) + other + line.slice(middle + 1);
      expect(await firstDamage(joined(changed))).toMatchObject({ file: "events.jsonl", line: index + 1 });
    }
  });

  test("a removed line is found where it stood", async () => {
    for (const index of lines.keys()) {
      const changed = lines.filter((_, other) => other !== index);
      expect(await firstDamage(joined(changed))).toMatchObject({ line: index + 1 });
    }
  });

  test("an added line is found", async () => {
    for (const [index, line] of lines.entries()) {
      const changed = [...lines.slice(0, index + 1), line, ...lines.slice(index + 1)];
      expect(await firstDamage(joined(changed))).toMatchObject({ line: index + 2 });
    }
  });

  test("two lines that changed places are found", async () => {
    for (let index = 0; index + 1 < lines.length; index++) {
      const changed = [...lines];
      changed.splice(index, 2, lines[index + 1] ?? "", lines[index] ?? "");
      expect(await firstDamage(joined(changed))).toMatchObject({ line: index + 1 });
    }
  });

  test("a file cut after or within that line is found", async () => {
    for (let count = 0; count < lines.length; count++) {
      const kept = joined(lines.slice(0, count));
      expect(await firstDamage(kept)).toMatchObject({ line: count + 1 });
      expect(await firstDamage(kept + (lines[count] ?? "").slice(0, 40))).toMatchObject({ line: count + 1 });
      expect(await firstDamage(kept + (lines[count] ?? ""))).toMatchObject({ line: count + 1 });
    }
  });
});

test("any single changed byte anywhere in the events is found", async () => {
  const dir = temporaryDirectory();
  cpSync(original, dir, { recursive: true });
  await fc.assert(
    fc.asyncProperty(fc.nat(events.length - 1), fc.integer({ min: 1, max: 255 }), async (position, difference) => {
      const changed = Buffer.from(events);
      changed[position] = (changed[position] ?? 0) ^ difference;
      writeFileSync(join(dir, "events.jsonl"), changed);
      expect((await verifyRun(dir)).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("a changed run.json is found", async () => {
  const text = readFileSync(join(original, "run.json"), "utf8");
  const line = text.split("\n").findIndex((each) => each.includes("0.1.0")) + 1;
  const { damage } = await verifyRun(copyWith("run.json", text.replace("0.1.0", "0.1.1")));
  expect(damage).toEqual([{ file: "run.json", line, what: "was changed after the run was closed" }]);
});

test("results that do not follow from the events are found, with the line", async () => {
  const results = readFileSync(join(original, "results.json"), "utf8");
  const verification = await verifyRun(
    copyWith("results.json", results.replace('"verdict": "fail"', '"verdict": "pass"')),
  );
  expect(verification).toMatchObject({ ok: false, damage: [{ file: "results.json" }] });
  const line = results.split("\n").findIndex((text) => text.includes('"verdict": "fail"')) + 1;
  expect(verification.damage[0]?.line).toBe(line);
});

test("bytes after the closing line are found", async () => {
  const dir = copyWith("events.jsonl", events);
  appendFileSync(join(dir, "events.jsonl"), "\n");
  expect(await verifyRun(dir)).toMatchObject({ ok: false, damage: [{ line: lines.length + 1 }] });
});

test("a directory without evidence is reported, not thrown", async () => {
  expect((await verifyRun(temporaryDirectory())).ok).toBe(false);
  const dir = copyWith("events.jsonl", events);
  rmSync(join(dir, "results.json"));
  expect(await verifyRun(dir)).toMatchObject({ ok: false, damage: [{ file: "results.json" }] });
});
