/** A command of a job, as a process of its own: what it does to itself harms nobody else. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { identify, type ProcessIdentity } from "../core/process-identity.ts";

/** After Ctrl-C a run closes its evidence; one that does not is killed. */
export const GRACE_MS = 60_000;
/** Of what a command prints for programs. */
const MOST_CHARACTERS = 4 << 20;

export interface ChildOptions {
  /** Words after the program. */
  readonly args: readonly string[];
  /** File that gets what the command says; what is there already stays. */
  readonly log: string;
  readonly limitMs: number;
  readonly graceMs?: number | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly onStarted?: ((identity: ProcessIdentity) => void) | undefined;
}

export interface ChildEnd {
  /** Undefined when a signal ended it, or when it could not be started. */
  readonly code: number | undefined;
  /** How it ended, in words: "ended with code 1". */
  readonly how: string;
  /** What it printed on standard output. */
  readonly out: string;
  /** Why it was told to end, when it was. */
  readonly stopped?: "limit" | "interrupted" | undefined;
}

/**
 * Runs `program` to its end. Past its limit, or when `signal` says so, it gets SIGINT, as Ctrl-C would send, and after the grace SIGKILL.
 * It stands in a process group of its own: the Ctrl-C of a terminal reaches it once, through this process. Never rejects.
 */
export async function runChild([file = "", ...before]: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  const { args, log, limitMs, graceMs = GRACE_MS, clock, signal, environment, onStarted } = options;
  const descriptor = openSync(log, "a");
  const child = spawn(file, [...before, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", descriptor],
    detached: true,
  });
  closeSync(descriptor);
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    if (out.length < MOST_CHARACTERS) out += text;
  });
  const ended = new Promise<Pick<ChildEnd, "code" | "how">>((resolve) => {
    child.once("error", (error) => resolve({ code: undefined, how: `could not be started: ${messageOf(error)}` }));
    child.once("close", (code, name) =>
      resolve({ code: code ?? undefined, how: code === null ? `was ended by ${name}` : `ended with code ${code}` }),
    );
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity) onStarted?.(identity);
  let stopped: ChildEnd["stopped"];
  const limit = clock.timer(limitMs);
  let grace: ReturnType<Clock["timer"]> | undefined;
  const stop = (why: "limit" | "interrupted") => {
    if (stopped !== undefined) return;
    stopped = why;
    child.kill("SIGINT");
    grace = clock.timer(graceMs);
    void grace.elapsed.then(() => child.kill("SIGKILL"));
  };
  void limit.elapsed.then(() => stop("limit"));
  const interrupt = () => stop("interrupted");
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted) interrupt();
  const end = await ended;
  signal?.removeEventListener("abort", interrupt);
  for (const timer of [limit, grace]) timer?.cancel();
  return { ...end, out, stopped };
}
