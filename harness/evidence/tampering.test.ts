import { generateKeyPairSync } from "node:crypto";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { realHouse } from "../cli/house.ts";
import { pursebench } from "../cli/testing/fake-house.ts";
import { seededRandom } from "../core/random.ts";
import { closeRunDirectory } from "./close.ts";
import { temporaryDirectory } from "./testing/sample-run.ts";
import { type Change, type Draw, drawChange, type Files } from "./testing/tampering.ts";
import { verifyRun } from "./verify.ts";

const CHANGES = 1_000;
const { privateKey } = generateKeyPairSync("ed25519");
let unsealed: string;
let sealed: string;

beforeAll(async () => {
  unsealed = join(temporaryDirectory(), "run");
  const args = ["certify", "--bench", "inproc", "--case", "PAY-BASE-01", "--out", unsealed];
  const { code, complained } = await pursebench(args, realHouse());
  expect({ code, complained }).toMatchObject({ code: 0 });
  sealed = temporaryDirectory();
  cpSync(unsealed, sealed, { recursive: true });
  await closeRunDirectory(sealed, privateKey);
}, 60_000);

function filesOf(dir: string): Files {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(dir, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(dir, name))]));
}

function drawOf(seed: string): Draw {
  const random = seededRandom(seed);
  return (limit) => {
    const [a = 0, b = 0, c = 0, d = 0] = random(4);
    return limit > 0 ? (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % limit : 0;
  };
}

/** What of a change was not told; undefined when all was. */
async function untold(dir: string, change: Change): Promise<string | undefined> {
  change.apply(dir);
  try {
    const { ok, damage } = await verifyRun(dir);
    const named = damage.find(({ file }) => file === change.file);
    const told = damage.map(({ file, line, what }) => `${file}:${line} ${what}`).join("; ");
    if (ok || !named) return `${change.what}: ${told}`;
    // Where the last line feed is what changed, the line is the one before or after it.
    const isNear = change.line === undefined || Math.abs((named.line ?? -9) - change.line) <= 1;
    return isNear ? undefined : `${change.what} at line ${change.line}: ${told}`;
  } finally {
    change.undo(dir);
  }
}

describe.each([
  ["sealed", () => sealed],
  ["unsealed", () => unsealed],
])("a %s run directory", (kind, directory) => {
  test(`tells each of ${CHANGES / 2} random single changes, with file and line`, async () => {
    const dir = directory();
    const files = filesOf(dir);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(["report.html", "junit.xml", "manifest.json", "run.json"]),
    );
    const draw = drawOf(kind);
    const missed: string[] = [];
    for (let count = 0; count < CHANGES / 2; count++) {
      const missing = await untold(dir, drawChange(files, draw));
      if (missing !== undefined) missed.push(missing);
    }
    expect(missed).toEqual([]);
    expect(await verifyRun(dir)).toMatchObject({ ok: true });
  }, 300_000);
});
