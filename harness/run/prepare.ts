import type { KeyObject } from "node:crypto";
import { join, resolve } from "node:path";
import type { Case } from "../../suites/define/case.ts";
import { type LoadedLaboratory, loadLaboratory } from "../bench/laboratory.ts";
import { type LoadedBench, loadBench } from "../bench/load.ts";
import type { LogoPicture } from "../bench/logo.ts";
import { loadOrder } from "../bench/order.ts";
import { loadPics, type Pics } from "../bench/pics.ts";
import { loadPixit, type Pixit } from "../bench/pixit.ts";
import { PursebenchError } from "../core/errors.ts";
import type { RoleName } from "../core/trace.ts";
import { readSigningKey } from "../evidence/keys.ts";
import { DEFAULT_RUNS, newRunName } from "../evidence/run-directory.ts";
import type { RunIdentification, RunMode } from "../evidence/run-identification.ts";
import type { Finding, RunHouse } from "./house.ts";
import { identify } from "./identify.ts";
import type { RunRequest } from "./request.ts";
import { parseRole, selectCases } from "./selection.ts";

/** A run that can begin: all that was asked for exists and fits together. */
export interface PreparedRun extends LoadedBench {
  readonly house: RunHouse;
  readonly request: RunRequest;
  /** Of the run; it is made when the run begins. */
  readonly dir: string;
  readonly run: RunIdentification;
  readonly cases: readonly Case[];
  readonly pics: Pics | undefined;
  readonly pixit: Pixit | undefined;
  readonly iut: RoleName;
  readonly mode: RunMode;
  readonly signingKey: KeyObject | undefined;
  /** The laboratory's, for the reports; copied into the run directory. */
  readonly logo: LogoPicture | undefined;
  /** What whoever asked should know before it begins. */
  readonly remarks: readonly string[];
}

/** Everything that can be wrong with a request is found here, before anything is made or opened. Rejects with `USAGE`. */
export async function prepareRun(request: RunRequest, house: RunHouse): Promise<PreparedRun> {
  const lab = request.bench === undefined ? await house.labFinding() : undefined;
  const loaded = loadBench(request.bench ?? (lab?.ok ? "virtual-lab" : "inproc"), request);
  const mode = modeOf(request);
  const pics = request.pics === undefined ? undefined : loadPics(request.pics);
  const pixit = request.pixit === undefined ? undefined : loadPixit(request.pixit, pics);
  const chosen = request.iut === undefined ? undefined : parseRole(request.iut);
  const cases = chosenCases(await house.cases(), request, chosen);
  const tester = laboratoryOf(request, house);
  const order = request.order === undefined ? undefined : loadOrder(request.order);
  const keyFile = request.sign ?? tester?.signingKey;
  const signingKey = keyFile === undefined ? undefined : readSigningKey(keyFile);
  await house.checkKeys(loaded.bench, loaded.file);
  const started = house.clock.wall();
  const name = newRunName(started, house.random);
  const parts = { ...loaded, cases, pics, pixit, iut: chosen ?? pics?.role ?? impliedRole(request), mode };
  const who = { laboratory: tester?.laboratory, order };
  return {
    ...parts,
    house,
    request,
    dir: resolve(request.out ?? join(DEFAULT_RUNS, name)),
    run: { ...identify(parts, request, name, started), ...who },
    signingKey,
    logo: tester?.logo,
    remarks: lab && !lab.ok ? [whyInproc(lab)] : [],
  };
}

function modeOf({ mode, cases = [] }: RunRequest): RunMode {
  if (mode === "certification" && cases.length > 0) {
    throw new PursebenchError("USAGE", "--case with --mode certification: there the PICS alone decides what is run", {
      mend: "leave --case away, or use --mode engineering",
    });
  }
  return mode ?? (cases.length > 0 ? "engineering" : "certification");
}

function laboratoryOf({ lab }: RunRequest, { laboratoryFile }: RunHouse): LoadedLaboratory | undefined {
  const file = lab ?? laboratoryFile;
  return file === undefined ? undefined : loadLaboratory(file);
}

function chosenCases(all: readonly Case[], { suites, cases }: RunRequest, iut: RoleName | undefined): readonly Case[] {
  const chosen = selectCases(all, { suites, cases, iut });
  if (chosen.length > 0) return chosen;
  throw new PursebenchError("USAGE", "this selects no case", { mend: "`pursebench cases` lists them" });
}

function impliedRole({ card, psam, terminal }: RunRequest): RoleName {
  if (card === undefined && terminal !== undefined) return "terminal";
  return card === undefined && psam !== undefined ? "psam" : "card";
}

/** The real stack is the default; where it cannot run, the bench that always works. */
function whyInproc({ detail, mend }: Finding): string {
  return `The virtual lab cannot run here: ${detail}${mend ? ` (to mend: ${mend})` : ""}. Using the inproc bench.`;
}
