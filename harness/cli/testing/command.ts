/** The real command, compiled, as a process of its own, with a place for its labs where it meets no others. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const COMMAND = fileURLToPath(new URL("../../../.build/harness/cli/main.js", import.meta.url));

/** A case that is quick and that needs the card, the terminal and the servers. */
export const ONE_CASE = ["--case", "PAY-BASE-01"];

export interface Ended {
  /** `null` when the command was killed, e.g. because it hung. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when `text` was printed to either stream; rejects when the command ends before. */
  said(text: string | RegExp): Promise<void>;
}

/** Directory for runs, labs and files of one test. Others may pass through it, as pcscd of a lab that root starts has to. */
export function newPlace(): string {
  const place = mkdtempSync(join(tmpdir(), "pb-"));
  chmodSync(place, 0o755);
  return place;
}

/** Starts `pursebench`; what hangs is killed after `limitMs`. */
export function start(place: string, args: readonly string[], limitMs = 60_000): Running {
  return startProgram(place, [process.execPath, COMMAND, ...args], limitMs);
}

export function startProgram(place: string, [file = "", ...args]: readonly string[], limitMs = 60_000): Running {
  const { PCSCLITE_CSOCK_NAME: _, ...environment } = process.env;
  const child = spawn(file, args, {
    env: { ...environment, XDG_RUNTIME_DIR: place },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  const begun = performance.now();
  const heard = { out: "", err: "" };
  const listeners = new Set<() => void>();
  const collect = (stream: "out" | "err") => (text: string) => {
    heard[stream] += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", collect("out"));
  child.stderr.setEncoding("utf8").on("data", collect("err"));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, ...heard, ms: performance.now() - begun }));
  });
  const said = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const all = heard.out + heard.err;
        if (typeof text === "string" ? all.includes(text) : text.test(all)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(({ out, err }) => reject(new Error(`it ended without saying ${text}: ${out}${err}`)));
    });
  return { child, ended, said };
}

export function pursebench(place: string, args: readonly string[], limitMs?: number): Promise<Ended> {
  return start(place, args, limitMs).ended;
}
