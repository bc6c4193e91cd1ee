import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { Evidence } from "../evidence/evidence.ts";
import { createRunDirectory, EVENTS_FILE } from "../evidence/run-directory.ts";
import { describe } from "../protocol/messages/describe.ts";

/** Evidence as a campaign keeps it, in a directory that goes away with it. */
export interface ScratchEvidence extends AsyncDisposable {
  readonly evidence: Evidence;
  /** Bytes of `events.jsonl` on the disk. */
  size(): number;
}

/** A directory of its own below the system's temporary one; disposing removes it. */
export function scratchDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "pursebench-benchmark-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** `bench` is the name that goes into `run.json`. */
export function scratchEvidence(bench: string): ScratchEvidence {
  const directory = scratchDirectory();
  const dir = createRunDirectory(join(directory.path, "run"));
  const evidence = new Evidence({
    dir,
    clock: systemClock,
    describe,
    run: {
      format: "pursebench-run/1",
      run: "benchmark",
      started: systemClock.wall().toISOString(),
      mode: "engineering",
      tool: { name: "pursebench", version: "0.0.0" },
      node: process.version,
      platform: process.platform,
      digests: { suites: "", specification: "" },
      bench: { name: bench },
      iut: { role: "card" },
      selection: { suites: [], cases: [] },
    },
  });
  return {
    evidence,
    size: () => statSync(join(dir, EVENTS_FILE)).size,
    async [Symbol.asyncDispose]() {
      await evidence[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}
