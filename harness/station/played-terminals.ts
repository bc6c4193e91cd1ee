/** The terminals that the harness plays, each with its security card, and what brings them back after a power cut. */

import type { Bench } from "../bench/schema.ts";
import { psamOf } from "../bench/serving.ts";
import type { TerminalFields } from "../bench/site-fields.ts";
import type { Variation } from "../defects/variation.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";
import type { ServeT1Options } from "../link/serve-t1.ts";
import { TERMINAL_LINE } from "../link/terminal-line.ts";
import type { ServedTerminal } from "../roles/terminal/serve.ts";
import type { HardwareUse } from "./hardware.ts";
import { simulatedTerminal, type TerminalParts } from "./terminals.ts";

/** A terminal of the bench as the harness plays it. */
export interface PlayedTerminal {
  readonly terminal: Exchange;
  /** Once what is under way is done. */
  powerCycle(): Promise<void>;
  /** At once. */
  cutPower(): Promise<void>;
}

/**
 * `psam`: the security card in a reader; the terminal's own simulated one when absent. Terminal and PSAM are made for the
 * first message: most cases need one of the bench's many.
 */
export function playTerminal(
  parts: TerminalParts,
  use: HardwareUse,
  { id, kind }: TerminalFields,
  index: number,
  psam: Exchange | undefined,
): PlayedTerminal {
  let made: ServedTerminal | undefined;
  return {
    terminal: {
      exchange(request, deadline) {
        made ??= simulatedTerminal({ ...parts, psam }, use, id, index, kind);
        return made.exchange(request, deadline);
      },
    },
    powerCycle: async () => await made?.powerCycle(),
    cutPower: async () => await made?.cutPower(),
  };
}

/** Whether the security card of terminal number `index` is a card in some reader. */
export function isPsamInReader(bench: Bench, index: number): boolean {
  const terminal = bench.terminals[index];
  const psam = terminal && psamOf(terminal, index, bench.psam);
  return psam !== undefined && psam.kind !== "sim";
}

/** The line of a terminal: its concentrator asks, or its payment server itself. */
export function lineEnds(bench: Bench, { reach, server }: TerminalFields): Ends {
  const isDirect = (reach ?? (bench.concentrator ? "concentrator" : "direct")) === "direct";
  return { link: "line", near: isDirect ? server : "concentrator", far: "terminal" };
}

/** How a terminal that is played behaves on its line. */
export function lineOptions({ terminalLine }: Variation): ServeT1Options {
  return terminalLine === undefined ? {} : { line: terminalLine(TERMINAL_LINE) };
}
