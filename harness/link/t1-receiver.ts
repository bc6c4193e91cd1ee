import type { Clock, Timer } from "../core/clock.ts";
import { type Accumulator, feed, newAccumulator } from "../protocol/t1/accumulator.ts";
import type { InvalidBlock, T1Block } from "../protocol/t1/block.ts";

/**
 * Cuts the characters of a line into blocks with LRC (serial line, sections 1 to 3). What is damaged comes out when the
 * line has been silent for CWT: only then is its end known, and an answer does not run into it. The LRC alone misses an
 * added 00 or a doubled character in one block of 256; but the line is half duplex, so a character directly behind a
 * block gives them away. Two damages that cancel each other out in the LRC stay unseen, as T=1 has it.
 */
export class T1Receiver {
  readonly #clock: Clock;
  readonly #cwtMs: number;
  readonly #onBlock: (block: T1Block) => void;
  #accumulator: Accumulator = newAccumulator("LRC");
  #damaged: InvalidBlock | undefined;
  #silence: Timer | undefined;

  /** `onBlock` may call `restart`. Blocks with another NAD than T=1 knows are left out: they are for nobody. */
  constructor(clock: Clock, cwtMs: number, onBlock: (block: T1Block) => void) {
    this.#clock = clock;
    this.#cwtMs = cwtMs;
    this.#onBlock = onBlock;
  }

  /** A block has begun, or a damaged one is being waited out: `onBlock` follows after CWT at the latest. */
  get isHearing(): boolean {
    return this.#silence !== undefined;
  }

  /** What is being heard is known to be no block. */
  get isGarbled(): boolean {
    return this.#damaged !== undefined;
  }

  hear(bytes: Uint8Array): void {
    this.#stopTimer();
    if (!this.#damaged) this.#collect(bytes);
    if (this.#damaged || this.#accumulator.pending.length > 0) this.#awaitSilence();
  }

  #collect(bytes: Uint8Array): void {
    const { next, blocks } = feed(this.#accumulator, bytes);
    this.#accumulator = next;
    this.#damaged = damageOf(next, blocks);
    if (this.#damaged) return;
    for (const block of blocks) {
      if (this.#accumulator !== next) return; // restarted: this end has spoken meanwhile
      if (!isForNobody(block)) this.#onBlock(block);
    }
  }

  /** Forgets what has begun: this end is about to send, and what comes next is the answer to that. */
  restart(): void {
    this.#stopTimer();
    this.#damaged = undefined;
    this.#accumulator = newAccumulator("LRC");
  }

  #awaitSilence(): void {
    const timer = this.#clock.timer(this.#cwtMs);
    this.#silence = timer;
    void timer.elapsed.then(() => {
      if (this.#silence === timer) this.#onSilence();
    });
  }

  #onSilence(): void {
    // a gap inside of a block counts as a transmission error (section 3), not as a wrong LEN
    const damaged: InvalidBlock = this.#damaged ?? damage(this.#accumulator.pending);
    this.restart();
    this.#onBlock(damaged);
  }

  #stopTimer(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
  }
}

/** The damaged block that the accumulator gave up at (its last one), or the characters behind a whole block. */
function damageOf(next: Accumulator, blocks: readonly T1Block[]): InvalidBlock | undefined {
  const last = blocks.at(-1);
  if (next.isGarbled && last?.kind === "invalid") return last;
  return last !== undefined && next.pending.length > 0 ? damage(next.pending) : undefined;
}

function damage(bytes: Uint8Array): InvalidBlock {
  return { kind: "invalid", reason: "edc", bytes };
}

function isForNobody(block: T1Block): boolean {
  return block.kind === "invalid" && block.reason === "nad";
}
