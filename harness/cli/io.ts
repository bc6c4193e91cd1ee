/** Where the command prints and how it hears Ctrl-C: the process, or a test. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether standard output is a terminal: then lines may be written over. */
  readonly isTty: boolean;
  /** Calls back at each Ctrl-C (or SIGTERM). Returns its undo. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

export function processIo(): Io {
  // Whoever reads the output may stop to (`| head`): the run goes on, its evidence is in files.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY === true,
    onInterrupt(listener) {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => void process.off("SIGINT", listener).off("SIGTERM", listener);
    },
    exitNow: (code) => process.exit(code),
  };
}
