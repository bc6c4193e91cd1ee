/** The terminal that sits on the lab's line while no other is plugged in: the reference terminal behind T=1. */
import { systemClock } from "../core/clock.ts";
import { nowhere } from "../core/trace.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { TerminalEmulator } from "../lab/terminal-emulator.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { testKeys } from "./fixtures.ts";
import { simulatedTerminal } from "./terminals.ts";
import { timeoutsOf } from "./timeouts.ts";

/** `IDTERM`: 8 hex digits. Its data store and PSAM live as long as the emulator. */
export function residentTerminal(IDTERM: string): TerminalEmulator {
  const parts = { keys: testKeys(), clock: systemClock, variation: REFERENCE, timeouts: timeoutsOf({}) };
  const terminal = simulatedTerminal(parts, { trace: nowhere, onLink: (inner) => inner }, IDTERM, 0);
  return { attach: (stream) => serveT1(stream, terminal, systemClock) };
}
