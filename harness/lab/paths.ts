import { statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { PursebenchError } from "../core/errors.ts";

export interface TerminalLinePaths {
  /** Pseudo terminal. */
  readonly line: string;
  /** Socket on which another program may play the terminal at the far end. */
  readonly plug: string;
}

/** Lines to terminals that a lab has: as many as the terminals of the bench that comes along. */
const TERMINAL_LINES = 5;

/** Every file of one lab, all in its own directory. */
export interface LabPaths {
  readonly directory: string;
  /** What runs, for `status`, `down` and for cleaning up after a crash. */
  readonly state: string;
  readonly control: string;
  readonly pcscSocket: string;
  /** Directory of reader definitions for pcscd, and the file in it. */
  readonly readerDefinitions: string;
  readonly readerDefinition: string;
  readonly readerLine: string;
  /** The lines to terminals, first the one that has a terminal of the lab's own. */
  readonly terminalLines: readonly TerminalLinePaths[];
  readonly log: string;
  readonly pcscdLog: string;
}

/** `sun_path` of a unix socket has 108 bytes with its end, and libpcsclite cuts what is longer without a word. */
const SOCKET_PATH_BOUND = 104;

/**
 * Files of the lab called `name`. Users do not meet: the directory carries the user number. `USAGE` for a name that
 * is no plain word, or when the directory makes socket paths too long.
 */
export function labPaths(name?: string): LabPaths {
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
    throw new PursebenchError("USAGE", `"${name}" is no name for a lab`, {
      mend: "use up to 32 lower-case letters, digits and hyphens",
    });
  }
  const base = baseDirectory();
  const directory = join(base, `pursebench-lab-${userInfo().uid}${name === undefined ? "" : `-${name}`}`);
  const within = (file: string): string => join(directory, file);
  if (within("control.sock").length > SOCKET_PATH_BOUND) {
    throw new PursebenchError("USAGE", `${directory} is too long for a socket`, {
      mend: "set XDG_RUNTIME_DIR to a shorter path",
    });
  }
  return {
    directory,
    state: within("lab.json"),
    control: within("control.sock"),
    pcscSocket: within("pcscd.comm"),
    readerDefinitions: within("reader.conf.d"),
    readerDefinition: within("reader.conf.d/reader"),
    readerLine: within("reader"),
    terminalLines: Array.from({ length: TERMINAL_LINES }, (_, index) => {
      const line = within(index === 0 ? "terminal" : `terminal-${index + 1}`);
      return { line, plug: `${line}.sock` };
    }),
    log: within("lab.log"),
    pcscdLog: within("pcscd.log"),
  };
}

/** Root's pcscd runs as another user, and root's own runtime directory lets nobody else pass. */
function baseDirectory(): string {
  const own = process.env.XDG_RUNTIME_DIR;
  if (!own) return tmpdir();
  if (userInfo().uid !== 0) return own;
  const mode = statSync(own, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o001) === 0 ? tmpdir() : own;
}
