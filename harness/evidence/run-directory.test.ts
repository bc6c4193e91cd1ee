import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { createRunDirectory, newRunName, writeIdentification } from "./run-directory.ts";
import { SAMPLE_RUN, temporaryDirectory } from "./testing/sample-run.ts";

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof PursebenchError ? thrown.code : String(thrown);
  }
  return undefined;
}

test("a run's name is its UTC second and three random bytes", () => {
  const name = newRunName(new Date("2026-08-02T10:15:30.123Z"), () => Uint8Array.of(0x3f, 0xa0, 0x9c));
  expect(name).toBe("20260802T101530Z-3FA09C");
});

test("makes the directory with its parents, and takes an empty one", () => {
  const dir = join(temporaryDirectory(), "a", "b");
  expect(createRunDirectory(dir)).toBe(dir);
  expect(existsSync(dir)).toBe(true);
  expect(createRunDirectory(dir)).toBe(dir);
});

test("refuses a directory that holds something", () => {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, "old.txt"), "x");
  expect(codeOf(() => createRunDirectory(dir))).toBe("USAGE");
});

test("a place where no directory can be is STORAGE", () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "x");
  expect(codeOf(() => createRunDirectory(join(file, "run")))).toBe("STORAGE");
});

test("run.json is never overwritten", () => {
  const dir = temporaryDirectory();
  mkdirSync(dir, { recursive: true });
  writeIdentification(dir, SAMPLE_RUN);
  expect(codeOf(() => writeIdentification(dir, SAMPLE_RUN))).toBe("STORAGE");
});
