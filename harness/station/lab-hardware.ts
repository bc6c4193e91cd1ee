/** The devices of a lab as one system uses them; what is played is fresh for every system. */
import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { CardKind } from "../flows/system.ts";
import { plugTerminal } from "../lab/terminal-plug.ts";
import type { Exchange } from "../link/exchange.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { t1Link } from "../link/t1-link.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import type { LabDevices } from "./lab-devices.ts";
import type { OpenOptions } from "./open-options.ts";
import { psamInReader } from "./psam-exchange.ts";
import { simulatedTerminal } from "./terminals.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface LabParts {
  readonly options: OpenOptions;
  readonly keys: TestKeySet;
  readonly timeouts: SystemTimeouts;
  readonly devices: LabDevices;
}

const LINE = { link: "line", near: "concentrator", far: "terminal" } as const;
const PLUG_MS = 10_000;

export async function labHardware(parts: LabParts, use: HardwareUse): Promise<Hardware> {
  const { devices, options } = parts;
  const stack = new DisposalStack();
  try {
    const lines = await terminalLines(parts, use, stack);
    return {
      reader: options.variation.reader?.(devices.reader) ?? devices.reader,
      cards: cardsOf(options.bench),
      insert: (kind) => devices.hand.insert(kind),
      remove: () => devices.hand.remove(),
      lines,
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** Only the harness's own cards can be exchanged for others. */
export function cardsOf(bench: Bench): readonly CardKind[] {
  return bench.card.kind === "sim" ? CARD_KINDS : ["specimen"];
}

async function terminalLines(
  parts: LabParts,
  use: HardwareUse,
  stack: DisposalStack,
): Promise<ReadonlyMap<string, Exchange>> {
  const { bench } = parts.options;
  const { devices, keys, timeouts, options } = parts;
  const psam = devices.psamReader && (await psamInReader(devices.psamReader, stack));
  const lines = new Map<string, Exchange>();
  for (const [index, { id, terminal }] of bench.terminals.entries()) {
    const line = devices.lines.get(id);
    const played = {
      keys,
      clock: systemClock,
      variation: options.variation,
      timeouts,
      psam: index === 0 ? psam : undefined,
    };
    const own = terminal.kind === "sim" ? simulatedTerminal(played, use, id, index) : undefined;
    if (line && own && devices.lab) {
      const plug = stack.use(await plugTerminal(devices.lab.terminalPlug, deadlineIn(systemClock, PLUG_MS)));
      stack.use(serveT1(plug, own, systemClock));
    }
    const carried = line ? stack.use(t1Link(line, systemClock)) : own;
    if (carried) lines.set(id, use.onLink(carried, LINE));
  }
  return lines;
}
