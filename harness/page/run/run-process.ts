/** The process of a run, both ends. Each run has its own: a process may talk to one pcscd only, and a bench that freezes takes no page with it. */
import { fork } from "node:child_process";
import { z } from "zod";
import type { RunHouse } from "../../run/house.ts";
import type { RunRequest } from "../../run/request.ts";
import type { RunCommandMessage, RunMessage } from "./messages.ts";
import { reportingRun } from "./reporting-run.ts";

/** A run that somebody else performs. */
export interface RunHandle {
  answer(id: number, answer: "done" | "cannot"): void;
  /** Ends it in good order, as Ctrl-C does. */
  stop(): void;
  /** Ends it at once; its directory can be read nevertheless. */
  kill(): void;
  /** Resolves when the run, and all that it held, is gone. */
  readonly ended: Promise<void>;
}

/** Begins a run whose messages go to `hear`; the last one is `ended` or `failed`. */
export type StartRun = (request: RunRequest, hear: (message: RunMessage) => void) => RunHandle;

/** Runs in a process that executes `script`, which calls `serveRun`. */
export function runsInProcess(script: string): StartRun {
  return (request, hear) => {
    const child = fork(script, [], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
    const say = (message: RunCommandMessage) => void (child.connected && child.send(message));
    let complaint = "";
    let isOver = false;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = `${complaint}${text}`.slice(-500);
    });
    child.on("message", (value) => {
      const message = value as RunMessage; // from our own code, on a channel that nobody else has
      isOver ||= message.kind === "ended" || message.kind === "failed";
      hear(message);
    });
    child.on("error", () => child.kill("SIGKILL"));
    const ended = new Promise<void>((resolve) => {
      child.once("close", () => {
        if (!isOver) hear({ kind: "failed", message: `the process of the run ended: ${complaint.trim() || "killed"}` });
        resolve();
      });
    });
    say({ kind: "start", request });
    return {
      ended,
      answer: (id, answer) => say({ kind: "answer", id, answer }),
      stop: () => say({ kind: "stop" }),
      kill: () => void child.kill("SIGKILL"),
    };
  };
}

/** Runs in this process. */
export function runsHere(house: RunHouse): StartRun {
  return (request, hear) => {
    const run = reportingRun(house, hear);
    run.hear({ kind: "start", request });
    return {
      ended: run.ended,
      answer: (id, answer) => run.hear({ kind: "answer", id, answer }),
      stop: () => run.hear({ kind: "stop" }),
      kill: () => run.hear({ kind: "stop" }),
    };
  };
}

const command = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start"), request: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal("answer"), id: z.number(), answer: z.enum(["done", "cannot"]) }),
  z.object({ kind: z.literal("stop") }),
]);

/** The other end: what the forked process does. When the station is gone, however it ended, the run is ended in good order. */
export async function serveRun(house: RunHouse): Promise<void> {
  const run = reportingRun(house, (message) => void (process.connected && process.send?.(message)));
  process.on("message", (value) => {
    const heard = command.safeParse(value).data;
    if (heard) run.hear(heard as RunCommandMessage);
  });
  process.on("disconnect", () => run.hear({ kind: "stop" }));
  // Ctrl-C at a terminal reaches every process of the group: the station decides, and tells.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => run.hear({ kind: "stop" }));
  await run.ended;
  if (process.connected) process.disconnect();
}
