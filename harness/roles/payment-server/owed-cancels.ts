import type { TCancel } from "../../protocol/messages/layouts.ts";

/** More than this a terminal cannot have kept (`psam-edge.md` 2). */
const MOST = 16;

/**
 * Cancellations that a terminal was silent on. They come before anything else that it is asked: until it has heard of
 * them it may have a transaction open that nobody will ever end, and refuse every other one.
 */
export class OwedCancels {
  readonly #byTerminal = new Map<string, readonly TCancel[]>();

  add(cancel: TCancel): void {
    const others = this.of(cancel.IDTERM).filter(({ IDTRX }) => IDTRX !== cancel.IDTRX);
    this.#byTerminal.set(cancel.IDTERM, [...others, cancel].slice(-MOST));
  }

  /** Oldest first. */
  of(IDTERM: string): readonly TCancel[] {
    return this.#byTerminal.get(IDTERM) ?? [];
  }

  /** The terminal has answered it. */
  remove({ IDTERM, IDTRX }: TCancel): void {
    const left = this.of(IDTERM).filter((each) => each.IDTRX !== IDTRX);
    if (left.length === 0) this.#byTerminal.delete(IDTERM);
    else this.#byTerminal.set(IDTERM, left);
  }
}
