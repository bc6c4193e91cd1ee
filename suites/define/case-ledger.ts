import { decidingAttempt, isTriedAgain } from "../../harness/evidence/attempts.ts";
import type { EarlierAttempt } from "../../harness/evidence/case-reading.ts";
import type { Earlier } from "../../harness/evidence/earlier.ts";
import type { Case } from "./case.ts";
import type { Finished } from "./execute.ts";

/** What has become of each case so far, attempt by attempt, in this process and before. */
export class CaseLedger {
  readonly #attempts = new Map<string, EarlierAttempt[]>();

  constructor(earlier: Earlier | undefined) {
    for (const [id, attempts] of earlier?.attempts ?? []) this.#attempts.set(id, [...attempts]);
  }

  /** `wasRun` is false where the case was not begun. */
  add({ id }: Case, end: Finished, wasRun: boolean): void {
    const before = this.#attempts.get(id);
    if (before) before.push({ end, wasRun });
    else this.#attempts.set(id, [{ end, wasRun }]);
  }

  /** How it ended, by the attempt that decides; undefined before it did. */
  finished({ id }: Case): Finished | undefined {
    const attempts = this.#attempts.get(id) ?? [];
    return attempts[decidingAttempt(attempts.map(({ end }) => end.outcome))]?.end;
  }

  /** Whether its latest word is a verdict, or that it does not apply. */
  isSettled({ id }: Case): boolean {
    const last = this.#attempts.get(id)?.at(-1);
    return last !== undefined && last.end.outcome !== "notRun";
  }

  /** How often it was begun. */
  begun(definition: Case): number {
    return this.#runs(definition).length;
  }

  /** A case that uses its specimen up is not run again with that specimen. */
  isTriedAgain(definition: Case, retry: number): boolean {
    const outcomes = this.#runs(definition).map(({ end }) => end.outcome);
    return !definition.destructive && isTriedAgain(outcomes, retry);
  }

  #runs({ id }: Case): readonly EarlierAttempt[] {
    return (this.#attempts.get(id) ?? []).filter(({ wasRun }) => wasRun);
  }
}
