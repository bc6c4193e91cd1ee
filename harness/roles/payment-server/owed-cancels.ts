import type { TCancel } from "../../protocol/messages/layouts.ts";

/** A cancellation that a terminal has to hear. */
export interface OwedCancel extends Pick<TCancel, "IDTERM" | "IDTRX" | "MODE"> {
  /** Of the transaction's row; undefined for one that a terminal has opened by mistake. */
  readonly IDMER: string | undefined;
  /** It reverses a transaction that is in the totals already: only an answer that says so ends the debt. */
  readonly isReversal: boolean;
}

/** More than this a terminal cannot have kept: 64 issued and 16 suspended transactions (`psam-edge.md` 2). */
const MOST = 80;

/**
 * Cancellations that a terminal has not answered. They come before anything else that it is asked: until it has heard of
 * them it may have a transaction open that nobody will ever end, and refuse every other one.
 */
export class OwedCancels {
  readonly #byTerminal = new Map<string, readonly OwedCancel[]>();

  add(cancel: OwedCancel): void {
    const others = this.of(cancel.IDTERM).filter(({ IDTRX }) => IDTRX !== cancel.IDTRX);
    this.#byTerminal.set(cancel.IDTERM, [...others, cancel].slice(-MOST));
  }

  /** Oldest first. */
  of(IDTERM: string): readonly OwedCancel[] {
    return this.#byTerminal.get(IDTERM) ?? [];
  }

  /** The terminal has answered it. */
  remove({ IDTERM, IDTRX }: OwedCancel): void {
    const left = this.of(IDTERM).filter((each) => each.IDTRX !== IDTRX);
    if (left.length === 0) this.#byTerminal.delete(IDTERM);
    else this.#byTerminal.set(IDTERM, left);
  }
}
