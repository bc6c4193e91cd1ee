import { appendFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Case, defineCase, SUITES } from "../../suites/define/case.ts";
import { cases } from "../../suites/index.ts";
import { realHouse } from "../cli/house.ts";
import type { House } from "../cli/ports.ts";
import { pursebench } from "../cli/testing/fake-house.ts";
import type { TraceEvent } from "../core/trace.ts";
import { KeySearch } from "../evidence/testing/key-search.ts";
import { temporaryDirectory } from "../evidence/testing/sample-run.ts";
import type { PurseSystem } from "../flows/system.ts";
import { type Keys, KeysOfRun } from "./testing/keys-of-run.ts";

const KEY_FILE = readFileSync(new URL("../../fixtures/keys/test-keys.yaml", import.meta.url), "utf8");
/** Cases of each suite, spread over it. */
const OF_EACH_SUITE = 4;
const KINDS = ["KDC", "KDER", "KDL", "KDP", "KS1", "KS2", "KS3", "KSEC", "KUP", "SK", "TSK"];

/** Everything that has a key in it somewhere: purchases, loads from everywhere, a recovery, a collection, a new key for the PSAMs. */
async function liveThrough(system: PurseSystem): Promise<void> {
  for (const SITE of ["shop", "fig4-aes", "fig7-des", "cable6-aes"]) await system.purchase({ SITE });
  for (const SITE of ["bank", "bank-des", "fund-des", "fund-direct"]) await system.load({ SITE });
  const lost = { link: "236", from: "load-server", message: 0xef, what: "the load result is lost" } as const;
  const fault = system.disturb({ ...lost, act: () => "lose-link" });
  await system.load({ SITE: "bank" });
  fault[Symbol.dispose]();
  await system.load({ SITE: "bank-des" }); // settles the one before
  await system.clearing.issueUpdate({ kind: "set-key", PPIEP: "000123", ALGIEP: 4, VKIEP: 2 });
  await system.clearing.collect();
  await system.clearing.forward();
  await system.clearing.fetchDeliveries();
  await system.clearing.settle();
}

const EVERYTHING: Case = defineCase({
  id: "PAY-EVERYTHING-01",
  suite: "payment",
  purpose: "All of a system's life is on record",
  requirements: [],
  owner: "card",
  run: (t) => liveThrough(t.system),
});

/** Some of every suite, and all that is about keys, secrets and the personalisation of a card. */
function sample(): readonly Case[] {
  const spread = SUITES.flatMap((suite) => {
    const of = cases.filter((each) => each.suite === suite);
    return of.filter((_, index) => index % Math.ceil(of.length / OF_EACH_SUITE) === 0);
  });
  const secret = cases.filter(({ id }) => /RSA|PERSO|SECRET/.test(id));
  const step = Math.ceil(secret.length / 12);
  return [...new Set([EVERYTHING, ...spread, ...secret.filter((_, index) => index % step === 0)])];
}

function filesIn(dir: string): readonly string[] {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(dir, name)).isFile());
}

let dir: string;
const seen: TraceEvent[] = [];
let masters: Keys;
let derived: Keys;

beforeAll(async () => {
  const real = realHouse();
  const house: House = {
    ...real,
    cases: async () => sample(),
    openStation: (options, record) =>
      real.openStation(options, (event, moment, caseId) => {
        seen.push(event); // as it was, before the evidence masks it
        return record(event, moment, caseId);
      }),
  };
  dir = join(temporaryDirectory(), "run");
  const rsa = ["--card", "sim:rsa", "--suite", "payment", "--out", join(dir, "rsa")];
  for (const args of [["--out", dir], rsa]) {
    const { complained } = await pursebench(["certify", "--bench", "inproc", ...args], house);
    expect(complained).toBe("");
  }
  const keys = new KeysOfRun(KEY_FILE);
  masters = keys.masters();
  derived = keys.derived(seen);
}, 300_000);

test("the run had keys of every kind, and its messages carried session keys", () => {
  expect([...new Set([...derived.keys()].map((name) => name.split(" ")[0]))].sort()).toEqual(KINDS);
  expect(masters.size).toBeGreaterThan(60);
  const passed = Buffer.concat(seen.flatMap((event) => (event.kind === "message" ? [event.bytes] : [])));
  const sessions = [...derived].filter(([name]) => name.startsWith("TSK"));
  const found = new Set(new KeySearch(sessions).in(passed).map((text) => text.split(" in ")[0]));
  expect(sessions.filter(([name]) => !found.has(name))).toEqual([]);
  expect(sessions.length).toBeGreaterThan(5);
});

test("no file of the run has a key in it: none of the key set, none derived from it, no session key", () => {
  const search = new KeySearch([...masters, ...derived]);
  const files = filesIn(dir);
  expect(files).toEqual(expect.arrayContaining(["events.jsonl", "report.html", "junit.xml", "rsa/events.jsonl"]));
  const found = files.flatMap((name) => search.in(readFileSync(join(dir, name))).map((what) => `${name}: ${what}`));
  expect(found).toEqual([]);
}, 120_000);

test("a key that is put there is found", () => {
  const search = new KeySearch([...masters, ...derived]);
  const [[master, key] = ["", new Uint8Array()]] = masters;
  const path = join(dir, "junit.xml");
  appendFileSync(path, `<!-- ${Buffer.from(key).toString("hex")} -->`);
  expect(search.in(readFileSync(path))).toEqual([`${master} in hex`]);
});
