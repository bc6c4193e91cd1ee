/** `pursebench lab up`, `down` and `status`. */
import { spawn } from "node:child_process";
import { chmod, mkdir, open, rm } from "node:fs/promises";
import { z } from "zod";
import { type Deadline, within } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { isAlive } from "../core/process-identity.ts";
import { cleanUp } from "./clean-up.ts";
import { LabControl } from "./control/client.ts";
import type { SlotReport } from "./control/messages.ts";
import { labScript } from "./lab-script.ts";
import { assertPackages } from "./packages.ts";
import { type LabPaths, labPaths } from "./paths.ts";
import { isRoot } from "./pcscd.ts";
import { takeStartLock } from "./start-lock.ts";
import { type LabState, readState } from "./state-file.ts";

export interface LabOptions {
  /** For a second lab of the same user: up to 32 lower-case letters, digits, hyphens. */
  readonly name?: string | undefined;
}

export interface LabUpOptions extends LabOptions {
  /** Compiled script that calls `runLabDaemon`; by default the one without a card simulator. */
  readonly daemonScript?: string | undefined;
  /** The lab ends when this process does, even when it is killed. */
  readonly isTied?: boolean | undefined;
}

export type LabStatus =
  | { readonly kind: "down" }
  | { readonly kind: "up"; readonly state: LabState; readonly slots: readonly SlotReport[] }
  /** Its process is gone, or does not answer; `up` and `down` clean up after it. */
  | { readonly kind: "crashed"; readonly state: LabState | undefined };

/**
 * Starts the lab in the background and returns when its readers can be used; a lab that runs already is returned as it
 * is, with `wasRunning`. `SERVICE_ABSENT` names missing packages, or why the lab did not start.
 */
export async function labUp(
  deadline: Deadline,
  options: LabUpOptions = {},
): Promise<{ readonly state: LabState; readonly wasRunning: boolean }> {
  const paths = labPaths(options.name);
  await assertPackages();
  await using _lock = await takeStartLock(paths, deadline);
  const before = await statusOf(paths, deadline);
  if (before.kind === "up") return { state: before.state, wasRunning: true };
  if (before.kind === "crashed") await cleanUp(paths, before.state, deadline.clock);
  await makeDirectory(paths);
  await startDaemon(paths, options, deadline);
  const state = await readState(paths.state);
  if (!state) throw new PursebenchError("INTERNAL", `the lab left no ${paths.state}`);
  return { state, wasRunning: false };
}

/** Ends the lab and removes every trace of it, also of one that crashed. False when there was none. */
export async function labDown(deadline: Deadline, options: LabOptions = {}): Promise<boolean> {
  const paths = labPaths(options.name);
  await using _lock = await takeStartLock(paths, deadline);
  const before = await statusOf(paths, deadline);
  if (before.kind === "down") return false;
  if (before.kind === "up") {
    await using control = await LabControl.open(paths.control, deadline);
    await control.shutdown(deadline);
  }
  await cleanUp(paths, before.state, deadline.clock);
  return true;
}

export async function labStatus(deadline: Deadline, options: LabOptions = {}): Promise<LabStatus> {
  return await statusOf(labPaths(options.name), deadline);
}

/** A connection to the running lab, to insert and remove cards. `SERVICE_ABSENT` when there is none. */
export async function labControl(deadline: Deadline, options: LabOptions = {}): Promise<LabControl> {
  return await LabControl.open(labPaths(options.name).control, deadline);
}

async function statusOf(paths: LabPaths, deadline: Deadline): Promise<LabStatus> {
  const handle = await open(paths.directory).catch(() => undefined);
  if (!handle) return { kind: "down" };
  await handle.close();
  const state = await readState(paths.state);
  if (!state || state.readers.length === 0 || !isAlive(state.daemon)) return { kind: "crashed", state };
  try {
    await using control = await LabControl.open(paths.control, deadline);
    return { kind: "up", state, slots: await control.slots(deadline) };
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code !== "INTERNAL") return { kind: "crashed", state };
    throw thrown;
  }
}

/** Others may pass through, as pcscd of user nobody has to, when root starts the lab; nobody may list. */
async function makeDirectory(paths: LabPaths): Promise<void> {
  await rm(paths.directory, { recursive: true, force: true });
  await mkdir(paths.directory, { mode: 0o700 });
  if (isRoot()) await chmod(paths.directory, 0o711);
}

/** Tells the daemon that its standard input ends when it shall. */
export const TIED = "tied";

const report = z.object({ ok: z.boolean(), message: z.string().optional(), mend: z.string().optional() });

async function startDaemon(paths: LabPaths, options: LabUpOptions, deadline: Deadline): Promise<void> {
  const log = await open(paths.log, "a", 0o600);
  const script = options.daemonScript ?? labScript("daemon");
  const daemon = spawn(process.execPath, [script, options.name ?? "", ...(options.isTied ? [TIED] : [])], {
    detached: true,
    stdio: [options.isTied ? "pipe" : "ignore", log.fd, log.fd, "pipe"],
    cwd: "/",
  });
  await log.close();
  let text = "";
  const told = new Promise<void>((resolve, reject) => {
    daemon.once("error", reject);
    const pipe = daemon.stdio[3];
    if (!pipe || !("setEncoding" in pipe)) return reject(new PursebenchError("INTERNAL", "no pipe to the lab"));
    pipe.setEncoding("utf8");
    pipe.on("data", (more: string) => {
      text += more;
      if (text.endsWith("\n")) resolve();
    });
    pipe.once("close", resolve);
  });
  try {
    await within(deadline, told, { what: "the virtual lab, starting,", owner: "bench", mend: `read ${paths.log}` });
  } finally {
    daemon.stdio[3]?.destroy();
    daemon.unref();
    if (daemon.stdin && "unref" in daemon.stdin && typeof daemon.stdin.unref === "function") daemon.stdin.unref();
  }
  const result = report.safeParse(text === "" ? undefined : JSON.parse(text));
  if (result.success && result.data.ok) return;
  const reason = result.data?.message ?? `it ended without a word; see ${paths.log}`;
  throw new PursebenchError("SERVICE_ABSENT", `the virtual lab did not start: ${reason}`, {
    ...(result.data?.mend === undefined ? {} : { mend: result.data.mend }),
  });
}
