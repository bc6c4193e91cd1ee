/** The devices of a bench that lives in one process: virtual reader, simulated cards, terminals and PSAMs. */
import { CARD_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Random } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { type VirtualReader, virtualReader } from "../device/virtual/virtual-reader.ts";
import type { CardKind } from "../flows/system.ts";
import type { Exchange } from "../link/exchange.ts";
import { card } from "../roles/card/model.ts";
import { psam } from "../roles/psam/model.ts";
import { createPsam } from "../roles/psam/personalise.ts";
import { servePsam } from "../roles/psam/serve.ts";
import { terminal } from "../roles/terminal/model.ts";
import { serveTerminal } from "../roles/terminal/serve.ts";
import { memoryStore } from "../roles/terminal/store.ts";
import { simulatedCard } from "./cards.ts";
import { psamData } from "./fixtures.ts";
import type { Hardware, HardwareUse } from "./hardware.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface InprocParts {
  readonly bench: Bench;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly variation: Variation;
  readonly timeouts: SystemTimeouts;
}

/** Location of every terminal of the bench, BCD. */
const LOC = "04900001";

export function inprocHardware(parts: InprocParts, use: HardwareUse): Hardware {
  const { bench, keys, random, variation } = parts;
  const cardRole = variation.card?.(card) ?? card;
  const specimen = bench.card.kind === "sim" ? (bench.card.card ?? "specimen") : "specimen";
  const make = (kind: CardKind) => {
    const name = kind === "specimen" ? specimen : kind;
    return simulatedCard(name, { keys, random, role: cardRole });
  };
  // one card of each kind: what comes back into the reader is what was taken out, with all that it keeps
  const drawer = new Map<CardKind, VirtualCard>();
  const cardOf = (kind: CardKind) => {
    const card = drawer.get(kind) ?? make(kind);
    drawer.set(kind, card);
    return card;
  };
  const reader: VirtualReader = virtualReader({ name: "virtual reader", card: cardOf("specimen") });
  return {
    reader: variation.reader?.(reader) ?? reader,
    cards: CARD_KINDS,
    insert: async (kind) => reader.insert(cardOf(kind)),
    remove: async () => reader.remove(),
    lines: new Map(bench.terminals.map(({ id }, index) => [id, oneTerminal(parts, use, id, index)])),
    seesTerminals: true,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** Terminal number `index` of the bench with its own PSAM; lines are links of the system. */
function oneTerminal(parts: InprocParts, use: HardwareUse, IDTERM: string, index: number): Exchange {
  const { keys, clock, variation, timeouts } = parts;
  const name = `psam-${(index % 2) + 1}`;
  const data = psamData(name);
  const role = variation.psam?.(psam) ?? psam;
  const own = servePsam({ state: createPsam({ ...data, IDPSAM: psamNumber(data.IDPSAM, index) }, keys), role });
  const served = serveTerminal({
    identity: { IDTERM, LOC },
    psam: use.onLink(own, { link: "SAM", near: "terminal", far: "psam" }),
    clock,
    trace: use.trace,
    timeouts: timeouts.terminal,
    role: variation.terminal?.(terminal) ?? terminal,
    store: memoryStore(),
  });
  return use.onLink(served, { link: "line", near: "concentrator", far: "terminal" });
}

/** Every terminal has a PSAM of its own number, also beyond the two test PSAMs. */
function psamNumber(IDPSAM: string, index: number): string {
  if (index < 2) return IDPSAM;
  return (Number.parseInt(IDPSAM, 16) + index).toString(16).toUpperCase().padStart(8, "0");
}
