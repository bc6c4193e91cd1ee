/** Runs a Node program to its end, with a small environment and without its output. */
import { spawn } from "node:child_process";
import { PursebenchError } from "../../harness/core/errors.ts";

/** Characters of the output that an error repeats. */
const TAIL = 2_000;

export interface Ended {
  readonly code: number | null;
  /** The last of what it said. */
  readonly output: string;
}

/** Rejects with `INTERNAL` when the program cannot be started or runs longer than `limitMs`. */
export async function runNode(
  args: readonly string[],
  cwd: string,
  variables: Record<string, string>,
  limitMs: number,
): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", NO_COLOR: "1", CI: "true", ...variables };
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-TAIL);
    });
  }
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", (cause) => reject(new PursebenchError("INTERNAL", `${args[0]} cannot be started`, { cause })));
    child.once("close", (...ended) => resolve(ended));
  });
  if (signal !== null)
    throw new PursebenchError("INTERNAL", `${args[0]} did not end within ${limitMs / 1000} s: ${output}`);
  return { code, output };
}
