/** A run that broke off goes on with what it was asked for; nothing that decides a verdict may have changed since. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PursebenchError } from "../core/errors.ts";
import { MANIFEST_FILE } from "../evidence/manifest.ts";
import { readRun } from "../evidence/reader.ts";
import { RUN_FILE } from "../evidence/run-directory.ts";
import type { RunIdentification } from "../evidence/run-identification.ts";
import { readStopped } from "../evidence/stopped.ts";
import type { RunRequest } from "./request.ts";

/** What may be given beside the directory. */
const BESIDE: readonly (keyof RunRequest)[] = ["resume", "sign", "allure"];

export interface Resumption {
  /** Of the run that broke off. */
  readonly dir: string;
  readonly run: RunIdentification;
  /** What was asked for then. */
  readonly request: RunRequest;
}

/** What the directory says of the run. Rejects with `USAGE` where there is nothing to go on with, or where more is asked for. */
export async function readResumption(dir: string, request: RunRequest): Promise<Resumption> {
  const more = Object.entries(request).find(([name, value]) => isAsked(value) && !BESIDE.some((each) => each === name));
  if (more) {
    throw new PursebenchError(
      "USAGE",
      `--resume with ${OPTIONS[more[0]] ?? `--${more[0]}`}: a run goes on as it began`,
      {
        mend: "leave the other options away (--sign, --allure and --json may stay)",
      },
    );
  }
  if (existsSync(dir) && !existsSync(join(dir, RUN_FILE))) {
    throw new PursebenchError("USAGE", `no run began in ${dir}: there is no ${RUN_FILE}`, {
      mend: "name the directory of a run, as `pursebench certify` prints it, or begin a new run",
    });
  }
  const run = await readRun(dir);
  const { complete, interrupted } = await readStopped(dir);
  // Without a manifest it was stopped while its reports were made.
  if (complete && interrupted === undefined && existsSync(join(dir, MANIFEST_FILE))) {
    throw new PursebenchError("USAGE", `the run in ${dir} came to its end: there is nothing to go on with`, {
      mend: `pursebench report ${dir} renders it again`,
    });
  }
  return { dir: resolve(dir), run, request: { ...askedFor(run, dir), sign: request.sign, allure: request.allure } };
}

/** Throws `USAGE` that says what is not as it was when the run began. `now` is how it would begin today. */
export function refuseChanges(dir: string, was: RunIdentification, now: RunIdentification): void {
  const parts: readonly (readonly [what: string, was: string | undefined, now: string | undefined])[] = [
    ["the tool", was.tool.version, now.tool.version],
    ["the cases", was.digests.suites, now.digests.suites],
    ["the specification", was.digests.specification, now.digests.specification],
    [`the bench description ${was.bench.file ?? ""}`, was.bench.sha256, now.bench.sha256],
    [`the PICS ${was.pics?.file ?? ""}`, was.pics?.sha256, now.pics?.sha256],
    [`the PIXIT ${was.pixit?.file ?? ""}`, was.pixit?.sha256, now.pixit?.sha256],
    [`the waivers ${was.waivers?.file ?? ""}`, was.waivers?.sha256, now.waivers?.sha256],
    ["the key that seals it (--sign)", was.signer, now.signer],
  ];
  const changed = parts.filter(([, before, after]) => before !== after).map(([what]) => what.trim());
  if (changed.length === 0) return;
  const isOne = changed.length === 1 && !/^the (cases|waivers)/.test(changed[0] ?? "");
  const [is, them] = isOne ? ["is", "it"] : ["are", "them"];
  throw new PursebenchError(
    "USAGE",
    `the run in ${dir} cannot go on: ${changed.join(", ")} ${is} not as when it began`,
    {
      mend: `bring ${them} back as when the run began (run.json has the digests), or begin a new run`,
    },
  );
}

function askedFor(
  { bench, mode, command, selection, pics, pixit, waivers }: RunIdentification,
  dir: string,
): RunRequest {
  if (!command) {
    throw new PursebenchError("USAGE", `the run in ${dir} does not say what it was asked for: it cannot go on`, {
      mend: "begin a new run",
    });
  }
  const { lab, retry, ...same } = command;
  return {
    ...same,
    bench: bench.file,
    mode,
    suites: selection.suites,
    cases: selection.cases,
    pics: pics?.file,
    pixit: pixit?.file,
    waivers: waivers?.file,
    retry: String(retry),
    lab: lab !== undefined && existsSync(lab) ? lab : undefined,
  };
}

function isAsked(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== true;
}

const OPTIONS: Readonly<Record<string, string>> = {
  suites: "--suite",
  cases: "--case",
  goldenCard: "--golden-card",
  goldenPsam: "--golden-psam",
  diagnose: "--no-diagnose",
};
