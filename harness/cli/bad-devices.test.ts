/** The real command on the real virtual lab, with devices and services that are absent, broken, or go away. */
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../bench/package-root.ts";
import { isAlive } from "../core/process-identity.ts";
import { labState } from "../lab/state-file.ts";
import { COMMAND, type Ended, newPlace, ONE_CASE, pursebench, start, startProgram } from "./testing/command.ts";

const LAB = ["certify", "--bench", "virtual-lab"];
/** The whole machine may be busy. */
const patient = { timeout: 120_000 };

/** Inconclusive, exit 2, with this owner, these words and a mend; no fail, no hang, no stack trace. */
function expectInconclusive(ended: Ended, owner: string, words: string | RegExp): void {
  const all = ended.out + ended.err;
  expect(all).toMatch(/Verdict: inconclusive \(.*\d inconclusive/);
  expect(all).not.toMatch(/\d fail/);
  expect(all).toContain(`In the way: ${owner}: `);
  expect(all).toMatch(words);
  expect(all).toMatch(/To mend: \S+/);
  expect(all).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(ended.code).toBe(2);
}

/** Directories of labs that are up below `place`. */
function labsIn(place: string): string[] {
  return readdirSync(place).filter((name) => name.startsWith("pursebench-lab-") && !name.endsWith(".lock"));
}

/** What the lab of the run `pid` says of itself. */
function labOf(place: string, pid: number | undefined) {
  const path = join(place, `pursebench-lab-${userInfo().uid}-run-${pid}`, "lab.json");
  return labState.parse(JSON.parse(readFileSync(path, "utf8")));
}

/** Below those that the system gives to whoever asks for any: nobody else takes it before it is used. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("listening", () => resolve(true)).once("error", () => resolve(false));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

describe.concurrent("a card that is no purse is nobody's fail", () => {
  test.each([
    ["sim:mute", "card", /unpowered/],
    ["sim:malformed-atr", "card", /answer to reset is malformed \(ISO\/IEC 7816-3\): .*TCK/],
    ["sim:no-purse", "card", /no purse of profile IEP-1: SELECT was answered 6A82/],
  ] as const)("%s", patient, async (card, owner, words) => {
    const place = newPlace();
    const ended = await pursebench(place, [...LAB, ...ONE_CASE, "--card", card, "--out", join(place, "run")]);
    expectInconclusive(ended, owner, words);
    expect(labsIn(place)).toEqual([]);
  });
});

describe.concurrent("cards that other programs play over vpcd", () => {
  test("one that connects is certified", patient, async () => {
    const place = newPlace();
    const port = await freePort();
    const args = ["--suite", "payment", ...ONE_CASE, "--card", `vpcd:${port}`, "--json", "--out", join(place, "run")];
    const running = start(place, ["certify", ...args]);
    await running.said(`Waiting up to 30 s for a card that connects to 127.0.0.1:${port}`);
    const card = start(place, ["card", "serve", "--connect", `127.0.0.1:${port}`]);
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ verdict: "pass", summary: { pass: 1 } });
    expect((await card.ended).code).toBe(0);
  });

  test("one that never connects is waited for as long as was said", patient, async () => {
    const place = newPlace();
    const port = await freePort();
    const args = ["--card", `vpcd:${port}`, "--wait", "2", "--out", join(place, "run")];
    expectInconclusive(
      await pursebench(place, [...LAB, ...ONE_CASE, ...args]),
      "card",
      /within 2 s there was not a card/,
    );
  });

  test("a port that is in use is told", patient, async () => {
    const place = newPlace();
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const args = ["--card", `vpcd:${port}`, "--out", join(place, "run")];
    const ended = await pursebench(place, [...LAB, ...ONE_CASE, ...args]);
    server.close();
    expectInconclusive(ended, "bench", new RegExp(`port ${port}: listen EADDRINUSE`));
  });
});

describe.concurrent("terminals", () => {
  test("a port that is not there is told once, and every case is listed in the results", patient, async () => {
    const place = newPlace();
    const out = join(place, "run");
    const ended = await pursebench(place, [...LAB, "--terminal", "serial:/dev/ttyNONE", "--out", out]);
    expectInconclusive(ended, "bench", /\/dev\/ttyNONE is no serial port/);
    expect(ended.out.match(/could not be opened/g)).toHaveLength(2); // with the first case, and in the summary
    expect(ended.out.split("\n").length).toBeLessThan(20);
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
    expect(results.cases.length).toBeGreaterThan(100);
    expect(results.summary.inconc).toBe(results.cases.length);
  });

  test.each([
    ["silent", "sleep 100", /no answer to 3 requests to resynchronise/],
    ["talking garbage, as at a wrong baud rate,", "cat /dev/urandom", /characters on .* that make no block/],
  ] as const)("one that is %s is the terminal's trouble", patient, async (_, behaviour, words) => {
    const place = newPlace();
    const line = join(place, "line");
    const socat = ["socat", "-d", "-d", `PTY,raw,echo=0,link=${line},wait-slave`, `EXEC:${behaviour}`];
    const far = startProgram(place, socat, 100_000);
    await far.said("PTY is");
    const args = ["--terminal", `serial:${line}`, "--out", join(place, "run")];
    const ended = await pursebench(place, [...LAB, ...ONE_CASE, ...args]);
    far.child.kill("SIGKILL");
    expectInconclusive(ended, "terminal", words);
    await far.ended;
  });
});

test("a reader's name that fits none or several is answered with the candidates", patient, async () => {
  const place = newPlace();
  const up = await pursebench(place, ["lab", "up", "--json"]);
  const { pcscSocket } = labState.parse({ ...JSON.parse(up.out) });
  const text = readFileSync(join(packageRoot(), "fixtures", "benches", "virtual-lab.yaml"), "utf8");
  const bench = join(place, "bench.yaml");
  writeFileSync(bench, text.replace(/^kind: virtual-lab/m, "kind: lab"));
  const run = async (name: string) => {
    const args = [
      "certify",
      "--bench",
      bench,
      ...ONE_CASE,
      "--card",
      `pcsc:${name}`,
      "--out",
      join(place, `run ${name}`),
    ];
    const environment = ["env", `PCSCLITE_CSOCK_NAME=${pcscSocket}`, process.execPath];
    return await startProgram(place, [...environment, COMMAND, ...args]).ended;
  };
  expectInconclusive(await run("ACS ACR39U"), "reader", /knows "Pursebench Virtual Reader 00 00", "Pursebench Virtual/);
  expectInconclusive(
    await run("Virtual Reader"),
    "bench",
    /part of several reader names: "Pursebench Virtual Reader 00 00"/,
  );
  expect((await pursebench(place, ["lab", "down"])).code).toBe(0);
});

test("pcscd killed during a run: the rest is inconclusive, and soon", patient, async () => {
  const place = newPlace();
  // enough of them that the run cannot be over before the signal has arrived
  const more = [..."ABCDEFGHIJKLMNO"].flatMap((letter) => ["--case", `PAY-0077-${letter}`]);
  const running = start(place, [...LAB, ...ONE_CASE, ...more, "--out", join(place, "run")]);
  await running.said(/\[ 1\/16\] . PAY-\S+ pass/);
  const pcscd = labOf(place, running.child.pid).children.find(({ what }) => what === "pcscd");
  process.kill(pcscd?.process.pid ?? 0, "SIGKILL");
  const ended = await running.ended;
  expect(ended.code).toBe(2);
  expect(ended.out).not.toMatch(/\d fail/);
  expect(ended.out).toMatch(/In the way: (bench|reader): /);
  expect(ended.out).toMatch(/To mend: \S+/);
  expect(ended.err).not.toMatch(/^\s+at /m);
  expect(ended.ms).toBeLessThan(50_000);
  expect(labsIn(place)).toEqual([]);
});

describe("an end before the end", () => {
  test("Ctrl-C: exit 130, the evidence is whole up to there, the lab is down", patient, async () => {
    const place = newPlace();
    const out = join(place, "run");
    const running = start(place, [...LAB, "--suite", "payment", "--out", out]);
    await running.said(/\[ *1\/\d+\]/);
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.out).toContain(", interrupted");
    expect(ended.err).not.toMatch(/^\s+at /m);
    expect((await pursebench(place, ["verify", out])).code).toBe(0);
    expect(labsIn(place)).toEqual([]);
  });

  test("a second Ctrl-C ends at once, with 130 or by the signal, and takes the lab with it", patient, async () => {
    const place = newPlace();
    const running = start(place, [...LAB, "--suite", "payment", "--out", join(place, "run")]);
    await running.said(/\[ *1\/\d+\]/);
    const { daemon } = labOf(place, running.child.pid);
    running.child.kill("SIGINT");
    await running.said("Once more ends at once");
    const begun = performance.now();
    running.child.kill("SIGINT");
    expect([130, null]).toContain((await running.ended).code);
    expect(performance.now() - begun).toBeLessThan(3_000);
    await expect.poll(() => isAlive(daemon), { timeout: 15_000 }).toBe(false);
  });

  test("Ctrl-C while a card is waited for ends the wait", patient, async () => {
    const place = newPlace();
    const running = start(place, [
      ...LAB,
      ...ONE_CASE,
      "--card",
      `vpcd:${await freePort()}`,
      "--out",
      join(place, "run"),
    ]);
    await running.said("Waiting up to");
    const begun = performance.now();
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(labsIn(place)).toEqual([]);
  });

  test("a run that is killed takes its lab with it", patient, async () => {
    const place = newPlace();
    const running = start(place, [
      ...LAB,
      ...ONE_CASE,
      "--card",
      `vpcd:${await freePort()}`,
      "--out",
      join(place, "run"),
    ]);
    await running.said("Waiting up to");
    const { daemon } = labOf(place, running.child.pid);
    running.child.kill("SIGKILL");
    await running.ended;
    await expect.poll(() => isAlive(daemon), { timeout: 15_000 }).toBe(false);
    expect(labsIn(place)).toEqual([]);
  });
});

test("two runs at once do not disturb each other, with a lab that is up and without", patient, async () => {
  const place = newPlace();
  const pair = async (name: string) =>
    await Promise.all(
      [1, 2].map((n) => pursebench(place, [...LAB, ...ONE_CASE, "--out", join(place, `${name}-${n}`)])),
    );
  expect((await pair("private")).map(({ code }) => code)).toEqual([0, 0]);
  await pursebench(place, ["lab", "up"]);
  expect((await pair("shared")).map(({ code }) => code)).toEqual([0, 0]);
  expect(labsIn(place)).toEqual([`pursebench-lab-${userInfo().uid}`]); // the one that was up stays
  await pursebench(place, ["lab", "down"]);
  expect(existsSync(join(place, `pursebench-lab-${userInfo().uid}`))).toBe(false);
});
