/** What is said to people who do not see the page: seldom, and what matters. */
import type { Parts } from "../shared/state.ts";
import { cases, NAMES } from "./words.ts";

/** Progress is not told more often. */
const EVERY_MS = 12_000;

export interface Said {
  /** Polite: progress. */
  readonly progress: string;
  /** Assertive: verdict, prompt. */
  readonly verdict: string;
}

/** Remembers what was said and decides what is to be said next. */
export class Announcer {
  #said: Said = { progress: "", verdict: "" };
  #atMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #run = "";

  next({ run, result, prompt }: Parts, nowMs: number): Said {
    if (prompt) return this.#say({ verdict: `A hand is needed: ${prompt.text}` });
    if (!run) {
      this.#run = "";
      if (!result) return this.#say({ verdict: "", progress: "" });
      const stopped = result.interrupted ? "The run was stopped. " : "";
      return this.#say({ verdict: `${stopped}Result: ${NAMES[result.word]}. ${result.title}`, progress: "" });
    }
    const failures = run.counts.fail;
    const isNew = run.id !== this.#run;
    if (isNew) this.#failures = 0;
    const isWorse = failures > this.#failures && nowMs - this.#atMs > EVERY_MS / 4;
    if (!isNew && !isWorse && nowMs - this.#atMs < EVERY_MS) return this.#say({ verdict: "" });
    this.#run = run.id;
    this.#atMs = nowMs;
    this.#failures = failures;
    const failed = failures > 0 ? `, ${failures} failed` : "";
    const progress = isNew ? `The run has started: ${cases(run.total)}.` : `${run.done} of ${run.total} done${failed}.`;
    return this.#say({ verdict: "", progress });
  }

  #say(change: Partial<Said>): Said {
    this.#said = { ...this.#said, ...change };
    return this.#said;
  }
}
