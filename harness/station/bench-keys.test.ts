import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { packageRoot } from "../bench/package-root.ts";
import { checkBenchKeys } from "./bench-keys.ts";

function benchWith(before: string, after: string) {
  const text = readFileSync(join(packageRoot(), "fixtures", "benches", "inproc.yaml"), "utf8");
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
  writeFileSync(path, text.replace(before, after));
  return { ...loadBench(path), line: text.split("\n").findIndex((line) => line.includes(before)) + 1 };
}

test("the benches that come along fit the test key set", () => {
  for (const name of ["inproc", "virtual-lab", "crowd", "usb-example"]) {
    const { bench, file } = loadBench(name);
    checkBenchKeys(bench, file);
  }
});

test("an account holder without keys is told with line, nearest name and what there is", () => {
  const { bench, file, line } = benchWith("IDMER: FND00002", "IDMER: FND00022");
  expect(() => checkBenchKeys(bench, file)).toThrow(
    `${file}:${line}: loadSites.5.IDMER: found "FND00022", expected an account holder of the test key set, did you mean "FND00002"?`,
  );
});

test("so is one whose contract is of another kind", () => {
  const { bench, file } = benchWith("IDMER: BNK00002", "IDMER: FND00003");
  expect(() => checkBenchKeys(bench, file)).toThrow(
    'loadSites.1.source: found "bank", expected pre-funded: so is the contract of FND00003',
  );
});
