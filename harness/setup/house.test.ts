import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");

function run(script: string, args: readonly string[]): string {
  const done = spawnSync(process.execPath, [resolve(root, "node_modules", script), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return done.status === 0 ? "clean" : `${done.stdout}\n${done.stderr}`;
}

test("every file has the types that it claims", { timeout: 120_000 }, () => {
  expect(run("typescript/bin/tsc", ["--noEmit"])).toBe("clean");
});

test("imports go only in the direction of the house", { timeout: 120_000 }, () => {
  const args = ["--config", ".dependency-cruiser.cjs", "harness", "suites", "reports"];
  expect(run("dependency-cruiser/bin/dependency-cruise.mjs", args)).toBe("clean");
});

test("format and lint have nothing to say", { timeout: 120_000 }, () => {
  expect(run("@biomejs/biome/bin/biome", ["check", "."])).toBe("clean");
});
