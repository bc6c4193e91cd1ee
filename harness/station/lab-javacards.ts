/**
 * Card kinds `javacard`, `javacard-psam` and `javacard-exerciser` of the virtual lab: the test applets in a Java Card runtime, the
 * first two supplied from `fixtures/`.
 */
import { z } from "zod";
import { CARD_KINDS, type SimulatedCardKind } from "../bench/card-kinds.ts";
import { fromHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { CardFactory, Occupant, SlotHand } from "../lab/cards/card-kind.ts";
import { type JavaCard, JavaRuntime } from "../lab/cards/java-runtime.ts";
import { createCard } from "../roles/card/personalise.ts";
import { cardSupply } from "../roles/card/supply.ts";
import { createPsam } from "../roles/psam/personalise.ts";
import type { PsamData } from "../roles/psam/psam-data.ts";
import { psamSupply } from "../roles/psam/supply.ts";
import { simulatedCard } from "./cards.ts";
import { cardData, psamData, testKeys } from "./fixtures.ts";
import { warmUp } from "./java-warm-up.ts";
import { supplyCard, supplyPsam } from "./supply.ts";
import { psamOfTerminal } from "./terminals.ts";

const RUNTIME_MS = 30_000;

/** `fresh`: every card is made anew; "alone": this one is, and the others stay. */
const cardSpec = z.looseObject({
  card: z.enum(CARD_KINDS).default("specimen"),
  fresh: z.union([z.boolean(), z.literal("alone")]).optional(),
});
/** `index`: number of the terminal that it belongs to. `like`: one of `fixtures/psams/` in place of that terminal's. */
const psamSpec = z.looseObject({
  index: z.number().int().min(0).max(63),
  fresh: z.boolean().optional(),
  like: z.string().optional(),
});

/** With the answer to reset, hex, where another is wanted: it tells the protocol. */
const exerciserSpec = z.looseObject({ ATR: z.string().optional() });

/** All kinds, on one Java virtual machine that starts with the first card. */
export function labJavaCards(): readonly (readonly [string, CardFactory])[] {
  const runtime = lazily(openWarm);
  const purses = new Kept<SimulatedCardKind>((kind) => purse(runtime, kind));
  const psams = new Kept<string>((name) => psam(runtime, name));
  return [
    [
      "javacard",
      async (spec, slot) => {
        const { card, fresh } = read(cardSpec, spec, "javacard", '{"kind":"javacard","card":"specimen"}');
        if (fresh === true) await purses.forgetAll();
        if (fresh === "alone") await purses.forget(card);
        return seated(await purses.get(card), slot);
      },
    ],
    [
      "javacard-psam",
      async (spec, slot) => {
        const { index, fresh, like } = read(psamSpec, spec, "javacard-psam", '{"kind":"javacard-psam","index":0}');
        const name = like ?? `of terminal ${index}`;
        if (fresh) await psams.forget(name);
        return seated(await psams.get(name), slot);
      },
    ],
    [
      "javacard-exerciser",
      async (spec, slot) => {
        const { ATR } = read(exerciserSpec, spec, "javacard-exerciser", '{"kind":"javacard-exerciser"}');
        const card = await (await runtime()).newCard("exerciser", ATR === undefined ? undefined : fromHex(ATR));
        const occupant = seated(card, slot);
        return {
          ...occupant,
          async [Symbol.asyncDispose](): Promise<void> {
            await occupant[Symbol.asyncDispose]();
            await card[Symbol.asyncDispose]();
          },
        };
      },
    ],
  ];
}

/** A kind that is wrong on purpose is no Java Card: nobody certifies it. */
async function purse(runtime: () => Promise<JavaRuntime>, kind: SimulatedCardKind): Promise<VirtualCard> {
  if (kind === "mute" || kind === "malformed-atr" || kind === "no-purse") {
    return simulatedCard(kind, { keys: testKeys(), random: systemRandom });
  }
  return await purseCard(await runtime(), kind);
}

/** Not powered; everything that a case may want of it is on it. */
async function purseCard(runtime: JavaRuntime, kind: SimulatedCardKind): Promise<JavaCard> {
  const card = await runtime.newCard("iep");
  await card.powerOn();
  const { purse: held } = createCard(cardData(kind), testKeys(), systemRandom);
  await supplyCard((command) => card.transmit(command), cardSupply(held));
  card.powerOff?.();
  return card;
}

async function psamCard(runtime: JavaRuntime, data: PsamData): Promise<JavaCard> {
  const card = await runtime.newCard("psam");
  await card.powerOn();
  const { memory } = createPsam(data, testKeys());
  await supplyPsam((command) => card.transmit(command), psamSupply(memory));
  card.powerOff?.();
  return card;
}

async function psam(runtime: () => Promise<JavaRuntime>, name: string): Promise<VirtualCard> {
  const [, index] = /^of terminal (\d+)$/.exec(name) ?? [];
  return await psamCard(await runtime(), index === undefined ? psamData(name) : psamOfTerminal(Number(index)));
}

/** The runtime, after a purchase with each kind of key. */
async function openWarm(): Promise<JavaRuntime> {
  const runtime = await JavaRuntime.open(deadlineIn(systemClock, RUNTIME_MS));
  for (const kind of ["specimen", "aes", "rsa"] as const) {
    await using card = await purseCard(runtime, kind);
    await using psam = await psamCard(runtime, psamOfTerminal(0));
    const ATR = await card.powerOn();
    await psam.powerOn();
    const ask = (of: JavaCard) => (command: Uint8Array) => of.transmit(command);
    await warmUp(ask(card), ask(psam), ATR ?? new Uint8Array(0), kind === "rsa");
  }
  return runtime;
}

function seated(card: VirtualCard, slot: SlotHand): Occupant {
  slot.insert(card);
  return {
    details: {},
    ...(card.tearAt ? { tearAt: card.tearAt.bind(card) } : {}),
    async [Symbol.asyncDispose](): Promise<void> {
      slot.remove();
    },
  };
}

/** Cards by name, each made when it is first asked for. */
class Kept<K> {
  readonly #make: (name: K) => Promise<VirtualCard>;
  readonly #cards = new Map<K, VirtualCard>();

  constructor(make: (name: K) => Promise<VirtualCard>) {
    this.#make = make;
  }

  async get(name: K): Promise<VirtualCard> {
    const card = this.#cards.get(name) ?? (await this.#make(name));
    this.#cards.set(name, card);
    return card;
  }

  async forget(name: K): Promise<void> {
    const card = this.#cards.get(name);
    this.#cards.delete(name);
    if (card && isRunning(card)) await card[Symbol.asyncDispose]();
  }

  async forgetAll(): Promise<void> {
    for (const name of [...this.#cards.keys()]) await this.forget(name);
  }
}

function isRunning(card: VirtualCard): card is JavaCard {
  return Symbol.asyncDispose in card;
}

function lazily<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}

function read<T>(schema: z.ZodType<T>, spec: unknown, kind: string, example: string): T {
  const parsed = schema.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new PursebenchError("USAGE", `a card of kind ${kind} is not described like that`, { mend: `e.g. ${example}` });
}
