/** A person at a terminal: a picture of the bench, what to do, and the seconds that are left. */
import { pictureOf } from "../bench/picture.ts";
import { textPicture } from "../bench/picture-text.ts";
import type { Bench } from "../bench/schema.ts";
import type { Clock, Timer } from "../core/clock.ts";
import type { Operator, OperatorAnswer, OperatorStep } from "../flows/operator.ts";
import type { Io, Keyboard } from "./io.ts";

const LINE_START = "\r\u001b[2K";
const BELL = "\u0007";
const DONE_KEYS = ["\r", "\n"];
const CANNOT_KEYS = ["c", "C"];

/** Asks on standard error. Enter: done, c: cannot; Ctrl-C interrupts the run. */
export function terminalOperator(io: Pick<Io, "err">, keyboard: Keyboard, clock: Clock, bench: Bench): Operator {
  const picture = pictureOf(bench);
  return {
    name: "terminal",
    ask: (step, signal) => {
      io.err(`\n${textPicture(picture, step.place)}\n${BELL}${step.text}.\n`);
      return answerTo(step, signal, { io, keyboard, clock });
    },
  };
}

interface Seat {
  readonly io: Pick<Io, "err">;
  readonly keyboard: Keyboard;
  readonly clock: Clock;
}

/** Counts the seconds down on one line until a key is pressed, the time is up, or nobody wants to know any more. */
function answerTo(step: OperatorStep, signal: AbortSignal, { io, keyboard, clock }: Seat): Promise<OperatorAnswer> {
  const endMs = clock.monotonicMs() + step.withinMs;
  return new Promise((resolve) => {
    let timer: Timer | undefined;
    const over = new AbortController();
    const end = (answer: OperatorAnswer, words: string) => {
      if (over.signal.aborted) return;
      over.abort();
      timer?.cancel();
      undo();
      io.err(`${LINE_START}  ${words}\n`);
      resolve(answer);
    };
    const count = (): void => {
      const leftMs = endMs - clock.monotonicMs();
      if (over.signal.aborted) return;
      if (leftMs <= 0) {
        end("late", "Nobody answered in time.");
        return;
      }
      io.err(
        `${LINE_START}  Enter: done, c: cannot be done, Ctrl-C: end the run · ${Math.ceil(leftMs / 1_000)} s left `,
      );
      timer = clock.timer(leftMs % 1_000 || 1_000);
      void timer.elapsed.then(count);
    };
    const undo = keyboard.onKey((key) => {
      if (DONE_KEYS.includes(key)) end("done", "Done, you say.");
      else if (CANNOT_KEYS.includes(key)) end("cannot", "It cannot be done, you say.");
    });
    const takenAway = () => end("late", signal.reason === "noticed" ? "Seen: thank you." : "No need any more.");
    signal.addEventListener("abort", takenAway, { once: true, signal: over.signal });
    if (signal.aborted) takenAway();
    else count();
  });
}
