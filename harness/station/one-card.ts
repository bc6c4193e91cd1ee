/** One card by its SPEC, without a bench around it: for looking at it and for personalising it. */
import type { DeviceSpec } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError, unreachable } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import { JavaRuntime } from "../lab/cards/java-runtime.ts";
import { vpcdCard } from "../lab/cards/vpcd-card.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";
import { waitForCard } from "./wait-for-card.ts";

const OPEN_MS = 30_000;

export interface OneCard extends AsyncDisposable {
  readonly channel: CardChannel;
  /** Where it is, for people. */
  readonly place: string;
}

export interface OneCardOptions {
  /** How long to wait for a card that is not there yet, ms. */
  readonly waitMs: number;
  readonly tell?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A Java Card as it comes from its supplier: the applet is there, and nothing on it. */
  readonly blank?: "iep" | "psam" | "exerciser" | undefined;
}

/** Powers the card that `spec` names. Rejects as `CardReader.connect`, and with `USAGE` for a SPEC that names no card. */
export async function openOneCard(spec: DeviceSpec, options: OneCardOptions): Promise<OneCard> {
  const stack = new DisposalStack();
  try {
    const reader = stack.use(await readerOf(spec, options, stack));
    await waitForCard(reader, spec, "card", { waitMs: options.waitMs, tell: options.tell, signal: options.signal });
    const channel = stack.use(await reader.connect(deadlineIn(systemClock, OPEN_MS)));
    return { channel, place: reader.name, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function readerOf(spec: DeviceSpec, options: OneCardOptions, stack: DisposalStack): Promise<CardReader> {
  switch (spec.kind) {
    case "pcsc":
    case "serial": {
      const { openRealReader } = await import("./real-reader.ts"); // native modules only where they are needed
      return await openRealReader(spec, deadlineIn(systemClock, OPEN_MS));
    }
    case "sim":
      return holding(
        "simulated card",
        simulatedCard(spec.card ?? "specimen", { keys: testKeys(), random: systemRandom }),
      );
    case "javacard": {
      const runtime = stack.use(await JavaRuntime.open(deadlineIn(systemClock, OPEN_MS)));
      return holding("Java Card runtime", await runtime.newCard(options.blank ?? "iep"));
    }
    case "vpcd":
      return await vpcdReader(spec.port, stack);
    case "reader":
      throw new PursebenchError("USAGE", "that is no card", {
        mend: "use sim, javacard, pcsc:READER NAME, vpcd:PORT or serial:PATH",
      });
    default:
      return unreachable(spec);
  }
}

function holding(name: string, card: VirtualCard): CardReader {
  return virtualReader({ name, card });
}

/** A reader in process that a card program connects to. */
async function vpcdReader(port: number, stack: DisposalStack): Promise<CardReader> {
  const reader = virtualReader({ name: `vpcd port ${port}` });
  const hand = { insert: (card: VirtualCard) => reader.insert(card), remove: () => reader.remove() };
  stack.use(await vpcdCard({ kind: "vpcd", port }, hand));
  return reader;
}
