/** Asking for a hand: each step ends with an answer, with the bench seeing that it is done, with its time, or with the run. */
import type { Clock } from "../core/clock.ts";
import { PursebenchError } from "../core/errors.ts";
import type { AskOver, Operator, OperatorStep } from "../flows/operator.ts";

/** After so many steps in a row that nobody has answered, nobody is asked any more until the bench sees that somebody is there. */
const MOST_LATE = 3;
/** An operator that does not keep the time itself is given up so much later, ms. */
const GRACE_MS = 1_000;

export interface DeskParts {
  readonly operator: Operator;
  readonly clock: Clock;
  /** Real time for a step, ms. */
  readonly withinMs: number;
  /** Interrupts the run. */
  readonly signal: AbortSignal | undefined;
}

export class OperatorDesk {
  readonly #parts: DeskParts;
  #late = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Something was moved at the bench: somebody is there. */
  somebodyIsThere(): void {
    this.#late = 0;
  }

  /**
   * Resolves when it is done: the answer says so, or the bench sees it (`seen`, which may never settle and must not reject). Rejects
   * with `DEVICE_ABSENT` of the bench that says what was not done.
   */
  async ask(what: Omit<OperatorStep, "withinMs">, seen?: Promise<void>): Promise<"done" | "noticed"> {
    const { withinMs } = this.#parts;
    if (this.#late >= MOST_LATE) throw notDone(what.text, `nobody has answered the last ${MOST_LATE} times`);
    const answer = await this.#answer({ ...what, withinMs }, seen);
    this.#late = answer === "late" ? this.#late + 1 : 0;
    switch (answer) {
      case "done":
      case "noticed":
        return answer;
      case "cannot":
        throw notDone(what.text, 'the answer was "cannot"');
      case "late":
        throw notDone(what.text, `nobody answered within ${withinMs / 1_000} s`);
      case "interrupted":
        throw new PursebenchError("DEVICE_LOST", "interrupted while waiting for a hand");
    }
  }

  async #answer(step: OperatorStep, seen: Promise<void> | undefined) {
    const { operator, clock, signal } = this.#parts;
    const over = new AbortController();
    const timer = clock.timer(step.withinMs + GRACE_MS);
    const end = (why: AskOver) => {
      over.abort(why);
      return why;
    };
    const interrupted = new Promise<"interrupted">((resolve) => {
      const stop = () => resolve("interrupted");
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true, signal: over.signal });
    });
    try {
      return await Promise.race([
        operator.ask(step, over.signal),
        ...(seen ? [seen.then(() => end("noticed"))] : []),
        timer.elapsed.then(() => end("late")),
        interrupted.then(end),
      ]);
    } finally {
      timer.cancel();
      over.abort("interrupted"); // without effect where it was ended for another reason
    }
  }
}

/** A hand was asked for, and what it should do was not done. */
export function notDone(text: string, why: string): PursebenchError {
  return new PursebenchError("DEVICE_ABSENT", `what a hand was asked for was not done: "${text}": ${why}`, {
    mend: "do it when you are asked, or give yourself more time with `handMs` in the bench description",
  });
}
