/** The card's side of the transmission protocols, character by character. */
import { concat } from "../../core/bytes.ts";
import type { Clock, Timer } from "../../core/clock.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import type { T1Parameters } from "../../protocol/atr/meaning.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { NULL_BYTE } from "../../protocol/t0/tpdu.ts";
import { PROLOGUE_LENGTH } from "../../protocol/t1/block.ts";
import { edcLength } from "../../protocol/t1/edc.ts";
import type { IccEnd } from "../icc/icc-end.ts";
import { T0IccCard } from "../icc/t0-icc-end.ts";
import { t1IccEnd } from "../icc/t1-icc-end.ts";

/** A card after its reset. While it works it is deaf. */
export interface CardCharacters {
  hear(bytes: Uint8Array): void;
  /** Power or reset: it never speaks again. */
  stop(): void;
}

/** Added to the waiting time inside of a block, for the machine that plays the line, ms. */
const TOLERANCE_MS = 200;
const NOTHING = new Uint8Array(0);

/** What the card that sent `atr` is from then on. `say` carries characters to the line. */
export function charactersOf(
  card: VirtualCard,
  atr: Uint8Array,
  clock: Clock,
  baudRate: number,
  say: (bytes: Uint8Array) => void,
): CardCharacters {
  const etuMs = 1000 / baudRate;
  const parsed = parseAtr(atr);
  if (!parsed.ok) return { hear: () => undefined, stop: () => undefined };
  const { firstProtocol, t1, wi } = parsed.atr;
  if (firstProtocol === 1 && t1) return new T1Characters(card, t1, clock, etuMs, say);
  return new T0Characters(card, clock, (960 * wi * etuMs) / 2, say);
}

/** Asks for time at half the waiting time. */
class T0Characters implements CardCharacters {
  readonly #card: T0IccCard;
  readonly #clock: Clock;
  readonly #askEveryMs: number;
  readonly #say: (bytes: Uint8Array) => void;
  #isWorking = false;
  #isStopped = false;

  constructor(card: VirtualCard, clock: Clock, askEveryMs: number, say: (bytes: Uint8Array) => void) {
    this.#card = new T0IccCard(card, card.caseOf ?? (() => 1));
    this.#clock = clock;
    this.#askEveryMs = askEveryMs;
    this.#say = say;
  }

  hear(bytes: Uint8Array): void {
    if (!this.#isWorking && !this.#isStopped) void this.#work(bytes);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #work(bytes: Uint8Array): Promise<void> {
    this.#isWorking = true;
    const work = this.#card.hear(bytes).catch(() => null); // a card program that fails is a card that stays mute
    const timers: Timer[] = [];
    const keepAsking = (): void => {
      const timer = this.#clock.timer(this.#askEveryMs);
      timers.push(timer);
      void timer.elapsed.then(() => {
        if (!this.#isWorking || this.#isStopped) return;
        this.#say(Uint8Array.of(NULL_BYTE));
        keepAsking();
      });
    };
    keepAsking();
    const answer = await work;
    this.#isWorking = answer === null; // mute for good, and it asks for no more time
    for (const timer of timers) timer.cancel();
    if (answer === null) this.stop();
    else if (answer.length > 0) this.#say(answer);
  }
}

class T1Characters implements CardCharacters {
  readonly #end: IccEnd;
  readonly #epilogue: number;
  readonly #clock: Clock;
  readonly #cwtMs: number;
  readonly #say: (bytes: Uint8Array) => void;
  #pending: Uint8Array = NOTHING;
  #silence: Timer | undefined;
  #isWorking = false;
  #isStopped = false;

  constructor(
    card: VirtualCard,
    { edc, ifsc, bwi, cwi }: T1Parameters,
    clock: Clock,
    etuMs: number,
    say: (bytes: Uint8Array) => void,
  ) {
    const bwtMs = 2 ** bwi * 960 * etuMs;
    this.#end = t1IccEnd(card, { edc, ifsc, askAfterMs: bwtMs / 2 }, clock);
    this.#epilogue = edcLength(edc);
    this.#clock = clock;
    this.#cwtMs = (2 ** cwi + 11) * etuMs + TOLERANCE_MS;
    this.#say = say;
  }

  hear(bytes: Uint8Array): void {
    if (this.#isWorking || this.#isStopped) return;
    this.#silence?.cancel();
    this.#pending = concat(this.#pending, bytes);
    const len = this.#pending[2];
    const isWhole = len !== undefined && this.#pending.length >= PROLOGUE_LENGTH + len + this.#epilogue;
    if (isWhole) void this.#work();
    else this.#awaitSilence();
  }

  stop(): void {
    this.#isStopped = true;
    this.#silence?.cancel();
  }

  /** What has begun and does not go on is a damaged block. */
  #awaitSilence(): void {
    const timer = this.#clock.timer(this.#cwtMs);
    this.#silence = timer;
    void timer.elapsed.then(() => {
      if (this.#silence === timer && !this.#isStopped) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    const block = this.#pending;
    this.#pending = NOTHING;
    const answer = await this.#end.transfer(block).catch(() => null); // a card program that fails is a card that stays mute
    this.#isWorking = false;
    if (answer && !this.#isStopped) this.#say(answer);
  }
}
