import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identify } from "../core/process-identity.ts";
import { LOCK_FILE, lockRun, writerOf } from "./run-lock.ts";
import { temporaryDirectory } from "./testing/sample-run.ts";

/** A process that is no more. */
function deadProcess(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

function lockedBy(holder: object): string {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, LOCK_FILE), JSON.stringify(holder));
  return dir;
}

const boot = (await import("node:fs")).readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
const own = identify(process.pid);

test("a lock is one process's, and gone when it is given back", () => {
  const dir = temporaryDirectory();
  {
    using _lock = lockRun(dir);
    expect(writerOf(dir)).toBe(`process ${process.pid}`);
    expect(() => lockRun(dir)).toThrow(/is being written by process/);
  }
  expect(existsSync(join(dir, LOCK_FILE))).toBe(false);
  expect(writerOf(dir)).toBeUndefined();
});

test("the lock of a dead process, of a number that is another process's now, and of before the machine was started anew are taken over", () => {
  const host = hostname();
  for (const holder of [
    { process: { pid: deadProcess(), startTicks: "1" }, boot, host },
    { process: { pid: process.pid, startTicks: `${own?.startTicks}0` }, boot, host },
    { process: own, boot: "another", host },
  ]) {
    const dir = lockedBy(holder);
    using _lock = lockRun(dir);
    expect(readdirSync(dir)).toEqual([LOCK_FILE]);
  }
});

test("of a process on another machine nobody knows whether it lives", () => {
  const dir = lockedBy({ process: own, boot: "another", host: "elsewhere" });
  expect(() => lockRun(dir)).toThrow(/process \d+ on elsewhere; if that is no more, remove .*run\.lock/);
});

test("a lock that says nothing is waited for a moment and then taken over", () => {
  const dir = temporaryDirectory();
  const path = join(dir, LOCK_FILE);
  writeFileSync(path, "");
  expect(() => lockRun(dir)).toThrow(/is being written/);
  const before = Date.now() / 1000 - 60;
  utimesSync(path, before, before);
  lockRun(dir)[Symbol.dispose]();
});

test("where no lock can be written, it is STORAGE", () => {
  expect(() => lockRun(join(temporaryDirectory(), "nowhere"))).toThrow(/cannot be written/);
});
