/** What is to be done in a night: `pursebench-nightly/1`. It holds no secrets: a database with a password is named by an environment variable. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { SUITES } from "../../suites/define/case.ts";
import { loadBench } from "../bench/load.ts";
import { type DeviceRole, parseSpec } from "../bench/spec.ts";
import { readYamlFile } from "../bench/yaml-file.ts";
import { wholeNumber } from "../core/checked-yaml.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";

const name = z
  .string("expected a name")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/, "expected letters, digits, dots, hyphens or underscores, at most 48");
const text = z.string("expected text").min(1, "expected text").max(1_024, "expected at most 1024 characters");
const specOf = (role: DeviceRole) =>
  text.superRefine((spec, context) => {
    try {
      parseSpec(spec, role);
    } catch (thrown) {
      const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
      context.addIssue({ code: "custom", message: `${messageOf(thrown)}${mend ? `; ${mend}` : ""}` });
    }
  });

const History = z
  .strictObject({ sqlite: text.optional(), environment: text.optional() })
  .refine(
    ({ sqlite, environment }) => (sqlite === undefined) !== (environment === undefined),
    "expected either sqlite (a path) or environment (the variable that holds a postgres:// URL)",
  );

const Runs = z.strictObject({
  folder: text,
  /** Nights of which everything is kept. */
  keepNights: wholeNumber(1, 10_000).default(14),
  /** The same for nights that were not as expected. */
  keepFailedNights: wholeNumber(1, 10_000).default(90),
});

const Locks = z.strictObject({
  /** Default: that of every `pursebench certify` of this user. */
  folder: text.optional(),
  /** How long a job waits for a device that somebody else uses. */
  waitMinutes: wholeNumber(0, 1_440).default(60),
  /** A lock that was not renewed for so long is taken over. */
  expiryMinutes: wholeNumber(1, 1_440).default(5),
});

const Devices = { card: specOf("card").optional(), psam: specOf("psam").optional() };

const BenchEntry = z.strictObject({
  name,
  /** A bench description: a file, or one that comes along. */
  bench: text,
  /** Devices that are known to be good, for the health check; those of the description when absent. */
  golden: z.strictObject(Devices).default({}),
  /** What the health check runs. */
  healthCases: z.array(text).min(1, "expected at least one case").max(20).default(["PAY-BASE-01"]),
  healthMinutes: wholeNumber(1, 120).default(10),
});

const Job = z.strictObject({
  name,
  bench: name,
  ...Devices,
  terminal: specOf("terminal").optional(),
  pics: text.optional(),
  pixit: text.optional(),
  iut: text.optional(),
  suites: z.array(z.enum(SUITES)).default([]),
  cases: z.array(text).default([]),
  mode: z.enum(["certification", "engineering"]).optional(),
  /** How often a case without a pass is run once more; a fail stays a fail. */
  retry: wholeNumber(0, 5).default(0),
  minutes: wholeNumber(1, 10_080).default(120),
  /** Names of physical devices that only one job at a time may use; derived from the SPECs when absent. */
  locks: z.array(text).optional(),
  expected: text.optional(),
  waivers: text.optional(),
  lab: text.optional(),
  order: text.optional(),
});

const Schema = z.strictObject({
  format: z.literal("pursebench-nightly/1"),
  name,
  history: History,
  runs: Runs,
  locks: Locks.prefault({}),
  /** Jobs at the same time. */
  parallel: wholeNumber(1, 64).default(1),
  /** After so many bad nights in a row a bench stays out until `--reinstate`. */
  badNights: wholeNumber(1, 100).default(3),
  benches: z.array(BenchEntry).min(1, "expected at least one bench"),
  jobs: z.array(Job).min(1, "expected at least one job"),
});

export type NightlyConfig = z.output<typeof Schema>;
export type BenchEntry = z.output<typeof BenchEntry>;
export type Job = z.output<typeof Job>;

/** A file that names jobs, read and checked: all files in it are absolute. Throws `USAGE` with file and line. */
export function loadNightly(path: string): NightlyConfig {
  const folder = dirname(resolve(path));
  const config = readYamlFile(path, checked(folder), "nightly configuration");
  const at = (file: string) => resolve(folder, file);
  const file = (name: string | undefined) => (name === undefined ? undefined : at(name));
  return {
    ...config,
    history: { ...config.history, sqlite: file(config.history.sqlite) },
    runs: { ...config.runs, folder: at(config.runs.folder) },
    locks: { ...config.locks, folder: file(config.locks.folder) },
    benches: config.benches.map((each) => ({ ...each, bench: benchFile(each.bench, folder) })),
    jobs: config.jobs.map((job) => ({ ...job, ...filesOf(job, file) })),
  };
}

function filesOf(job: Job, file: (name: string | undefined) => string | undefined) {
  const { pics, pixit, expected, waivers, lab, order } = job;
  return {
    pics: file(pics),
    pixit: file(pixit),
    expected: file(expected),
    waivers: file(waivers),
    lab: file(lab),
    order: file(order),
  };
}

/** A file beside the configuration, or the name of a description that comes along. */
function benchFile(bench: string, folder: string): string {
  const file = resolve(folder, bench);
  return existsSync(file) ? file : bench;
}

/** The schema with what is wrong between fields, and with the files that have to be there. */
function checked(folder: string) {
  return Schema.superRefine(({ benches, jobs }, context) => {
    const flaw = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    for (const [index, { name: own, bench }] of benches.entries()) {
      if (benches.findIndex((each) => each.name === own) !== index) flaw(["benches", index, "name"], TAKEN);
      const trouble = troubleOf(() => loadBench(benchFile(bench, folder)));
      if (trouble !== undefined) flaw(["benches", index, "bench"], trouble);
    }
    for (const [index, job] of jobs.entries()) {
      if (jobs.findIndex((each) => each.name === job.name) !== index) flaw(["jobs", index, "name"], TAKEN);
      if (!benches.some((each) => each.name === job.bench)) {
        flaw(["jobs", index, "bench"], `expected one of the benches: ${benches.map((each) => each.name).join(", ")}`);
      }
      if (job.mode === "certification" && job.pics === undefined) {
        flaw(["jobs", index, "mode"], "certification selects by the PICS: expected pics beside it");
      }
      for (const field of ["pics", "pixit", "waivers", "lab", "order"] as const) {
        const file = job[field];
        if (file !== undefined && !existsSync(resolve(folder, file))) {
          flaw(["jobs", index, field], `expected a file: ${resolve(folder, file)} is not there`);
        }
      }
    }
  });
}

const TAKEN = "expected another name: this one is taken";

function troubleOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** URL of the history's database; the folder of one in a file is made. `USAGE` when the variable that names it is not set. */
export function historyUrl({ history }: NightlyConfig, environment: NodeJS.ProcessEnv = process.env): string {
  if (history.sqlite !== undefined) {
    makeFolderOf(history.sqlite);
    return `sqlite:${history.sqlite}`;
  }
  if (history.environment === undefined) throw new PursebenchError("INTERNAL", "a history without a place");
  const url = environment[history.environment];
  if (url !== undefined && url !== "") return url;
  throw new PursebenchError("USAGE", `the environment variable ${history.environment} is not set`, {
    mend: "set it to the URL of the history's database: postgres://USER@HOST/NAME",
  });
}

/** Makes the folder in which a file is to be. `STORAGE` when it cannot be made. */
export function makeFolderOf(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    throw new PursebenchError("STORAGE", `${dirname(file)} cannot be made: ${messageOf(cause)}`, {
      mend: "name a folder that may be written",
      cause,
    });
  }
}
