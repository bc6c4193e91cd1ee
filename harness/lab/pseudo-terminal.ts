import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { PursebenchError } from "../core/errors.ts";
import { LAB_PROGRAMS } from "./packages.ts";
import { PipeStream } from "./pipe-stream.ts";
import { adopt, type Child } from "./process/child.ts";

/** A serial line: whatever opens the file at `path` talks to `stream`. */
export interface PseudoTerminal extends AsyncDisposable {
  readonly path: string;
  readonly stream: PipeStream;
  readonly child: Child;
}

/** Makes the line with a symbolic link at `path`. `owner`: user name that may open it besides us. */
export async function openPseudoTerminal(path: string, owner: string | undefined): Promise<PseudoTerminal> {
  const far = `PTY,raw,echo=0,link=${path},unlink-close=1,mode=0600${owner === undefined ? "" : `,user=${owner}`}`;
  const socat = spawn(LAB_PROGRAMS.socat.path, ["-d", "-d", "-t", "0", far, "STDIO"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const child = await adopt(socat, `socat for ${path}`, `apt-get install ${LAB_PROGRAMS.socat.package}`);
  const complaints: string[] = [];
  const lines = createInterface({ input: socat.stderr });
  const ready = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      complaints.push(line);
      complaints.splice(0, complaints.length - 5);
      if (line.includes("starting data transfer loop")) resolve(); // socat's notice that both ends are open
    });
  });
  const failed = child.ended.then((reason) => {
    throw new PursebenchError("DEVICE_ABSENT", `no pseudo terminal at ${path}: ${reason}: ${complaints.join("; ")}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined); // from here on the stream tells the end
  const hold = await holdOpen(path);
  const stream = new PipeStream(path, socat.stdin, socat.stdout);
  return {
    path,
    stream,
    child,
    async [Symbol.asyncDispose](): Promise<void> {
      await hold.close();
      await stream[Symbol.asyncDispose]();
      await child[Symbol.asyncDispose]();
      if (!socat.stdout.destroyed) await once(socat.stdout, "close").catch(() => undefined);
    },
  };
}

/**
 * socat ends when the last program closes the line; a handle of our own keeps it for the next one. A background process
 * leads its session and must not make the line its controlling terminal.
 */
function holdOpen(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_NOCTTY);
}
