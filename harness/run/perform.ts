import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../suites/define/campaign.ts";
import { type Conducted, conductRun, exitCodeOf } from "../../suites/define/conduct.ts";
import type { LogoPicture } from "../bench/logo.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { type DeviceLocks, lockNames, specsOf, takeDeviceLocks } from "../device/locks/index.ts";
import { closeRunDirectory } from "../evidence/close.ts";
import type { Json } from "../evidence/event.ts";
import type { LineListener } from "../evidence/evidence.ts";
import { createRunDirectory } from "../evidence/run-directory.ts";
import type { Operator } from "../flows/operator.ts";
import { CardChanger } from "./golden.ts";
import type { PreparedRun } from "./prepare.ts";

/** Who watches a run, and who lends it a hand. */
export interface RunHooks {
  /** Ends the run in good order. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what is waited for and what is done beside the cases, one sentence at a time. */
  readonly tell?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Hears every line of the evidence as it is written. */
  readonly onLine?: LineListener | undefined;
  readonly operator?: Operator | undefined;
}

export interface Performed {
  readonly dir: string;
  readonly conducted: Conducted;
  /** Paths of the reports that were made. */
  readonly reports: readonly string[];
  /** Of a command that does nothing else (design, section 6). */
  readonly exitCode: number;
}

/** Runs, evidences, seals and renders. Rejects with `USAGE` when the directory is in use, with `DEVICE_BUSY` when a device is, with `STORAGE` when the run cannot even begin. */
export async function performRun(prepared: PreparedRun, hooks: RunHooks = {}): Promise<Performed> {
  const { house, bench, iut, pics, pixit, golden, dir } = prepared;
  const { signal, tell, onProgress, onLine } = hooks;
  for (const remark of prepared.remarks) tell?.(remark);
  using _devices = await lockDevices(prepared, hooks);
  if (!prepared.goesOn) {
    createRunDirectory(dir);
    if (prepared.logo) keepLogo(dir, prepared.logo);
  }
  const doors = new CardChanger(golden, house.openStation);
  const options = (operator: Operator | undefined) => ({ bench, iut, pixit, tell, signal, operator });
  const run = await conductRun({
    dir,
    run: prepared.run,
    goesOn: prepared.goesOn,
    cases: prepared.cases,
    station: (record, operator) => doors.own(options(operator), record),
    golden: golden && {
      devices: golden.devices,
      open: (record, operator) => doors.golden(options(operator), record),
    },
    operator: hooks.operator,
    describe: await house.describe(),
    clock: house.clock,
    pics,
    pixit,
    claims: pics || pixit ? { pics: asJson(pics), pixit: asJson(pixit) } : undefined,
    waivers: prepared.waivers,
    retry: prepared.retry,
    signal,
    diagnose: prepared.request.diagnose ?? true,
    tell,
    onProgress,
    onLine,
    signingKey: prepared.signingKey,
    open: house.openEvents,
  });
  const reports = await render(run, prepared, dir, tell);
  const conducted = await close(run, prepared, dir, tell);
  return { dir, conducted, reports, exitCode: exitCodeOf(conducted) };
}

/** What only one run at a time can use is this run's until it ends; whoever has it now is waited for as long as for a card. */
async function lockDevices(
  { house, bench, golden, run }: PreparedRun,
  { signal, tell }: RunHooks,
): Promise<DeviceLocks> {
  const names = await lockNames([...specsOf(bench), ...(golden ? specsOf(golden.bench) : [])]);
  const holder = `pursebench certify, run ${run.run}`;
  return await takeDeviceLocks(names, { clock: house.clock, holder, waitMs: bench.waitForCardMs, tell, signal });
}

/** As a file of JSON would have it. */
function asJson(value: object | undefined): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** A report can be made anew where the laboratory's files are not; `run.json` has the digest. */
function keepLogo(dir: string, { file, bytes }: LogoPicture): void {
  const path = join(dir, file);
  try {
    writeFileSync(path, bytes, { flag: "wx", flush: true });
  } catch (cause) {
    const mend = "make room on the disk or choose another place with --out";
    throw new PursebenchError("STORAGE", `${path} cannot be written: ${messageOf(cause)}`, { mend, cause });
  }
}

/** A report that cannot be made takes nothing from the verdict: the evidence is there and can be rendered again. */
async function render(
  { results }: Conducted,
  { house, request }: PreparedRun,
  dir: string,
  tell: RunHooks["tell"],
): Promise<readonly string[]> {
  if (!results) return [];
  try {
    return await house.renderReports(dir, { allure: request.allure === true, results });
  } catch (thrown) {
    tell?.(`The report could not be made: ${messageOf(thrown)}\nTry again with: pursebench report ${dir}`);
    return [];
  }
}

/** Puts what has been made by now under manifest and seal. */
async function close(
  run: Conducted,
  { signingKey }: PreparedRun,
  dir: string,
  tell: RunHooks["tell"],
): Promise<Conducted> {
  if (!run.results) return run;
  try {
    await closeRunDirectory(dir, signingKey);
    return run;
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    const sign = signingKey ? " --sign KEY" : "";
    tell?.(`The run could not be closed: ${thrown.message}\nTry again with: pursebench report ${dir}${sign}`);
    return { ...run, storage: thrown };
  }
}
