/** Steps of a run that need a hand: somebody is asked, answers, or does not in time. A person at a terminal or a page, or a robot. */

/** What has to be done. */
export interface OperatorStep {
  readonly kind: "insert" | "remove" | "swap" | "power-off" | "power-on" | "look";
  /** One sentence for a person, e.g. "Put the card under test into slot 1". */
  readonly text: string;
  /** The place of the bench that it is about, as pictures of the bench name it: "slot 1", "terminal 00000001". */
  readonly place: string;
  /** The kind of card that is to be in that place afterwards, for a robot: "specimen", "expired" … Absent where none is. */
  readonly card?: string | undefined;
  /** Real time for it, ms. */
  readonly withinMs: number;
}

/** `late`: nobody answered in time. `noticed`: the bench saw itself that it was done. */
export type OperatorAnswer = "done" | "noticed" | "cannot" | "late";

/** A hand for the bench. */
export interface Operator {
  /** How the person is reached: "terminal", "station page", "robot". */
  readonly name: string;
  /**
   * Shows the step and resolves with the answer; `late` after its time. Aborting `signal` takes the prompt away; its reason is an
   * `AskOver`, and what is resolved with then does not matter. Never rejects.
   */
  ask(step: OperatorStep, signal: AbortSignal): Promise<OperatorAnswer>;
}

/** Why nobody has to answer any more: the bench has seen it, or its time is up, or the run is ended. */
export type AskOver = "noticed" | "late" | "interrupted";
