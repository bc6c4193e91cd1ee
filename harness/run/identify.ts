import { resolve } from "node:path";
import type { Case } from "../../suites/define/case.ts";
import { specificationFolder } from "../../suites/define/requirements.ts";
import type { LoadedBench } from "../bench/load.ts";
import { specText } from "../bench/spec.ts";
import type { RoleName } from "../core/trace.ts";
import type { RunIdentification, RunMode } from "../evidence/run-identification.ts";
import { digestOfBench, digestOfCases, digestOfFile, digestOfFolder } from "./digests.ts";
import type { RunRequest } from "./request.ts";
import { toolVersion } from "./version.ts";

interface Identified extends LoadedBench {
  readonly cases: readonly Case[];
  readonly iut: RoleName;
  /** Role that was asked for. */
  readonly asked: RoleName | undefined;
  readonly retry: number;
  readonly mode: RunMode;
}

/** What `run.json` says of a run. */
export function identify(
  { bench, file, iut, asked, mode, cases, retry }: Identified,
  request: RunRequest,
  run: string,
  started: Date,
): RunIdentification {
  const first = bench.terminals[0]?.terminal;
  const specs = { card: bench.card, psam: bench.psam, terminal: first };
  const spec = iut === "card" || iut === "psam" || iut === "terminal" ? specs[iut] : undefined;
  const { card, psam, terminal, wait, goldenCard, goldenPsam, lab, diagnose = true } = request;
  return {
    format: "pursebench-run/1",
    run,
    started: started.toISOString(),
    mode,
    tool: { name: "pursebench", version: toolVersion() },
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    digests: { suites: digestOfCases(cases), specification: digestOfFolder(specificationFolder()) },
    bench: { name: bench.name, file: resolve(file), sha256: digestOfBench(bench) },
    iut: { role: iut, spec: spec && specText(spec) },
    pics: digested(request.pics),
    pixit: digested(request.pixit),
    waivers: digested(request.waivers),
    command: {
      iut: asked,
      card,
      psam,
      terminal,
      wait,
      goldenCard,
      goldenPsam,
      diagnose,
      retry,
      lab: lab && resolve(lab),
    },
    selection: { suites: request.suites ?? [], cases: request.cases ?? [] },
  };
}

function digested(path: string | undefined): RunIdentification["pics"] {
  return path === undefined ? undefined : { file: resolve(path), sha256: digestOfFile(path) };
}
