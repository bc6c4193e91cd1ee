import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../bench/package-root.ts";

const folder = join(packageRoot(), "fixtures", "applets");
const NEEDED = "the applets are tested with Java and Maven: apt-get install default-jdk-headless maven";

const MODULES = ["common", "iep", "psam", "host"]; // the exerciser is tested on the runtime, in host

/** What JUnit reported of a module, a file for each class. */
function reportsOf(module: string): string[] {
  const reports = join(folder, module, "target", "surefire-reports");
  if (!existsSync(reports)) return [];
  return readdirSync(reports)
    .filter((name) => /^TEST-.*\.xml$/.test(name))
    .map((name) => join(reports, name));
}

function numberOf(attribute: string, report: string): number {
  return Number(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`).exec(report)?.[1]);
}

test("every unit test of the Java Card applets passes", { timeout: 600_000 }, () => {
  for (const path of MODULES.flatMap(reportsOf)) rmSync(path);
  const done = spawnSync("mvn", ["-q", "-B", "test"], { cwd: folder, encoding: "utf8" });
  if (done.error) throw new Error(`${NEEDED} (${done.error.message})`);
  expect(done.status === 0 ? "passed" : `${done.stdout}\n${done.stderr}`).toBe("passed");

  for (const module of MODULES) expect(reportsOf(module).length, module).toBeGreaterThan(0);
  const texts = MODULES.flatMap(reportsOf).map((path) => readFileSync(path, "utf8"));
  const sum = (attribute: string) => texts.reduce((total, text) => total + numberOf(attribute, text), 0);
  expect({ failures: sum("failures"), errors: sum("errors"), skipped: sum("skipped") }).toEqual({
    failures: 0,
    errors: 0,
    skipped: 0,
  });
  console.info(`${sum("tests")} JUnit tests in ${texts.length} classes`);
});
