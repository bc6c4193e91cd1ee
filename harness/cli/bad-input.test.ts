/** The real command against wrong files, wrong words and full disks. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../bench/package-root.ts";
import { COMMAND, type Ended, newPlace, ONE_CASE, pursebench, start, startProgram } from "./testing/command.ts";

const place = newPlace();
const INPROC = readFileSync(join(packageRoot(), "fixtures", "benches", "inproc.yaml"), "utf8");

function file(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

/** Line of the first occurrence of `text`, counted from 1. */
function lineOf(path: string, text: string): number {
  return (
    readFileSync(path, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

function expectNoTrace({ out, err }: Ended): void {
  expect(out + err).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(out + err).not.toContain("defect of pursebench;");
}

describe("a bench file that is wrong is exit 64", () => {
  test("with file, line, field, found, expected and the nearest name", { timeout: 60_000 }, async () => {
    const kind = file("kind.yaml", INPROC.replace("kind: inproc", "kind: inprok"));
    const field = file("field.yaml", INPROC.replace("concentrator:", "consentrator:"));
    const out = join(place, "never");
    const [first, second] = await Promise.all([
      pursebench(place, ["certify", "--bench", kind, "--out", out]),
      pursebench(place, ["certify", "--bench", field, "--out", out]),
    ]);
    expect(first.code).toBe(64);
    expect(first.err).toContain(`${kind}:${lineOf(kind, "inprok")}: kind: found "inprok", expected inproc or`);
    expect(first.err).toContain('did you mean "inproc"?');
    expect(second.code).toBe(64);
    expect(second.err).toContain(`${field}:${lineOf(field, "consentrator")}: unknown field "consentrator"`);
    expect(second.err).toContain('did you mean "concentrator"?');
    expect(existsSync(out)).toBe(false);
    for (const ended of [first, second]) expectNoTrace(ended);
  });

  test("also where its key set is wrong, whose values are not repeated", { timeout: 60_000 }, async () => {
    const keys = file("keys.yaml", "test: true\nmasterPurchaseKeys: FEDCBA9876543210\nmerchants: []\n");
    const bench = file("keyed.yaml", `${INPROC}\nkeys: keys.yaml\n`);
    const ended = await pursebench(place, ["certify", "--bench", bench, "--out", join(place, "never")]);
    expect(ended.code).toBe(64);
    expect(ended.err).toContain(`${keys}:2: masterPurchaseKeys`);
    expect(ended.err).not.toContain("FEDCBA");
  });

  test.each(["/dev/zero", "/dev/urandom"])("%s is refused before it is read", { timeout: 60_000 }, async (path) => {
    const [asBench, asPics, asKey] = await Promise.all([
      pursebench(place, ["certify", "--bench", path], 20_000),
      pursebench(place, ["certify", "--pics", path], 20_000),
      pursebench(place, ["certify", "--sign", path], 20_000),
    ]);
    for (const ended of [asBench, asPics, asKey]) {
      expect(ended).toMatchObject({ code: 64, err: expect.stringContaining("a device or pipe, not a file") });
      expectNoTrace(ended);
    }
  });
});

test("a PICS that is wrong is exit 64 with line, field and nearest value", { timeout: 60_000 }, async () => {
  const reference = readFileSync(join(packageRoot(), "fixtures", "pics", "reference-card.yaml"), "utf8");
  const pics = file("pics.yaml", reference.replace(/^role: card/m, "role: crd"));
  const ended = await pursebench(place, ["certify", "--pics", pics, "--out", join(place, "never")]);
  expect(ended.code).toBe(64);
  expect(ended.err).toContain(`${pics}:${lineOf(pics, "role: crd")}: role: found "crd", expected card or`);
  expect(ended.err).toContain('did you mean "card"?');
});

test.each([
  [["certify", "--bench", "virtal-lab"], 'did you mean "virtual-lab"?'],
  [["certify", "--suite", "paymnt"], 'did you mean "payment"?'],
  [["certify", "--case", "PAY-BASE-1"], 'did you mean "PAY-BASE-01"?'],
  [["certify", "--card", "sim:mut"], 'did you mean "mute"?'],
  [["certify", "--card", "vpcd:99999"], "no port number from 1 to 65535"],
  [["certify", "--wait", "soon"], 'found "soon", expected a number of seconds from 1 to 600'],
  [["certify", "--suit", "payment"], "--suite"],
  [["cerify"], "certify"],
] as const)("%j is exit 64 and says: %s", { timeout: 60_000 }, async (args, hint) => {
  const ended = await pursebench(place, args, 20_000);
  expect(ended.code).toBe(64);
  expect(ended.err).toContain(hint);
  expectNoTrace(ended);
});

describe("evidence that cannot be kept is exit 2 and never a fail", () => {
  test("when the file of events may not grow", { timeout: 60_000 }, async () => {
    const out = join(place, "small");
    // 1024-byte blocks; Node ignores SIGXFSZ, so writing fails with EFBIG where a full disk gives ENOSPC
    const limited = ["bash", "-c", 'ulimit -f 40; exec "$@"', "-", process.execPath, COMMAND];
    const run = ["certify", "--bench", "inproc", ...ONE_CASE, "--out", out];
    const ended = await startProgram(place, [...limited, ...run]).ended;
    expect(ended.code).toBe(2);
    expect(ended.out).toContain("Verdict: error (1 error)");
    expect(ended.out).toContain("evidence cannot be written");
    expect(ended.out).toContain("To mend: make room on the disk");
    expectNoTrace(ended);
  });

  test("when the place takes no directory", { timeout: 60_000 }, async () => {
    const ended = await pursebench(place, ["certify", "--bench", "inproc", ...ONE_CASE, "--out", "/proc/run"], 20_000);
    expect(ended.code).toBe(2);
    expect(ended.err).toContain("the run directory /proc/run cannot be made");
  });

  test("when the disk is full", { timeout: 60_000 }, async ({ skip }) => {
    const disk = join(place, "disk");
    spawnSync("mkdir", [disk]);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]).status === 0;
    skip(!mounted, "this machine lets nobody mount");
    try {
      const ended = await pursebench(place, ["certify", "--bench", "inproc", ...ONE_CASE, "--out", join(disk, "run")]);
      expect(ended.code).toBe(2);
      expect(ended.out).toContain("ENOSPC");
      expect(ended.out).not.toMatch(/\d fail/);
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});

test("a reader of the output that goes away ends no run and leaves no trace", { timeout: 60_000 }, async () => {
  const out = join(place, "unread");
  const running = start(place, ["certify", "--bench", "inproc", ...ONE_CASE, "--out", out]);
  running.child.stdout?.destroy();
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, err: "" });
  expect((await pursebench(place, ["verify", out])).code).toBe(0);
});
