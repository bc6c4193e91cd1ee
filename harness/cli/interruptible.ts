import type { Io } from "./io.ts";

/** Work with a signal that the first Ctrl-C aborts, saying that `what` is done now; the second one ends the process at once. */
export async function interruptible<T>(io: Io, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const undo = io.onInterrupt(() => {
    if (controller.signal.aborted) return io.exitNow(130);
    io.err(`\nInterrupted: ${what}. Once more ends at once.\n`);
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    undo();
  }
}
