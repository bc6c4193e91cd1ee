import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock, VirtualClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { identify } from "../../core/process-identity.ts";
import { openLockFolder } from "./folder.ts";
import { LockFiles } from "./generations.ts";
import { type DeviceLock, isLock, newHolder, tryTakeLock } from "./lock.ts";
import { lockNames } from "./names.ts";
import type { LockRecord } from "./record.ts";
import { takeDeviceLocks, withDeviceLocks } from "./with-locks.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pb-locks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAME = "serial:/dev/ttyUSB0";
const START = new Date("2031-05-06T07:08:09Z");

function take(holder: string, clock: Clock = systemClock): DeviceLock | LockRecord {
  return tryTakeLock(NAME, newHolder(holder), { folder, clock, expiryMs: 60_000 });
}

function mustTake(holder: string, clock?: Clock): DeviceLock {
  const found = take(holder, clock);
  if (!isLock(found)) throw new Error(`${found.holder} has it`);
  return found;
}

describe("the names of locks", () => {
  test("a part of a reader's name, its full name and any case mean the same device", async () => {
    const readers = async () => ["ACS ACR39U ICC Reader 00 00", "Gemalto PC Twin Reader 01 00"];
    const name = (reader: string) => lockNames([{ kind: "pcsc", reader }], readers, {});
    expect(await name("acr39u")).toEqual(["pcsc:acs acr39u icc reader 00 00"]);
    expect(await name("ACS ACR39U ICC Reader 00 00")).toEqual(["pcsc:acs acr39u icc reader 00 00"]);
    expect(await name("Reader")).toEqual(["pcsc:reader"]); // of several: whoever opens it is told
    const lab = { PCSCLITE_CSOCK_NAME: "/tmp/lab/pcscd.comm" };
    expect(await lockNames([{ kind: "pcsc", reader: "Twin" }], readers, lab)).toEqual([
      "pcsc:gemalto pc twin reader 01 00 of /tmp/lab/pcscd.comm",
    ]);
  });

  test("a link to a port means the port, ports of vpcd are locked, what the harness plays is not", async () => {
    symlinkSync("/dev/null", join(folder, "by-id"));
    const names = await lockNames([
      { kind: "vpcd", port: 35_963 },
      { kind: "serial", path: join(folder, "by-id"), baud: 9_600 },
      { kind: "sim" },
      { kind: "javacard" },
      { kind: "reader" },
    ]);
    expect(names).toEqual(["serial:/dev/null", "vpcd:35963"]);
  });
});

describe("a lock", () => {
  test("is one holder's until it is released", () => {
    const first = mustTake("first");
    expect(take("second")).toMatchObject({ holder: "first", processes: [identify(process.pid)] });
    first[Symbol.dispose]();
    mustTake("second")[Symbol.dispose]();
  });

  test("of a process that is gone is taken over; of one that merely has its number too", () => {
    const first = mustTake("first");
    const files = new LockFiles(folder, NAME);
    const { number, record } = files.latest();
    if (!record) throw new Error("no record");
    files.replace(number, { ...record, processes: [{ pid: process.pid, startTicks: "1" }] });
    mustTake("second")[Symbol.dispose]();
    first[Symbol.dispose]();
  });

  test("of a holder that was killed stays taken while a program lives that it was lent to", () => {
    const first = mustTake("first");
    const own = identify(process.pid);
    if (!own) throw new Error("no identity");
    first.lend(own);
    const files = new LockFiles(folder, NAME);
    const { number, record } = files.latest();
    if (!record) throw new Error("no record");
    expect(record.processes).toEqual([own, own]);
    files.replace(number, { ...record, processes: [{ pid: 4_194_304, startTicks: "1" }, own] });
    expect(take("second")).toMatchObject({ holder: "first" });
    first[Symbol.dispose]();
  });

  test("of before the last start of the machine is nobody's", () => {
    const first = mustTake("first");
    const files = new LockFiles(folder, NAME);
    const { number, record } = files.latest();
    if (record) files.replace(number, { ...record, bootId: "another" });
    mustTake("second")[Symbol.dispose]();
    first[Symbol.dispose]();
  });

  test("is renewed as long as its holder lives, and is anybody's when it has expired", async () => {
    const alive = new VirtualClock(START);
    const first = mustTake("first", alive);
    await alive.timer(300_000).elapsed; // five times as long as it holds
    expect(take("second", alive)).toMatchObject({ holder: "first" });
    const later = new VirtualClock(new Date(START.getTime() + 400_000));
    const second = mustTake("second", later);
    await first.lost;
    expect(take("third", later)).toMatchObject({ holder: "second" });
    first[Symbol.dispose](); // changes nothing: it is another's
    expect(take("third", later)).toMatchObject({ holder: "second" });
    second[Symbol.dispose]();
  });

  test("leaves one file behind however often it is taken", () => {
    for (let turn = 0; turn < 20; turn++) mustTake("somebody")[Symbol.dispose]();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^serial-dev-ttyusb0-[0-9a-f]{8}\.20$/)]);
  });

  test("that is damaged is followed by a whole one", () => {
    mustTake("first")[Symbol.dispose]();
    const files = new LockFiles(folder, NAME);
    expect(files.latest().number).toBe(1);
    rmSync(join(folder, readdirSync(folder)[0] ?? ""));
    expect(files.create(5, { ...({} as LockRecord) })).toBe(true); // a file that is no record
    mustTake("second")[Symbol.dispose]();
    expect(files.latest().number).toBe(6);
  });
});

describe("locks of several devices", () => {
  test("whoever has to wait says once for whom, and is refused with the holder's name when the wait is over", async () => {
    const told: string[] = [];
    const options = { clock: systemClock, folder, tell: (text: string) => told.push(text) };
    await withDeviceLocks([NAME], { ...options, holder: "nightly job a" }, async () => {
      const late = takeDeviceLocks([NAME], { ...options, holder: "b", waitMs: 600 });
      await expect(late).rejects.toThrow(PursebenchError);
      await expect(late).rejects.toThrow(
        new RegExp(
          `^${NAME} is in use by nightly job a \\(process ${process.pid} on .+, since 20..-..-.. ..:..:.. UTC\\)$`,
        ),
      );
    });
    expect(told).toEqual([expect.stringMatching(/^Waiting for serial:.+: in use by nightly job a/)]);
    (await takeDeviceLocks([NAME], { ...options, holder: "b" }))[Symbol.dispose]();
  });

  test("what one of them has before the wait ends is given back", async () => {
    using _held = mustTake("first");
    const both = takeDeviceLocks(["serial:/dev/a", NAME], { clock: systemClock, folder, holder: "second" });
    await expect(both).rejects.toMatchObject({ code: "DEVICE_BUSY" });
    (await takeDeviceLocks(["serial:/dev/a"], { clock: systemClock, folder, holder: "third" }))[Symbol.dispose]();
  });

  test("a program that the holder starts uses what the holder has", async () => {
    const holder = newHolder("nightly");
    using _held = await takeDeviceLocks([NAME], { clock: systemClock, folder, holder });
    using own = await takeDeviceLocks([NAME], { clock: systemClock, folder, holder: "certify", token: holder.token });
    expect(own.locks).toEqual([]);
  });

  test("a folder that is a file is refused by name", () => {
    expect(() => openLockFolder("/dev/null/locks")).toThrow(/folder of device locks .* cannot be used/);
  });
});

const compiled = (file: string) => fileURLToPath(new URL(`../../../.build/harness/${file}.js`, import.meta.url));

test("many processes that race for a stale lock, again and again: never two winners", { timeout: 60_000 }, async () => {
  // Each turn: whoever gets it makes a file that nobody else may have made, takes it away, and releases the lock or leaves it expired.
  const racer = `
    import { closeSync, openSync, rmSync } from "node:fs";
    import { LockFiles } from ${JSON.stringify(compiled("device/locks/generations"))};
    import { isLock, newHolder, tryTakeLock } from ${JSON.stringify(compiled("device/locks/lock"))};
    import { systemClock } from ${JSON.stringify(compiled("core/clock"))};
    const place = { folder: ${JSON.stringify(folder)}, clock: systemClock, expiryMs: 3600000 };
    const only = ${JSON.stringify(join(folder, "only-one"))};
    let wins = 0;
    for (const until = Date.now() + 2000; Date.now() < until; ) {
      const found = tryTakeLock("x", newHolder(String(process.pid)), place);
      if (!isLock(found)) continue;
      closeSync(openSync(only, "wx"));
      rmSync(only);
      wins++;
      if (wins % 2 === 0) { found[Symbol.dispose](); continue; }
      const files = new LockFiles(place.folder, "x");
      const { number, record } = files.latest();
      files.replace(number, { ...record, expires: new Date(0).toISOString() });
    }
    console.log(wins);
    process.exit(0);`;
  const racers = Array.from({ length: 6 }, () => spawn(process.execPath, ["--input-type=module", "-e", racer]));
  const ends = await Promise.all(
    racers.map(
      (child) =>
        new Promise<{ code: number | null; out: string }>((resolve) => {
          let out = "";
          for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (out += String(data)));
          child.once("close", (code) => resolve({ code, out }));
        }),
    ),
  );
  expect(ends.filter(({ code }) => code !== 0)).toEqual([]);
  const wins = ends.map(({ out }) => Number(out));
  expect(wins.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(20);
});
