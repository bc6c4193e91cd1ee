/** Where the command prints and how it hears Ctrl-C and keys: the process, or a test. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether standard output is a terminal: then lines may be written over. */
  readonly isTty: boolean;
  /** Somebody sits at a terminal and can be asked (on standard error); absent where nobody does. */
  readonly keyboard?: Keyboard | undefined;
  /** Calls back at each Ctrl-C (or SIGTERM). Returns its undo. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

export interface Keyboard {
  /** Calls back at each key, as the terminal sends it, without waiting for the end of a line. Ctrl-C interrupts as ever. Returns its undo. */
  onKey(listener: (key: string) => void): () => void;
}

export function processIo(): Io {
  // Whoever reads the output may stop to (`| head`): the run goes on, its evidence is in files.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY === true,
    keyboard: process.stdin.isTTY === true && process.stderr.isTTY === true ? { onKey: listenForKeys } : undefined,
    onInterrupt(listener) {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => void process.off("SIGINT", listener).off("SIGTERM", listener);
    },
    exitNow: (code) => process.exit(code),
  };
}

/** In raw mode the terminal makes no signal of Ctrl-C. */
function listenForKeys(listener: (key: string) => void): () => void {
  const { stdin } = process;
  const hear = (bytes: Buffer) => {
    for (const key of bytes.toString("latin1")) {
      if (key === "\u0003") process.emit("SIGINT");
      else listener(key);
    }
  };
  stdin.setRawMode(true);
  stdin.on("data", hear);
  stdin.resume();
  return () => {
    stdin.off("data", hear);
    stdin.pause();
    stdin.setRawMode(false);
  };
}
