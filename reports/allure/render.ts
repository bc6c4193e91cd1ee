/** The Allure report of a run: recorded verdicts as Allure results by way of vitest, and the static pages from them. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { PursebenchError } from "../../harness/core/errors.ts";
import { loadRun } from "../record/load.ts";
import { CATEGORIES, CHARTS } from "./categories.ts";
import { REPORT_DIRECTORY, RESULTS_DIRECTORY, RUN_DIR_VARIABLE } from "./config.ts";
import { before, HISTORY_FILE, historyOf, remember } from "./history.ts";
import { withoutAnalytics } from "./offline.ts";
import { runNode } from "./process.ts";

const LIMIT_MS = 300_000;

export interface AllureReport {
  /** Directory of the raw results. */
  readonly results: string;
  /** Page to open. */
  readonly page: string;
  readonly durationMs: number;
}

/**
 * Writes `allure-results` and `allure-report` into the run directory, replacing what is there; needs no network, and
 * the pages ask for none. Rejects with `USAGE` when `runDir` holds no run, with `INTERNAL` when a tool fails.
 */
export async function renderAllure(runDir: string): Promise<AllureReport> {
  const began = performance.now();
  const dir = resolve(runDir);
  const { cases, run } = await loadRun(dir);
  const results = await writeResults(dir, cases.length);
  const page = await writePages(dir, run);
  return { results, page, durationMs: Math.round(performance.now() - began) };
}

/** vitest ends with 1 when a recorded verdict is a fail, so success is that every case has its result. */
async function writeResults(dir: string, expected: number): Promise<string> {
  const results = join(dir, RESULTS_DIRECTORY);
  await rm(results, { recursive: true, force: true });
  const here = fileURLToPath(new URL(".", import.meta.url));
  const config = join(here, `vitest.config${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`);
  const args = [programOf("vitest/package.json", "vitest.mjs"), "run", "--config", config, "--configLoader", "runner"];
  const { output } = await runNode(args, here, { [RUN_DIR_VARIABLE]: dir }, LIMIT_MS);
  const written = await resultCount(results);
  if (written === expected) return results;
  throw new PursebenchError("INTERNAL", `vitest wrote ${written} Allure results of ${expected}: ${output}`);
}

async function resultCount(results: string): Promise<number> {
  const names = await readdir(results).catch(() => []);
  return names.filter((name) => name.endsWith("-result.json")).length;
}

async function writePages(dir: string, run: string): Promise<string> {
  const output = join(dir, REPORT_DIRECTORY);
  await rm(output, { recursive: true, force: true });
  const work = await mkdtemp(join(tmpdir(), "pursebench-allure-"));
  try {
    const name = `pursebench ${run}`;
    const history = historyOf(dir);
    const seen = join(work, HISTORY_FILE);
    await writeFile(seen, history === undefined ? "" : await before(history, name));
    const config = join(work, "allurerc.json");
    await writeFile(config, JSON.stringify(configuration(name, output, seen)));
    const args = [programOf("allure", "../cli.js"), "generate", "--config", config, "--output", output];
    const ended = await runNode([...args, RESULTS_DIRECTORY], dir, {}, LIMIT_MS);
    if (ended.code !== 0) throw new PursebenchError("INTERNAL", `allure ended with ${ended.code}: ${ended.output}`);
    if (history !== undefined) await remember(history, name, await readFile(seen, "utf8"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const page = join(output, "index.html");
  await writeFile(page, withoutAnalytics(await readFile(page, "utf8")));
  return page;
}

/** Of Allure; one file, because browsers let a page that is opened from disk fetch nothing. */
function configuration(name: string, output: string, historyPath: string) {
  const options = { singleFile: true, groupBy: ["feature"], reportLanguage: "en", reportName: name, charts: CHARTS };
  return { name, output, historyPath, categories: { rules: CATEGORIES }, plugins: { awesome: { options } } };
}

/** A program of a package, from a module that the package exports. */
function programOf(module: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(module)), path);
}
