import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadWaivers } from "./waivers.ts";

const ONE = `format: pursebench-waivers/1
waivers:
  - case: CARD-ATR-01
    product: my card
    version: "2.1"
    reason: mended in 2.2
    approver: R. Miles
    expires: 2026-12-31
`;

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "waivers.yaml");
  writeFileSync(path, text);
  return path;
}

test("a waiver says case, version of the device, reason, approver and last day", () => {
  expect(loadWaivers(file(ONE), ["CARD-ATR-01"])).toEqual([
    {
      case: "CARD-ATR-01",
      product: "my card",
      version: "2.1",
      reason: "mended in 2.2",
      approver: "R. Miles",
      expires: "2026-12-31",
    },
  ]);
});

test.each([
  [
    "a case that does not exist",
    ONE.replace("ATR-01", "ATR-1"),
    ':3: waivers.0.case: found "CARD-ATR-1"',
    'did you mean "CARD-ATR-01"?',
  ],
  [
    "a day that does not exist",
    ONE.replace("12-31", "02-30"),
    ':8: waivers.0.expires: found "2026-02-30"',
    "expected a day",
  ],
  ["no approver", ONE.replace(/ +approver.*\n/, ""), ":3: waivers.0.approver", "is missing"],
  ["an empty reason", ONE.replace("mended in 2.2", '""'), ":6: waivers.0.reason", "expected one line"],
  ["a field too many", `${ONE}    verdict: pass\n`, ':9: unknown field "verdict"', "Expected: case"],
  ["the same twice", ONE + ONE.slice(ONE.indexOf("  - case")), ":9: waivers.1.case", "one waiver for each case"],
  ["another format", ONE.replace("waivers/1", "waivers/2"), ":1: format", "pursebench-waivers/1"],
])("%s is told with its line", (_, text, where, what) => {
  const path = file(text);
  const load = () => loadWaivers(path, ["CARD-ATR-01"]);
  expect(load).toThrow(where);
  expect(load).toThrow(what);
  expect(load).toThrow(expect.objectContaining({ code: "USAGE" }));
});
