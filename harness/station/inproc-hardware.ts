/** The devices of a bench that lives in one process: virtual reader, simulated cards, terminals and PSAMs. */
import { CARD_KINDS, type SimulatedCardKind } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import type { CardTear } from "../core/card-tear.ts";
import { DisposalStack } from "../core/disposal.ts";
import type { Random } from "../core/random.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { Exchange } from "../link/exchange.ts";
import { pacedLine } from "../link/paced-line.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { t1Link } from "../link/t1-link.ts";
import { card } from "../roles/card/model.ts";
import { journalled } from "../roles/card/nvm.ts";
import { type CardParts, cardBox } from "./cards.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import { onDemand } from "./on-demand.ts";
import type { Pace } from "./pace.ts";
import { isPsamInReader, lineEnds, lineOptions, playTerminal } from "./played-terminals.ts";
import { psamCard, psamInReader } from "./psam-exchange.ts";
import { switchingReader } from "./switching-reader.ts";
import { tearCard } from "./tear-card.ts";
import { simulatedPsam, type TerminalParts } from "./terminals.ts";

export interface InprocParts extends TerminalParts {
  readonly bench: Bench;
  readonly random: Random;
  readonly pace?: Pace | undefined;
  readonly onCard?: CardParts["onCard"];
}

export function inprocHardware(parts: InprocParts, use: HardwareUse): Hardware {
  const { bench, keys, random, variation, onCard } = parts;
  const stack = new DisposalStack();
  const specimen: SimulatedCardKind = bench.card.kind === "sim" ? (bench.card.card ?? "specimen") : "specimen";
  const writeOrder = variation.cardWriteOrder?.(journalled);
  const cards = cardBox({ keys, random, role: variation.card?.(card) ?? card, writeOrder, onCard }, specimen);
  let inReader = cards("specimen");
  const real = stack.use(virtualReader({ name: "virtual reader", card: inReader }));
  const handled = {
    reader: variation.reader?.(real) ?? real,
    insert: async (kind: SimulatedCardKind) => {
      inReader = cards(kind);
      real.insert(inReader);
    },
    remove: async () => real.remove(),
    tear: async (tear: CardTear | undefined, onTorn: () => void) => tearCard(real, inReader, tear, onTorn),
  };
  const place = stack.use(switchingReader(handled, () => cards("virtual")));
  const played = bench.terminals.map((terminal, index) => ({
    fields: terminal,
    ...playTerminal(parts, use, terminal, index, psamInVirtualReader(parts, index, stack)),
  }));
  return {
    reader: place.reader,
    insert: (kind) => place.insert(kind),
    remove: () => place.remove(),
    tear: (tear, onTorn) => place.tear(tear, onTorn),
    cards: CARD_KINDS,
    lines: new Map(
      played.map(({ fields, terminal }) => [
        fields.id,
        use.onLink(onLine(parts, fields.id, terminal, stack), lineEnds(bench, fields)),
      ]),
    ),
    powerCycle: async () => {
      for (const each of played) await each.powerCycle();
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function psamInVirtualReader(parts: InprocParts, index: number, stack: DisposalStack): Exchange | undefined {
  if (!isPsamInReader(parts.bench, index)) return undefined;
  return onDemand(() => {
    const reader = virtualReader({ name: "PSAM reader", card: psamCard(simulatedPsam(parts, index)) });
    return psamInReader(stack.use(reader), stack, parts.clock);
  });
}

/** Function calls, or T=1 over characters that take their time. */
function onLine(
  { pace, clock, variation }: InprocParts,
  IDTERM: string,
  terminal: Exchange,
  stack: DisposalStack,
): Exchange {
  if (!pace) return terminal;
  const [near, far] = pacedLine(clock, pace.lineBaud);
  stack.use(serveT1(far, terminal, clock, lineOptions(variation)));
  return stack.use(t1Link(near, clock, { onTraffic: (_, bytes) => pace.onLine?.(IDTERM, bytes) }));
}
