import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import type { ByteStream } from "../device/contracts.ts";

/** A payment terminal without hardware, at the far end of the lab's second line. */
export interface TerminalEmulator {
  /** Starts to answer on `stream`. Disposing the result stops that and leaves the stream open. */
  attach(stream: ByteStream): AsyncDisposable;
}

/** Hears everything and says nothing: an end of a line where a terminal has yet to be plugged in. */
export const deafTerminal: TerminalEmulator = {
  attach(stream) {
    const undo = stream.onBytes(() => undefined);
    return {
      async [Symbol.asyncDispose](): Promise<void> {
        undo();
      },
    };
  },
};

const WRITE_MS = 5000;

/** Sends back what it hears: shows that a line works where no terminal is plugged in. */
export const echoTerminal: TerminalEmulator = {
  attach(stream) {
    const undo = stream.onBytes((bytes) => {
      // a line that is gone is told by `closed`
      stream.write(bytes, deadlineIn(systemClock, WRITE_MS)).catch(() => undefined);
    });
    return {
      async [Symbol.asyncDispose](): Promise<void> {
        undo();
      },
    };
  },
};
