/** One place for all temporary files of a test run, taken away at its end: what a test leaves there is gone with it. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let place = "";

/** Vitest calls it before the first test. The name is short, because sockets lie below it. */
export function setup(): void {
  place = mkdtempSync(join(tmpdir(), "pbt-"));
  chmodSync(place, 0o1777); // as /tmp itself: pcscd and PostgreSQL run as users of their own
  process.env.TMPDIR = place;
}

/** Vitest calls it after the last test. */
export function teardown(): void {
  rmSync(place, { recursive: true, force: true });
}
