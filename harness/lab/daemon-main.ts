import { writeSync } from "node:fs";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { TIED } from "./lab.ts";
import { type DaemonParts, startLab } from "./run-daemon.ts";

/** Descriptor on which the starter waits for one line of JSON. */
const REPORT_DESCRIPTOR = 3;

/**
 * Runs the lab until it is asked to end, and ends the process. The composition root calls this from a script of its own
 * when it has more kinds of cards or a real terminal emulator to offer, and names that script to `labUp`.
 */
export async function runLabDaemon(parts: Omit<DaemonParts, "name">): Promise<never> {
  const name = process.argv[2] || undefined;
  for (const signal of ["SIGHUP", "SIGINT"] as const) process.on(signal, () => undefined); // the starter's terminal
  const asked = new Promise<string>((resolve) => process.once("SIGTERM", () => resolve("SIGTERM")));
  const left = process.argv[3] === TIED ? starterEnds() : new Promise<never>(() => undefined);
  try {
    await using lab = await startLab({ name, ...parts });
    report({ ok: true });
    process.stderr.write(`${new Date().toISOString()} ends: ${await Promise.race([asked, left, lab.finished])}\n`);
  } catch (thrown) {
    process.stderr.write(
      `${new Date().toISOString()} failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`,
    );
    const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
    report({ ok: false, message: messageOf(thrown), mend });
    process.exit(1);
  }
  process.exit(0); // connections of the control socket close with the process: that is how `down` learns of its end
}

/** The starter holds the other end of standard input for as long as it lives. */
function starterEnds(): Promise<string> {
  return new Promise((resolve) => {
    process.stdin.on("error", () => undefined).once("close", () => resolve("whoever started it has ended"));
    process.stdin.resume();
  });
}

function report(result: unknown): void {
  try {
    writeSync(REPORT_DESCRIPTOR, `${JSON.stringify(result)}\n`);
  } catch (thrown) {
    process.stderr.write(`nobody waits for the start: ${messageOf(thrown)}\n`);
  }
}
