import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeSampleRun } from "../evidence/testing/sample-run.ts";
import { fakeHouse, pursebench } from "./testing/fake-house.ts";

/** At most two lines, and no stack trace. */
function expectShort(complained: string): void {
  expect(complained.trim().split("\n").length).toBeLessThanOrEqual(2);
  expect(complained).not.toMatch(/\bat .*:\d+:\d+/);
}

describe("a wrong command line ends with 64 and one or two lines", () => {
  test.each<[string[], RegExp]>([
    [["certfy"], /unknown command 'certfy'[\s\S]*certify/],
    [["certify", "--bensh", "x"], /unknown option '--bensh'[\s\S]*--bench/],
    [["certify", "--mode", "quick"], /quick.*certification, engineering/],
    [["certify", "--bench", "inprok"], /no bench "inprok", did you mean "inproc"/],
    [["certify", "--case", "PAY-CARD-01"], /no case "PAY-CARD-01", did you mean "PAY-CARD-001"/],
    [["certify", "--suite", "paymnt"], /no suite "paymnt", did you mean "payment"/],
    [["cases", "--suite", "tolls"], /no suite "tolls"[\s\S]*payment, encryption, cable/],
    [["certify", "--iut", "crad"], /no role "crad", did you mean "card"/],
    [["certify", "--card", "pscs:ACS"], /did you mean "pcsc"/],
    [["certify", "--card", "javacard"], /an inproc bench has only sim devices/],
    [["certify", "--iut", "psam"], /selects no case/],
    [["certify", "--mode", "certification", "--case", "PAY-CARD-001"], /PICS alone/],
    [["certify", "--pics", "/nowhere.yaml"], /nowhere\.yaml: this PICS cannot be read/],
    [["cases", "--requirement", "PAY-BASE-60"], /did you mean "PAY-BASE-602"/],
    [["coverage", "--flow", "pay-bas"], /did you mean "pay-base"/],
    [["report"], /missing required argument 'dir'/],
    [["report", "/nowhere"], /nowhere\/run\.json/],
    [["lab", "insert", "one", "sim"], /slot "one" is no number/],
    [["card", "serve", "--connect", "here"], /"here" is not HOST:PORT/],
    [["card", "install", "purse", "--card", "pcsc:ACS", "--gp", "gp.jar"], /Allowed choices are iep, psam, exerciser/],
    [["card", "install", "iep", "--card", "sim", "--gp", "gp.jar"], /applets are installed through PC\/SC/],
    [["card", "install", "iep", "--card", "pcsc:ACS", "--gp", "gp.jar", "--gp-key", "40"], /32, 48 or 64 hex digits/],
    [["terminal"], /required option '--port/],
    [["station", "--port", "http"], /--port: found "http", expected a number from 0 to 65535/],
    [["station", "--token", "short"], /--token: found fewer than 8 characters/],
  ])("%j", async (args, complaint) => {
    const { code, complained, printed } = await pursebench(args);
    expect(complained).toMatch(complaint);
    expect({ code, printed }).toEqual({ code: 64, printed: "" });
    expectShort(complained);
  });

  test("a bad bench file is named with its line", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
    writeFileSync(file, "format: pursebench-bench/1\nname: mine\nkind: labb\n");
    const { code, complained } = await pursebench(["certify", "--bench", file]);
    expect(code).toBe(64);
    expect(complained).toContain(
      `${file}:3: kind: found "labb", expected inproc or virtual-lab or lab, did you mean "lab"?`,
    );
    expectShort(complained);
  });
});

test("help teaches, for the command and for each of its parts", async () => {
  const { code, printed } = await pursebench(["--help"]);
  expect(code).toBe(0);
  expect(printed).toContain("Start here:");
  for (const name of [
    "doctor",
    "cases",
    "certify",
    "coverage",
    "mutants",
    "report",
    "verify",
    "lab",
    "station",
    "terminal",
  ]) {
    expect((await pursebench([name, "--help"])).printed).toMatch(/Examples?:/);
    expect(printed).toContain(`  ${name}`);
  }
});

test("cases lists without running, as text and as data", async () => {
  const { printed } = await pursebench(["cases", "--iut", "terminal"]);
  expect(printed).toContain("PAY-TERM-001");
  expect(printed).not.toContain("PAY-CARD-001");
  const json = JSON.parse((await pursebench(["cases", "--json"])).printed) as { id: string }[];
  expect(json.map((each) => each.id)).toEqual(["PAY-CARD-001", "PAY-CARD-002", "PAY-TERM-001"]);
});

test("coverage prints what the design promises and 1 when something is left over", async () => {
  const { code, printed } = await pursebench(["coverage", "--flow", "pay-base", "--json"]);
  const data = JSON.parse(printed) as Record<string, unknown[]>;
  expect(Object.keys(data)).toEqual(["requirements", "covered", "notTested", "uncovered"]);
  expect(data.requirements).toBe(96);
  expect(data.covered).toEqual(["PAY-BASE-602"]);
  expect(code).toBe(1);
});

test("mutants that survive are listed and give 1", async () => {
  const { code, printed } = await pursebench(["mutants"]);
  expect(printed).toContain("survived     card-forgets-ntiep");
  expect(code).toBe(1);
});

test("doctor says how to mend what is missing; only a named bench makes it count", async () => {
  const { code, printed } = await pursebench(["doctor"]);
  expect(printed).toContain("to mend: start pcscd");
  expect(code).toBe(0);
  expect((await pursebench(["doctor", "--bench", "inproc"])).code).toBe(2);
});

test("verify speaks of an untouched run and of the line that was changed", async () => {
  const dir = await writeSampleRun();
  expect(await pursebench(["verify", dir])).toMatchObject({ code: 0, printed: expect.stringContaining("untouched") });
  const path = join(dir, "events.jsonl");
  writeFileSync(path, readFileSync(path, "utf8").replace("9050000006", "9051000006"));
  const { code, printed } = await pursebench(["verify", dir]);
  expect(code).toBe(1);
  expect(printed).toMatch(/^events\.jsonl:5: this line does not match its hash/);
});

test("a service that is absent is one line with its mend and 2; a defect of ours says so", async () => {
  const { code, complained } = await pursebench(["lab", "up"]);
  expect({ code, complained }).toEqual({
    code: 2,
    complained: "pursebench: the fake house has none of that\nuse the real one\n",
  });
  const broken = fakeHouse({ cases: async () => Promise.reject(new TypeError("x is undefined")) });
  const defect = await pursebench(["cases"], broken);
  expect(defect.complained).not.toMatch(/at .*:\d+/);
  expect((await pursebench(["--debug", "cases"], broken)).complained).toMatch(/at .*:\d+/);
});
