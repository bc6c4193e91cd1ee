/** Reads a run directory for the reports, line by line: a long run is never in memory as a whole. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PursebenchError } from "../../harness/core/errors.ts";
import { checkLink, genesis } from "../../harness/evidence/chain.ts";
import { deriveResults, resultsText } from "../../harness/evidence/derive.ts";
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import { parseLine, rawLines, readRun } from "../../harness/evidence/reader.ts";
import type { Results } from "../../harness/evidence/results.ts";
import { EVENTS_FILE, RESULTS_FILE, RUN_FILE } from "../../harness/evidence/run-directory.ts";
import type { Laboratory } from "../../harness/evidence/run-identification.ts";
import { Collector, type Keep } from "./collect.ts";
import { recordOf } from "./from-evidence.ts";
import type { Logo, RunRecord } from "./run-record.ts";

export interface LoadOptions {
  readonly keep?: Keep | undefined;
  /** As they were derived just now; otherwise they are derived first. */
  readonly results?: Results | undefined;
  /** Hears every line that is read. */
  readonly hear?: ((line: EvidenceLine) => void) | undefined;
}

/** Rejects with `USAGE` when `runDir` holds no run with results. Damage to the evidence becomes a reservation. */
export async function loadRun(runDir: string, options: LoadOptions = {}): Promise<RunRecord> {
  const identification = await readRun(runDir);
  const results = options.results ?? (await deriveResults(runDir));
  const collector = new Collector(results.cases, options.keep ?? "failed");
  const chain = await readChain(runDir, (line) => {
    collector.take(line);
    options.hear?.(line);
  });
  const logo = await logoOf(runDir, identification.laboratory);
  const trouble = [...chain.trouble, ...(await resultsTrouble(runDir, results)), ...logo.trouble];
  const { head } = chain;
  return recordOf({ identification, results, collected: collector.end(), head, trouble, logo: logo.logo });
}

/** Proves the chain on the way; what comes after a break in it is shown too, and the break is told. */
async function readChain(
  runDir: string,
  take: (line: EvidenceLine) => void,
): Promise<{ readonly head: string; readonly trouble: readonly string[] }> {
  let head = genesis(await readFile(join(runDir, RUN_FILE)));
  let proved = 0;
  let broken: string | undefined;
  let number = 0;
  for await (const batch of rawLines(join(runDir, EVENTS_FILE))) {
    for (const { bytes, terminated } of batch) {
      number++;
      if (!terminated) break;
      const check = broken === undefined ? checkLink(head, bytes) : undefined;
      if (check?.ok) {
        head = check.hash;
        proved = number;
      } else if (check) broken = unverified(`${EVENTS_FILE}, line ${number} ${check.what}`);
      const line = parseLine(bytes);
      if (line) take(line);
    }
  }
  return { head: proved === 0 ? "" : head, trouble: broken === undefined ? [] : [broken] };
}

async function resultsTrouble(runDir: string, derived: Results): Promise<readonly string[]> {
  let kept: string;
  try {
    kept = await readFile(join(runDir, RESULTS_FILE), "utf8");
  } catch (cause) {
    throw new PursebenchError("USAGE", `${join(runDir, RESULTS_FILE)} cannot be read`, {
      mend: `make it from the evidence: pursebench report ${runDir}`,
      cause,
    });
  }
  return kept === resultsText(derived) ? [] : [unverified(`${RESULTS_FILE} does not follow from the events`)];
}

const TYPES = { ".png": "image/png", ".svg": "image/svg+xml" } as const;

async function logoOf(
  runDir: string,
  laboratory: Laboratory | undefined,
): Promise<{ readonly logo?: Logo; readonly trouble: readonly string[] }> {
  const named = laboratory?.logo;
  if (!named) return { trouble: [] };
  const file = basename(named.file);
  const type = TYPES[file.slice(-4) as keyof typeof TYPES];
  const bytes = await readFile(join(runDir, file)).catch(() => undefined);
  const digest = bytes && createHash("sha256").update(bytes).digest("hex");
  if (!bytes || !type || digest !== named.sha256)
    return { trouble: [unverified(`${file} is not the logo of the run`)] };
  return { logo: { type, bytes }, trouble: [] };
}

function unverified(what: string): string {
  return `The evidence did not verify when this report was made: ${what}.`;
}
