/** A small run for the tests of evidence and of those that read it. */
import type { KeyObject } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import type { TraceEvent } from "../../core/trace.ts";
import { closeRunDirectory } from "../close.ts";
import { writeResults } from "../derive.ts";
import type { CaseHeader } from "../event.ts";
import { Evidence } from "../evidence.ts";
import type { LineFile } from "../line-file.ts";
import type { RunIdentification } from "../run-identification.ts";

export const SAMPLE_RUN: RunIdentification = {
  format: "pursebench-run/1",
  run: "20260802T101530Z-3FA09C",
  started: "2026-08-02T10:15:30.000Z",
  mode: "certification",
  tool: { name: "pursebench", version: "0.1.0" },
  node: "v20.20.2",
  platform: "linux x64",
  digests: { suites: "00", specification: "11" },
  bench: { name: "inproc" },
  iut: { role: "card", spec: "sim" },
  selection: { suites: [], cases: [] },
};

export const SAMPLE_CASES: readonly CaseHeader[] = [
  {
    id: "PAY-CARD-001",
    suite: "payment",
    purpose: "A purchase debits the card once",
    requirements: ["PAY-BASE-618"],
    owner: "card",
  },
  {
    id: "PAY-CARD-002",
    suite: "payment",
    purpose: "A refused purchase changes nothing",
    requirements: ["PAY-BASE-620"],
    owner: "card",
  },
  { id: "PAY-CARD-003", suite: "payment", purpose: "Is never begun", requirements: [], owner: "terminal" },
];

/** INITIALIZE IEP on link 235, 12 bytes. */
export const SAMPLE_MESSAGE: TraceEvent = {
  kind: "message",
  link: "235",
  from: "set-top-box",
  to: "card",
  step: "608",
  bytes: fromHex("9050000006000000FA097802"),
};

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "pursebench-"));
}

export function sampleEvidence(dir: string, open?: (path: string) => LineFile): Evidence {
  const describe = () => ({ INS: "50 INITIALIZE IEP" });
  return new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe, ...(open ? { open } : {}) });
}

/** Writes a whole run and closes it: one pass, one fail, one never begun. Returns its directory. */
export async function writeSampleRun(dir = temporaryDirectory(), key?: KeyObject): Promise<string> {
  await using evidence = sampleEvidence(dir);
  evidence.write({ kind: "selection", cases: SAMPLE_CASES });
  evidence.write({
    kind: "identity",
    bench: "inproc",
    iut: { role: "card", description: "simulated card" },
    devices: [{ name: "reader 00 00", version: "1" }],
  });
  evidence.write({ kind: "preflight", ok: true, specimen: { IDIEP: "0000000001" } });
  for (const [index, outcome] of (["pass", "fail"] as const).entries()) {
    evidence.enter(SAMPLE_CASES[index]?.id);
    evidence.write({ kind: "case-start" });
    evidence.record(SAMPLE_MESSAGE, { atMs: 5, wall: new Date(0) });
    const reason = outcome === "pass" ? "" : "the balance of the card changed";
    evidence.write({ kind: "case-end", outcome, reason, owner: "card", durationMs: 12 });
  }
  evidence.enter(undefined);
  await evidence.close();
  await writeResults(dir);
  await closeRunDirectory(dir, key);
  return dir;
}
