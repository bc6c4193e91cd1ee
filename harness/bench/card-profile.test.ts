import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { loadCardProfile } from "./card-profile.ts";
import { packageRoot } from "./package-root.ts";

const folder = join(packageRoot(), "fixtures", "profiles");

test("every profile that comes along can be loaded, and no two make the same purse", () => {
  const profiles = readdirSync(folder).map((name) => loadCardProfile(join(folder, name)));
  expect(profiles.map(({ ALGIEP }) => ALGIEP).sort()).toEqual([4, 5]);
  expect(new Set(profiles.map(({ IDIEP }) => IDIEP)).size).toBe(profiles.length);
});

test.each<[RegExp, string, RegExp]>([
  [/^test: .*$/m, "test: false", /expected `test: true`; only test cards are personalised/],
  [/^PPIEP: .*$/m, "PPIEP: 00012A", /PPIEP: .*expected 6 digits/],
  [/^IDIEP: .*$/m, "IDIEP: 123", /IDIEP: .*expected 10 digits/],
  [/^ALGIEP: .*$/m, "ALGIEP: 10", /ALGIEP: found "10", expected 04 or 05/],
  [/^DEXPIEP: .*$/m, "DEXPIEP: 290229", /DEXPIEP: .*expected a day YYMMDD/],
  [/^BALIEP: .*$/m, "BALIEP: 20_000_001", /BALIEP: .*expected at most BALmaxIEP/],
  [/^BALmaxIEP: .*$/m, "BALmaxIEP: 4_294_967_296", /BALmaxIEP: .*from 0 to 4294967295/],
  [/^CEXPIEP: .*$/m, "CEXPIEP: 4", /CEXPIEP: .*from 0 to 3/],
  [/^VKIEP: .*$/m, "VKIEP: 255", /VKIEP: .*from 1 to 254/],
  [/^VKIEP: .*$/m, "VKEIP: 1", /unknown field "VKEIP".*did you mean "VKIEP"/],
])("%s as %j is refused with file and line", (from, to, reason) => {
  const text = readFileSync(join(folder, "aes.yaml"), "utf8").replace(from, to);
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "profile.yaml");
  writeFileSync(path, text);
  const line = text.split("\n").indexOf(to) + 1;
  expect(() => loadCardProfile(path)).toThrow(PursebenchError);
  expect(() => loadCardProfile(path)).toThrow(reason);
  expect(() => loadCardProfile(path)).toThrow(`${path}:${line}: `);
});
