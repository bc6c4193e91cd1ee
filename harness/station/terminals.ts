/** Simulated terminals with simulated PSAMs. */
import type { Clock } from "../core/clock.ts";
import type { Random } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { TerminalFacts } from "../flows/system.ts";
import type { Exchange } from "../link/exchange.ts";
import { psam } from "../roles/psam/model.ts";
import { createPsam } from "../roles/psam/personalise.ts";
import type { PsamData } from "../roles/psam/psam-data.ts";
import { type SimulatedPsam, servePsam } from "../roles/psam/serve.ts";
import { dumbTerminal } from "../roles/terminal/dumb.ts";
import { terminal } from "../roles/terminal/model.ts";
import { type ServedTerminal, serveTerminal } from "../roles/terminal/serve.ts";
import { memoryStore, type TerminalStore } from "../roles/terminal/store.ts";
import { psamData } from "./fixtures.ts";
import type { HardwareUse } from "./hardware.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface TerminalParts {
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly variation: Variation;
  readonly timeouts: SystemTimeouts;
  /** Where session keys of public key cards come from; the system's own when absent. */
  readonly random?: Random | undefined;
  /** A security card that is there; a simulated one when absent. */
  readonly psam?: Exchange | undefined;
  /** Where the terminal keeps its data store; with the object when absent. */
  readonly store?: TerminalStore | undefined;
  /** Hears of each simulated PSAM as it is made. */
  readonly onPsam?: ((psam: SimulatedPsam) => void) | undefined;
}

/** Location of every simulated terminal, BCD. */
const LOC = "04900001";

/**
 * Terminal number `index` of the bench, fresh, with a PSAM of its own; link SAM goes through `use`. A dumb one keeps no data
 * store: whoever drives it does.
 */
export function simulatedTerminal(
  parts: TerminalParts,
  use: HardwareUse,
  IDTERM: string,
  index: number,
  kind: TerminalFacts["kind"] = "smart",
): ServedTerminal {
  const { clock, variation, timeouts } = parts;
  const reference = kind === "smart" ? terminal : dumbTerminal;
  return serveTerminal({
    identity: { IDTERM, LOC },
    psam: use.onLink(parts.psam ?? simulatedPsam(parts, index), { link: "SAM", near: "terminal", far: "psam" }),
    clock,
    trace: use.trace,
    timeouts: timeouts.terminal,
    role: variation.terminal?.(reference) ?? reference,
    store: parts.store ?? memoryStore(),
  });
}

/** The security card of terminal number `index`, fresh; one of `fixtures/psams/` in its place where `kind` names it. */
export function simulatedPsam(
  { keys, variation, random, onPsam }: Pick<TerminalParts, "keys" | "variation" | "random" | "onPsam">,
  index: number,
  kind?: string,
): SimulatedPsam {
  const role = variation.psam?.(psam) ?? psam;
  const data = kind === undefined ? psamOfTerminal(index) : psamData(kind);
  const served = servePsam({ state: createPsam(data, keys, random), role });
  onPsam?.(served);
  return served;
}

/** What the security card of terminal number `index` is personalised with. */
export function psamOfTerminal(index: number): PsamData {
  const data = psamData(`psam-${(index % 2) + 1}`);
  return { ...data, IDPSAM: psamNumber(data.IDPSAM, index) };
}

/** Every terminal has a PSAM of its own number, also beyond the two test PSAMs. */
function psamNumber(IDPSAM: string, index: number): string {
  return (Number.parseInt(IDPSAM, 16) + index - (index % 2)).toString(16).toUpperCase().padStart(8, "0");
}
