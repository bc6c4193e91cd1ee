import { systemClock } from "../../core/clock.ts";
import type { Operator, OperatorAnswer, OperatorStep } from "../../flows/operator.ts";
import type { RunMessage } from "./messages.ts";

/** Asks whoever sits before the station page. */
export class PageOperator implements Operator {
  readonly name = "station page";
  readonly #send: (message: RunMessage) => void;
  readonly #waiting = new Map<number, (answer: OperatorAnswer) => void>();
  #lastId = 0;

  constructor(send: (message: RunMessage) => void) {
    this.#send = send;
  }

  async ask(step: OperatorStep, signal: AbortSignal): Promise<OperatorAnswer> {
    const id = ++this.#lastId;
    const timer = systemClock.timer(step.withinMs);
    const answered = new Promise<OperatorAnswer>((resolve) => this.#waiting.set(id, resolve));
    const taken = new Promise<OperatorAnswer>((resolve) => {
      if (signal.aborted) resolve("noticed");
      signal.addEventListener("abort", () => resolve("noticed"), { once: true });
    });
    this.#send({ kind: "prompt", id, step });
    try {
      return await Promise.race([answered, taken, timer.elapsed.then((): OperatorAnswer => "late")]);
    } finally {
      timer.cancel();
      this.#waiting.delete(id);
      this.#send({ kind: "prompt-gone", id });
    }
  }

  /** An answer to a prompt that is gone changes nothing. */
  answer(id: number, answer: OperatorAnswer): void {
    this.#waiting.get(id)?.(answer);
  }
}
