/** One place for all temporary files of a test run, taken away at its end: what a test leaves there is gone with it. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Vitest calls it before the first test; the result after the last. The name is short, because sockets lie below it. */
export default function temporary(): () => void {
  const usual = process.env.TMPDIR;
  const place = mkdtempSync(join(tmpdir(), "pbt-"));
  chmodSync(place, 0o1777); // as /tmp itself: pcscd and PostgreSQL run as users of their own
  process.env.TMPDIR = place;
  return () => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(place, { recursive: true, force: true });
  };
}
