/** The reference terminal as a program on a serial line (`pursebench terminal`). */
import { parseSpec } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import { nowhere } from "../core/trace.ts";
import { REFERENCE } from "../defects/variation.ts";
import { openSerial } from "../device/serial/open-serial.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { fileStore } from "../roles/terminal/store-file.ts";
import { testKeys } from "./fixtures.ts";
import { openPcscReader } from "./pcsc-reader.ts";
import { psamInReader } from "./psam-exchange.ts";
import { simulatedTerminal } from "./terminals.ts";
import { timeoutsOf } from "./timeouts.ts";

export interface TerminalProgramOptions {
  /** "PATH" or "PATH@BAUD". */
  readonly port: string;
  /** "sim" or "pcsc:READER". */
  readonly psam: string;
  /** 8 hex digits. */
  readonly IDTERM: string;
  /** File of its data store, which outlives the program; kept in memory alone when absent. */
  readonly store?: string | undefined;
}

export interface TerminalProgram extends AsyncDisposable {
  readonly description: string;
  /** Settles when the line is gone. */
  readonly ended: Promise<void>;
}

const OPEN_MS = 10_000;

/** Opens line and security card and answers until it is disposed. Rejects as they do when they cannot be opened. */
export async function serveTerminalProgram(options: TerminalProgramOptions): Promise<TerminalProgram> {
  const deadline = deadlineIn(systemClock, OPEN_MS);
  const line = parseSpec(`serial:${options.port}`, "terminal");
  const card = parseSpec(options.psam, "psam");
  if (line.kind !== "serial") throw new PursebenchError("INTERNAL", "a terminal needs a serial line");
  if (card.kind !== "sim" && card.kind !== "pcsc") {
    throw new PursebenchError("USAGE", `a terminal program has no place for the security card ${options.psam}`, {
      mend: "use sim or pcsc:READER NAME",
    });
  }
  const stack = new DisposalStack();
  try {
    const { path, baud } = line;
    const port = { path, baudRate: baud, dataBits: 8, parity: "even", stopBits: 1 } as const;
    const stream = stack.use(await openSerial(port, deadline));
    const psam =
      card.kind === "pcsc"
        ? await psamInReader(stack.use(await openPcscReader(card.reader, deadline)), stack, systemClock)
        : undefined;
    const store = options.store === undefined ? undefined : fileStore(options.store);
    const parts = { keys: testKeys(), clock: systemClock, variation: REFERENCE, timeouts: timeoutsOf({}), psam, store };
    const terminal = simulatedTerminal(parts, { trace: nowhere, onLink: (inner) => inner }, options.IDTERM, 0);
    stack.use(serveT1(stream, terminal, systemClock));
    return {
      description: `Terminal ${options.IDTERM} answers on ${stream.name}.`,
      ended: stream.closed.then(() => undefined),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}
