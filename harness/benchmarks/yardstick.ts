/** The plain C loop over SCardTransmit, compiled when it is needed. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../bench/package-root.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";

const run = promisify(execFile);

export interface Yardstick {
  /** GET BALANCE `count` times on `reader` of the pcscd behind `socket`; APDUs a second. */
  apdusPerSecond(socket: string, reader: string, count: number): Promise<number>;
}

/** Compiles into `folder`. `SERVICE_ABSENT` without a C compiler or the headers of pcsc-lite. */
export async function compileYardstick(folder: string): Promise<Yardstick> {
  const source = join(packageRoot(), "harness", "benchmarks", "apdu-rate.c");
  const program = join(folder, "apdu-rate");
  try {
    await run("gcc", ["-O2", "-I/usr/include/PCSC", "-o", program, source, "-lpcsclite"]);
  } catch (cause) {
    throw new PursebenchError("SERVICE_ABSENT", `the C loop does not compile: ${messageOf(cause)}`, {
      mend: "apt-get install g++ libpcsclite-dev",
      cause,
    });
  }
  return {
    async apdusPerSecond(socket, reader, count) {
      const env = { ...process.env, PCSCLITE_CSOCK_NAME: socket };
      const { stdout } = await run(program, [reader, String(count)], { env });
      return Number(stdout);
    },
  };
}
