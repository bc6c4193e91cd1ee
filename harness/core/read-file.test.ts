import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBoundedFile } from "./read-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pursebench-"));

test("a file up to the bound is read, one byte more is not", () => {
  const path = join(folder, "five");
  writeFileSync(path, "12345");
  expect(readBoundedFile(path, 5).toString()).toBe("12345");
  expect(() => readBoundedFile(path, 4)).toThrow("5 bytes, at most 4 are read");
});

test("what has no end is refused before it is read", () => {
  expect(() => readBoundedFile("/dev/zero", 5)).toThrow("a device or pipe, not a file");
  expect(() => readBoundedFile(folder, 5)).toThrow("a directory, not a file");
  expect(() => readBoundedFile(join(folder, "none"), 5)).toThrow("ENOENT");
});
