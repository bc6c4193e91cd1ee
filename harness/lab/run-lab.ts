/** The lab of one run. Two runs in one lab would take the cards out of each other's slots, so a lab serves one at a time. */
import { join } from "node:path";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { type LabUpOptions, labDown, labStatus, labUp } from "./lab.ts";
import { labPaths } from "./paths.ts";
import { tryLock } from "./process-lock.ts";
import { takeStartLock } from "./start-lock.ts";
import type { LabState } from "./state-file.ts";

const DOWN_MS = 30_000;

/** Disposing gives a lab back that was up before, and ends one that was raised for this run. */
export interface RunLab extends AsyncDisposable {
  readonly state: LabState;
}

/**
 * Without a name: the user's own lab where it is up and no other run has it; otherwise one that this run raises for itself
 * and that ends with this process, however that ends. With a name: that lab, `DEVICE_BUSY` when another run has it.
 */
export async function takeLab(deadline: Deadline, options: LabUpOptions = {}): Promise<RunLab> {
  const { name } = options;
  const borrowed = await borrow(name, deadline);
  if (borrowed) return borrowed;
  const own = { ...options, name: name ?? `run-${process.pid}`, isTied: true };
  const { state, wasRunning } = await labUp(deadline, own);
  if (wasRunning) throw busy(own.name); // raised by another run since we looked
  return {
    state,
    async [Symbol.asyncDispose](): Promise<void> {
      await labDown(deadlineIn(deadline.clock, DOWN_MS), own);
    },
  };
}

async function borrow(name: string | undefined, deadline: Deadline): Promise<RunLab | undefined> {
  const paths = labPaths(name);
  const status = await labStatus(deadline, { name });
  if (status.kind !== "up") return undefined;
  const lock = await lockOf(paths.directory, () => takeStartLock(paths, deadline));
  if (lock) return { state: status.state, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
  if (name === undefined) return undefined;
  throw busy(name);
}

/** Under the start lock, so that of two runs that find the lock of a dead one only one takes it over. */
async function lockOf(directory: string, start: () => Promise<AsyncDisposable>): Promise<AsyncDisposable | undefined> {
  await using _start = await start();
  return await tryLock(join(directory, "run.lock"));
}

function busy(name: string): PursebenchError {
  return new PursebenchError("DEVICE_BUSY", `another run uses the virtual lab "${name}"`, {
    mend: "wait until that run has ended, or leave the name away: then every run has a lab of its own",
  });
}
