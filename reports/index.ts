/** Reports from a run directory. Everything in them is derived from the evidence; rendering again changes nothing. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readResults, readRun } from "../harness/evidence/reader.ts";
import type { Results } from "../harness/evidence/results.ts";
import { renderAllure } from "./allure/render.ts";
import { Capture } from "./capture/capture.ts";
import { casesCsv } from "./csv/cases.ts";
import { reportDocument } from "./document/build.ts";
import { conformancePage } from "./html/page.ts";
import { junitXml } from "./junit/junit.ts";
import { pdfOf } from "./pdf/index.ts";
import type { Basis } from "./record/basis.ts";
import { loadRun } from "./record/load.ts";
import type { RunRecord } from "./record/run-record.ts";

export { type AllureReport, renderAllure } from "./allure/render.ts";
export type { Basis, NotTested, Requirement } from "./record/basis.ts";

export const HTML_FILE = "report.html";
export const PDF_FILE = "report.pdf";
export const JUNIT_FILE = "junit.xml";
export const CASES_FILE = "cases.csv";
export const CAPTURE_FILE = "exchanges.pcapng";

/** Paths of what was written. */
export interface Reports {
  readonly html: string;
  readonly pdf: string;
  readonly junit: string;
  /** A line for each case. */
  readonly cases: string;
  /** The exchanges, for Wireshark. */
  readonly capture: string;
  /** Only when asked for: the raw results, the report page, and how long both took. */
  readonly allureResults?: string;
  readonly allureReport?: string;
  readonly allureMs?: number;
}

export interface ReportOptions {
  /** Renders Allure as well; takes some seconds. */
  readonly allure?: boolean;
  /** As they were derived from the evidence just now; otherwise that is done first. */
  readonly results?: Results | undefined;
}

/**
 * Writes `report.html`, `report.pdf`, `junit.xml`, `cases.csv` and `exchanges.pcapng` into the run directory, replacing what is there. `basis` is the conformance
 * basis as read from `suites/specification`. Rejects with `USAGE` when `runDir` holds no run.
 */
export async function renderReports(runDir: string, basis: Basis, options: ReportOptions = {}): Promise<Reports> {
  const html = join(runDir, HTML_FILE);
  const pdf = join(runDir, PDF_FILE);
  const junit = join(runDir, JUNIT_FILE);
  const cases = join(runDir, CASES_FILE);
  const capture = join(runDir, CAPTURE_FILE);
  const run = await loadWithCapture(runDir, capture, options.results);
  const report = reportDocument(run, basis);
  await writeFile(html, conformancePage(report));
  await writeFile(pdf, await pdfOf(report));
  await writeFile(junit, junitXml(run));
  await writeFile(cases, casesCsv(await readResults(runDir)));
  const written = { html, pdf, junit, cases, capture };
  if (!options.allure) return written;
  const { results, page, durationMs } = await renderAllure(runDir);
  return { ...written, allureResults: results, allureReport: page, allureMs: durationMs };
}

/** The evidence is read once for both. */
async function loadWithCapture(runDir: string, path: string, results: Results | undefined): Promise<RunRecord> {
  const identification = await readRun(runDir);
  using capture = new Capture(path, identification);
  return await loadRun(runDir, { results, hear: (line) => capture.take(line) });
}
