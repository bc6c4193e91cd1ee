import { open, readFile, rm } from "node:fs/promises";
import { type Deadline, remainingMs } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { LabPaths } from "./paths.ts";
import { identify, isAlive, processIdentity } from "./process/identity.ts";

const LOOK_AGAIN_MS = 20;

/**
 * Lets one process at a time start or end a lab. The lock is a file beside the lab's directory that names its holder, so
 * that a lock whose holder died is taken over. Nobody is told when a file goes, so a second comer looks again until its
 * deadline. `DEVICE_BUSY` past it.
 */
export async function takeStartLock(paths: LabPaths, deadline: Deadline): Promise<AsyncDisposable> {
  const path = `${paths.directory}.lock`;
  for (;;) {
    if (await create(path)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    if (await isStale(path)) await rm(path, { force: true });
    else if (remainingMs(deadline) === 0) {
      throw new PursebenchError("DEVICE_BUSY", `another process is starting or ending the lab (${path})`, {
        mend: "wait for it, or end it",
      });
    } else await deadline.clock.timer(LOOK_AGAIN_MS).elapsed;
  }
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(JSON.stringify(identify(process.pid)));
    await file.close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}

async function isStale(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (text === "") return false; // gone meanwhile, or its holder is about to write
  const holder = processIdentity.safeParse(JSON.parse(text));
  return !holder.success || !isAlive(holder.data);
}
