import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const LINES = 3;
const BYTES = 2_000;

/** The last lines of a log, as one line for people; nothing where there is none. */
export function lastLines(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, BYTES));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes
        .toString("utf8")
        .split("\n")
        .map((line) => line.trim());
      return lines
        .filter((line) => line !== "")
        .slice(-LINES)
        .join(" ")
        .slice(-400);
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}
