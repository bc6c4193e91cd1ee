/** An operator whose work is in the evidence, and a clock that does not run against the cases meanwhile. */
import type { Clock, Timer } from "../../harness/core/clock.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import type { AskOver, Operator, OperatorAnswer, OperatorStep } from "../../harness/flows/operator.ts";

export interface RecordedHand {
  readonly operator: Operator;
  /** `clock`, whose timers stand still while somebody is asked: no case is out of time because a person walks to the bench. */
  readonly clock: Clock;
}

export function recordedHand(inner: Operator, evidence: Pick<Recorder, "write">, clock: Clock): RecordedHand {
  const asked = new Asked(clock);
  const operator: Operator = {
    name: inner.name,
    async ask(step, signal) {
      const to = evidence.write({ kind: "prompt", step });
      const begunMs = clock.monotonicMs();
      const end = asked.begin();
      const answer = await given(inner, step, signal).finally(end);
      const afterMs = Math.round(clock.monotonicMs() - begunMs);
      if (answer !== "interrupted") evidence.write({ kind: "answer", to, answer, by: inner.name, afterMs });
      return answer === "interrupted" ? "late" : answer;
    },
  };
  return { operator, clock: { ...forwarding(clock), timer: (milliseconds) => asked.timer(milliseconds) } };
}

/** Where the prompt was taken away that counts, whenever the operator lets go of it. */
async function given(
  inner: Operator,
  step: OperatorStep,
  signal: AbortSignal,
): Promise<OperatorAnswer | "interrupted"> {
  const taken = new AbortController();
  const away = new Promise<"late">((resolve) => {
    signal.addEventListener("abort", () => resolve("late"), { once: true, signal: taken.signal });
  });
  const answer = await Promise.race([inner.ask(step, signal), away]).finally(() => taken.abort());
  if (!signal.aborted) return answer;
  const why: AskOver = signal.reason === "noticed" || signal.reason === "late" ? signal.reason : "interrupted";
  return why;
}

function forwarding(clock: Clock): Omit<Clock, "timer"> {
  return {
    monotonicMs: () => clock.monotonicMs(),
    wall: () => clock.wall(),
    hold: (work) => clock.hold(work),
  };
}

/** How long somebody was asked so far. */
class Asked {
  readonly #clock: Clock;
  #endedMs = 0;
  readonly #begunMs = new Set<{ readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what ends it. */
  begin(): () => void {
    const entry = { atMs: this.#clock.monotonicMs() };
    this.#begunMs.add(entry);
    return () => {
      if (this.#begunMs.delete(entry)) this.#endedMs += this.#clock.monotonicMs() - entry.atMs;
    };
  }

  /** Milliseconds, of prompts that are under way too. */
  get totalMs(): number {
    const now = this.#clock.monotonicMs();
    return [...this.#begunMs].reduce((sum, { atMs }) => sum + now - atMs, this.#endedMs);
  }

  timer(milliseconds: number): Timer {
    let current: Timer | undefined;
    let isOver = false;
    const run = async (resolve: () => void) => {
      let counted = this.totalMs;
      for (let leftMs = milliseconds; leftMs > 0; ) {
        current = this.#clock.timer(leftMs);
        await current.elapsed;
        if (isOver) return;
        const total = this.totalMs;
        leftMs = total - counted;
        counted = total;
      }
      resolve();
    };
    const cancel = () => {
      isOver = true;
      current?.cancel();
    };
    return { elapsed: new Promise<void>((resolve) => void run(resolve)), cancel };
  }
}
