import type { KeyObject } from "node:crypto";
import { join, resolve } from "node:path";
import type { Case } from "../../suites/define/case.ts";
import { type GoldenBench, goldenCases } from "../../suites/define/golden-devices.ts";
import { type GoldenPlaces, goldenPlaces } from "../bench/golden.ts";
import { type LoadedLaboratory, loadLaboratory } from "../bench/laboratory.ts";
import { type LoadedBench, loadBench } from "../bench/load.ts";
import type { LogoPicture } from "../bench/logo.ts";
import { loadOrder } from "../bench/order.ts";
import { loadPics, type Pics } from "../bench/pics.ts";
import { loadPixit, type Pixit } from "../bench/pixit.ts";
import { loadWaivers } from "../bench/waivers.ts";
import { PursebenchError } from "../core/errors.ts";
import type { RoleName } from "../core/trace.ts";
import type { Waiver } from "../evidence/event.ts";
import { fingerprint, readSigningKey } from "../evidence/keys.ts";
import { DEFAULT_RUNS, newRunName } from "../evidence/run-directory.ts";
import type { RunIdentification, RunMode } from "../evidence/run-identification.ts";
import type { Finding, RunHouse } from "./house.ts";
import { identify } from "./identify.ts";
import { modeOf } from "./mode.ts";
import type { RunRequest } from "./request.ts";
import { readResumption, refuseChanges } from "./resume.ts";
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
  /** The run broke off and goes on: its directory is there. */
  readonly goesOn: boolean;
  readonly golden: (GoldenPlaces & Pick<GoldenBench, "devices">) | undefined;
  readonly waivers: readonly Waiver[];
  readonly retry: number;
  /** The laboratory's, for the reports; copied into the run directory. */
  readonly logo: LogoPicture | undefined;
  /** What whoever asked should know before it begins. */
  readonly remarks: readonly string[];
}

/** Everything that can be wrong with a request is found here, before anything is made or opened. Rejects with `USAGE`. */
export async function prepareRun(request: RunRequest, house: RunHouse): Promise<PreparedRun> {
  if (request.resume === undefined) return await prepareNew(request, house);
  const { dir, run, request: asked } = await readResumption(request.resume, request);
  const prepared = await prepareNew(asked, house);
  refuseChanges(dir, run, prepared.run);
  return { ...prepared, dir, run, goesOn: true };
}

async function prepareNew(request: RunRequest, house: RunHouse): Promise<PreparedRun> {
  const lab = request.bench === undefined ? await house.labFinding() : undefined;
  const loaded = loadBench(request.bench ?? (lab?.ok ? "virtual-lab" : "inproc"), request);
  const pics = request.pics === undefined ? undefined : loadPics(request.pics);
  const pixit = request.pixit === undefined ? undefined : loadPixit(request.pixit, pics);
  const asked = request.iut === undefined ? undefined : parseRole(request.iut);
  const mode = modeOf(request, pics);
  const golden = goldenPlaces(loaded.bench, mode === "certification");
  const all = await house.cases();
  const cases = chosenCases(all, request, mode === "certification" ? pics?.role : asked);
  const waivers = waiversOf(request, all);
  const retry = parseRetry(request.retry);
  const tester = laboratoryOf(request, house);
  const order = request.order === undefined ? undefined : loadOrder(request.order);
  const keyFile = request.sign ?? tester?.signingKey;
  const signingKey = keyFile === undefined ? undefined : readSigningKey(keyFile);
  await house.checkKeys(loaded.bench, loaded.file);
  const started = house.clock.wall();
  const name = newRunName(started, house.random);
  const parts = { ...loaded, cases, pics, pixit, iut: asked ?? pics?.role ?? impliedRole(request), mode, retry };
  const signer = signingKey === undefined ? undefined : fingerprint(signingKey);
  const who = { laboratory: tester?.laboratory, order, signer };
  return {
    ...parts,
    house,
    request,
    dir: resolve(request.out ?? join(DEFAULT_RUNS, name)),
    run: { ...identify({ ...parts, asked }, request, name, started), ...who },
    goesOn: false,
    golden: golden && {
      ...golden,
      devices: golden.devices.map((each) => ({ ...each, cases: goldenCases(each.device, all) })),
    },
    waivers,
    signingKey,
    logo: tester?.logo,
    remarks: lab && !lab.ok ? [whyInproc(lab)] : [],
  };
}

function waiversOf({ waivers, pics }: RunRequest, all: readonly Case[]): readonly Waiver[] {
  if (waivers === undefined) return [];
  if (pics === undefined) {
    throw new PursebenchError(
      "USAGE",
      "--waivers without --pics: a waiver is bound to the device that the PICS names",
      {
        mend: "say which device it is with --pics",
      },
    );
  }
  return loadWaivers(
    waivers,
    all.map(({ id }) => id),
  );
}

function parseRetry(text = "0"): number {
  if (/^\d$/.test(text)) return Number(text);
  throw new PursebenchError("USAGE", `--retry: found "${text}", expected a number from 0 to 9`, {
    mend: "for example: --retry 1",
  });
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
