import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBench } from "./load.ts";
import { packageRoot } from "./package-root.ts";

const INPROC = readFileSync(join(packageRoot(), "fixtures", "benches", "inproc.yaml"), "utf8");

/** The complaint about the inproc bench with `after` in place of `before`, and the line of that. */
function complaint(before: string, after: string): { readonly message: string; readonly line: number } {
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
  const changed = INPROC.replace(before, after);
  expect(changed).not.toBe(INPROC);
  writeFileSync(path, changed);
  try {
    loadBench(path);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : "";
    const place = new RegExp(`^${path.replaceAll(".", "\\.")}:(\\d+): (.*)$`, "s").exec(message);
    return { message: place?.[2] ?? message, line: Number(place?.[1]) };
  }
  throw new Error("nothing was thrown");
}

function lineOf(text: string): number {
  return INPROC.split("\n").findIndex((line) => line.includes(text)) + 1;
}

const BANK = "SITE: bank\n";
const DES = '"https://127.0.0.1:8542"\n    source: bank';

test.each<[string, string, string, RegExp]>([
  [
    "a source nobody knows",
    DES,
    DES.replace("source: bank", "source: pre-payed"),
    /loadSites\.1\.source: found "pre-payed", expected bank or pre-funded/,
  ],
  [
    "a suite nobody knows",
    "encryption: 3DES-CBC-MAC\n    accounts",
    "encryption: DES\n    accounts",
    /loadSites\.1\.encryption: found "DES".*3DES-CBC-MAC/,
  ],
  ["the name of a shop", BANK, "SITE: shop\n", /loadSites\.0\.SITE.*taken/],
  ["the identifier of a shop", "IDMER: BNK00001", "IDMER: MER00001", /loadSites\.0\.IDMER.*a shop has this one/],
  ["the address of another", "https://127.0.0.1:8542", "https://127.0.0.1:8541", /loadSites\.1\.origin.*taken/],
  [
    "an origin that is none",
    "https://127.0.0.1:8542",
    "http://127.0.0.1:8542/load",
    /loadSites\.1\.origin.*expected an origin like/,
  ],
  ["a bank on the direct path", DES, `${DES}\n    direct: yes`, /loadSites\.1\.direct.*only a pre-funded load/],
  [
    "a bank that tells another server",
    DES,
    `${DES}\n    additionalServer: yes`,
    /loadSites\.1\.additionalServer.*bank server/,
  ],
  [
    "an account that is there twice",
    "ACCOUNT: ACC-POOR",
    "ACCOUNT: ACC-0001",
    /loadSites\.0\.accounts.*ACC-0001 is there twice/,
  ],
  [
    "an account with a wrong name",
    "ACCOUNT: ACC-POOR",
    "ACCOUNT: acc_poor",
    /loadSites\.0\.accounts\.1\.ACCOUNT.*A-Z, 0-9 and -/,
  ],
  [
    "funds that are no number",
    "funds: 1_000,",
    "funds: plenty,",
    /loadSites\.0\.accounts\.1\.funds: found "plenty", expected/,
  ],
  [
    "a field nobody knows",
    "    limit: 5_000_000",
    "    limmit: 5_000_000",
    /unknown field "limmit".*did you mean "limit"/,
  ],
])("%s is told with what was found and expected", (_what, before, after, expected) => {
  expect(complaint(before, after).message).toMatch(expected);
});

test("with its line", () => {
  expect(complaint("ACCOUNT: ACC-POOR", "ACCOUNT: acc_poor").line).toBe(lineOf("ACC-POOR"));
  expect(complaint(BANK, "SITE: shop\n").line).toBe(lineOf("SITE: bank"));
});
