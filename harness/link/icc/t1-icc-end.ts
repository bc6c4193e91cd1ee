import type { Clock } from "../../core/clock.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { encodeT1Block, MAX_INF } from "../../protocol/t1/block.ts";
import { decodeT1Block } from "../../protocol/t1/decode-block.ts";
import type { EdcKind } from "../../protocol/t1/edc.ts";
import { type IccEvent, type IccState, startIcc, stepIcc } from "../../protocol/t1/icc-machine.ts";
import type { IccEnd } from "./icc-end.ts";
import { withMischief } from "./t1-mischief.ts";

/** How long a card may think before its T=1 end asks for more time; below the shortest patience of the driver. */
const ASK_FOR_TIME_AFTER_MS = 1000;

export interface T1IccOptions {
  readonly edc: EdcKind;
  /** Largest INF that the card takes, bytes. */
  readonly ifsc: number;
  /** How long the card may think before it asks for more time, ms; 1000 when absent. */
  readonly askAfterMs?: number;
}

/** T=1 of a card, one block in and one block out, around the APDUs of `card`; with what it does wrong there. */
export function t1IccEnd(card: VirtualCard, options: T1IccOptions, clock: Clock): IccEnd {
  const end = new T1IccEnd(card, options, clock);
  if (!card.mischief || card.mischief.length === 0) return end;
  return withMischief(end, card.mischief, options.edc, (size) => end.take(size));
}

type Work = Promise<Uint8Array | null>;

class T1IccEnd implements IccEnd {
  readonly #card: VirtualCard;
  readonly #edc: EdcKind;
  readonly #clock: Clock;
  readonly #askAfterMs: number;
  #state: IccState;
  /** The command that the card works on, as long as its answer is wanted. */
  #wanted: Work | undefined;
  /** The command that the card works on, wanted or not: the next one has to wait for it. */
  #busy: Work | undefined;

  constructor(card: VirtualCard, { edc, ifsc, askAfterMs = ASK_FOR_TIME_AFTER_MS }: T1IccOptions, clock: Clock) {
    this.#card = card;
    this.#edc = edc;
    this.#clock = clock;
    this.#askAfterMs = askAfterMs;
    this.#state = startIcc(ifsc >= 1 && ifsc <= MAX_INF ? { ifsc } : {}); // an answer to reset may have reserved values
  }

  async transfer(tpdu: Uint8Array): Promise<Uint8Array | null> {
    const block = this.#step({ kind: "block", block: decodeT1Block(tpdu, this.#edc) });
    if (block || !this.#wanted) return block;
    const reply = await this.#replyInTime(this.#wanted);
    if (reply === "late") return this.#step({ kind: "wtx", multiplier: 1 });
    this.#wanted = undefined;
    return reply === null ? null : this.#step({ kind: "reply", data: reply });
  }

  /** The card has announced that it takes blocks of that size; sizes that T=1 does not have change nothing. */
  take(ifsc: number): void {
    if (ifsc >= 1 && ifsc <= MAX_INF) this.#state = { ...this.#state, ifsc };
  }

  /** Carries out the actions of one step; the block to send, if there is one. */
  #step(event: IccEvent): Uint8Array | null {
    const { state, actions } = stepIcc(this.#state, event);
    this.#state = state;
    let block: Uint8Array | null = null;
    for (const action of actions) {
      if (action.kind === "transmit") block = encodeT1Block(action.block, this.#edc);
      else if (action.kind === "deliver") this.#wanted = this.#work(action.data);
      else if (action.kind === "abandon") this.#wanted = undefined;
    }
    return block;
  }

  #work(command: Uint8Array): Work {
    const earlier = this.#busy;
    const work = earlier ? settled(earlier).then(() => this.#card.transmit(command)) : this.#transmit(command);
    this.#busy = work;
    const done = (): void => {
      if (this.#busy === work) this.#busy = undefined;
    };
    work.then(done, done);
    return work;
  }

  async #transmit(command: Uint8Array): Work {
    return await this.#card.transmit(command);
  }

  async #replyInTime(work: Work): Promise<Uint8Array | null | "late"> {
    const timer = this.#clock.timer(this.#askAfterMs);
    try {
      return await Promise.race([work, timer.elapsed.then(() => "late" as const)]);
    } finally {
      timer.cancel();
    }
  }
}

function settled(work: Work): Promise<unknown> {
  return work.catch(() => undefined); // what failed was nobody's answer any more
}
