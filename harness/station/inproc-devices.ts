/** The devices of a bench in one process: virtual readers, played cards, terminals and PSAMs. */
import { CARD_KINDS, type SimulatedCardKind } from "../bench/card-kinds.ts";
import type { CardTear } from "../core/card-tear.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { PsamWish } from "../flows/devices.ts";
import { serveT1 } from "../link/serve-t1.ts";
import { card } from "../roles/card/model.ts";
import { journalled } from "../roles/card/nvm.ts";
import { cardBox } from "./cards.ts";
import type { DevicePlaces, LinePlace, PlacesUse } from "./device-places.ts";
import type { InprocParts } from "./inproc-hardware.ts";
import { inprocSlot } from "./inproc-slot.ts";
import { lineOptions, playTerminal } from "./played-terminals.ts";
import { psamCard } from "./psam-exchange.ts";
import { tearCard } from "./tear-card.ts";
import { simulatedPsam } from "./terminals.ts";

export function inprocDevices(parts: InprocParts, use: PlacesUse): DevicePlaces {
  const { bench, keys, random, variation, onCard } = parts;
  const stack = new DisposalStack();
  const specimen: SimulatedCardKind = bench.card.kind === "sim" ? (bench.card.card ?? "specimen") : "specimen";
  const writeOrder = variation.cardWriteOrder?.(journalled);
  const cards = cardBox({ keys, random, role: variation.card?.(card) ?? card, writeOrder, onCard }, specimen);
  let inReader = cards("specimen");
  const real = stack.use(virtualReader({ name: "virtual reader", card: inReader }));
  return {
    reader: variation.reader?.(real) ?? real,
    insert: async (kind) => {
      real.remove();
      inReader = cards(known(kind));
      real.insert(inReader);
    },
    remove: async () => real.remove(),
    tear: async (tear: CardTear | undefined, onTorn: () => void) => tearCard(real, inReader, tear, onTorn),
    psam: async (wish) => stack.use(psamReader(parts, wish)),
    slot: (index) => stack.use(inprocSlot(index, { clock: parts.clock, variation })),
    line: async (IDTERM) => playedLine(parts, use, IDTERM, stack),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function known(kind: string): SimulatedCardKind {
  const found = CARD_KINDS.find((each) => each === kind);
  if (found) return found;
  throw new PursebenchError("USAGE", `no card of the kind ${kind}`, { mend: `use one of: ${CARD_KINDS.join(", ")}` });
}

function psamReader(parts: InprocParts, { kind }: PsamWish): CardReader {
  const reader = virtualReader({ name: "PSAM reader", card: psamCard(simulatedPsam(parts, 0, kind)) });
  return parts.variation.psamReader?.(reader) ?? reader;
}

/** A terminal that is played, at the far end of a line in process. */
function playedLine(parts: InprocParts, use: PlacesUse, IDTERM: string, stack: DisposalStack): LinePlace {
  const index = parts.bench.terminals.findIndex(({ id }) => id === IDTERM);
  const fields = parts.bench.terminals[index];
  if (!fields) throw new PursebenchError("USAGE", `the bench has no terminal ${IDTERM}`, { mend: "name another" });
  const onLink: Parameters<typeof playTerminal>[1] = { trace: () => undefined, onLink: (inner) => use.onSam(inner) };
  const played = playTerminal(parts, onLink, fields, index, undefined);
  const [near, far] = byteStreamPair(`line of terminal ${IDTERM}`);
  const serve = () => serveT1(far, played.terminal, parts.clock, lineOptions(parts.variation));
  let serving = serve();
  stack.defer(async () => await serving[Symbol.asyncDispose]());
  return {
    stream: near,
    async powerCycle() {
      await serving[Symbol.asyncDispose]();
      await played.cutPower();
      serving = serve();
    },
  };
}
