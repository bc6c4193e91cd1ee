/** The devices of a bench that lives in one process: virtual reader, simulated cards, terminals and PSAMs. */
import { CARD_KINDS, type SimulatedCardKind } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import type { Random } from "../core/random.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import { card } from "../roles/card/model.ts";
import { cardBox } from "./cards.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import { simulatedTerminal, type TerminalParts } from "./terminals.ts";

export interface InprocParts extends TerminalParts {
  readonly bench: Bench;
  readonly random: Random;
}

export function inprocHardware(parts: InprocParts, use: HardwareUse): Hardware {
  const { bench, keys, random, variation } = parts;
  const specimen: SimulatedCardKind = bench.card.kind === "sim" ? (bench.card.card ?? "specimen") : "specimen";
  const cards = cardBox({ keys, random, role: variation.card?.(card) ?? card }, specimen);
  const reader = virtualReader({ name: "virtual reader", card: cards("specimen") });
  return {
    reader: variation.reader?.(reader) ?? reader,
    cards: CARD_KINDS,
    insert: async (kind) => reader.insert(cards(kind)),
    remove: async () => reader.remove(),
    lines: new Map(
      bench.terminals.map(({ id }, index) => [
        id,
        use.onLink(simulatedTerminal(parts, use, id, index), { link: "line", near: "concentrator", far: "terminal" }),
      ]),
    ),
    [Symbol.asyncDispose]: async () => await reader[Symbol.asyncDispose](),
  };
}
