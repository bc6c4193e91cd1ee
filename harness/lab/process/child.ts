import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { PursebenchError } from "../../core/errors.ts";
import { identify, type ProcessIdentity } from "../../core/process-identity.ts";

/** A helper program of the lab. */
export interface Child extends AsyncDisposable {
  readonly what: string;
  readonly identity: ProcessIdentity;
  /** Resolves when the program has ended, with the reason in words. */
  readonly ended: Promise<string>;
}

/** Resolves when `process` runs; the error of a program that cannot be started is told with `mend`. */
export async function adopt(process: ChildProcess, what: string, mend: string): Promise<Child> {
  const ended = new Promise<string>((resolve) => {
    process.once("exit", (code, name) => resolve(`${what} ended ${name ? `on ${name}` : `with code ${code}`}`));
  });
  if (process.pid === undefined) {
    const [error] = await once(process, "error");
    throw new PursebenchError("SERVICE_ABSENT", `${what} cannot be started: ${String(error)}`, { mend });
  }
  process.on("error", () => undefined); // a signal that could not be sent: the program has ended
  const identity = identify(process.pid);
  if (!identity) throw new PursebenchError("SERVICE_ABSENT", await ended, { mend });
  return {
    what,
    identity,
    ended,
    async [Symbol.asyncDispose](): Promise<void> {
      process.kill("SIGTERM");
      await ended;
    },
  };
}
