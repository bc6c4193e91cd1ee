/** The devices of a lab as one system uses them; what is played is fresh for every system. */
import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import type { TerminalFields } from "../bench/site-fields.ts";
import { isPlayed } from "../bench/spec.ts";
import type { CardTear } from "../core/card-tear.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { ByteStream } from "../device/contracts.ts";
import type { CardKind } from "../flows/system.ts";
import { plugTerminal } from "../lab/terminal-plug.ts";
import type { Exchange } from "../link/exchange.ts";
import { pacedStream } from "../link/paced-line.ts";
import { type ServeT1Options, serveT1 } from "../link/serve-t1.ts";
import { t1Link } from "../link/t1-link.ts";
import { card } from "../roles/card/model.ts";
import { simulatedCard } from "./cards.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import type { LabDevices, LabLine } from "./lab-devices.ts";
import { onDemand } from "./on-demand.ts";
import type { OpenOptions } from "./open-options.ts";
import type { Pace } from "./pace.ts";
import { lineEnds, lineOptions, type PlayedTerminal, playTerminal } from "./played-terminals.ts";
import { psamInReader } from "./psam-exchange.ts";
import { isReal } from "./real-reader.ts";
import { switchingReader } from "./switching-reader.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface LabParts {
  readonly options: OpenOptions;
  readonly keys: TestKeySet;
  readonly timeouts: SystemTimeouts;
  readonly devices: LabDevices;
}

const PLUG_MS = 10_000;

export async function labHardware(parts: LabParts, use: HardwareUse): Promise<Hardware> {
  const { devices, options, keys } = parts;
  const { bench, variation } = options;
  const stack = new DisposalStack();
  const handled = {
    reader: variation.reader?.(devices.reader) ?? devices.reader,
    exchanges: devices.hand.exchanges,
    insert: (kind: CardKind) => devices.hand.insert(kind),
    remove: () => devices.hand.remove(),
    tear: (tear: CardTear | undefined, onTorn: () => void) => devices.hand.tear(tear, onTorn),
  };
  const virtual = () => simulatedCard("virtual", { keys, random: systemRandom, role: variation.card?.(card) ?? card });
  const place = stack.use(switchingReader(handled, virtual));
  const terminals = bench.terminals.map((fields, index) => connectTerminal(parts, use, fields, index, stack));
  return {
    reader: place.reader,
    exchanges: place.exchanges,
    insert: (kind) => place.insert(kind),
    remove: () => place.remove(),
    tear: (tear, onTorn) => place.tear(tear, onTorn),
    cards: cardsOf(bench),
    lines: new Map(terminals.map(({ IDTERM, line }) => [IDTERM, line])),
    powerCycle: async () => {
      for (const { played } of terminals) await played?.powerCycle();
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

/** Only the harness's own cards can be exchanged for others in a reader; one that is a program needs none. A real reader needs a hand. */
export function cardsOf(bench: Bench): readonly CardKind[] {
  if (isReal(bench.card)) return ["virtual"];
  return isPlayed(bench.card) ? CARD_KINDS : ["specimen", "virtual"];
}

interface Connected {
  readonly IDTERM: string;
  readonly line: Exchange;
  readonly played: PlayedTerminal | undefined;
}

/** Lines, plugs and PSAM readers are used from the first message to a terminal on. */
function connectTerminal(
  { options, keys, timeouts, devices }: LabParts,
  use: HardwareUse,
  fields: TerminalFields,
  index: number,
  stack: DisposalStack,
): Connected {
  const { bench, variation, pace } = options;
  const holder = devices.psamReaders.get(fields.id);
  const psam =
    holder &&
    onDemand(() => {
      holder.use();
      return psamInReader(holder.reader, stack, systemClock);
    });
  const parts = { keys, clock: systemClock, variation, timeouts };
  const played = fields.terminal.kind === "sim" ? playTerminal(parts, use, fields, index, psam) : undefined;
  const line = devices.lines.get(fields.id);
  const way = { stack, IDTERM: fields.id, pace, t1: lineOptions(variation) };
  const carried = line ? onDemand(() => openLine(line, played?.terminal, way)) : played?.terminal;
  if (!carried) throw new PursebenchError("INTERNAL", `terminal ${fields.id} has neither line nor player`);
  return { IDTERM: fields.id, line: use.onLink(carried, lineEnds(bench, fields)), played };
}

/** How messages come to a terminal on a line. */
interface LineWay {
  readonly stack: DisposalStack;
  readonly IDTERM: string;
  readonly pace: Pace | undefined;
  /** Of the terminal, where it is played. */
  readonly t1: ServeT1Options;
}

async function openLine(
  { stream, plug }: LabLine,
  terminal: Exchange | undefined,
  { stack, IDTERM, pace, t1 }: LineWay,
): Promise<Exchange> {
  const paced = (end: ByteStream) => (pace ? pacedStream(end, systemClock, pace.lineBaud) : end);
  if (terminal && plug !== undefined) {
    const far = stack.use(await plugTerminal(plug, deadlineIn(systemClock, PLUG_MS)));
    stack.use(serveT1(paced(far), terminal, systemClock, t1));
  }
  return stack.use(t1Link(paced(stream), systemClock, { onTraffic: (_, bytes) => pace?.onLine?.(IDTERM, bytes) }));
}
