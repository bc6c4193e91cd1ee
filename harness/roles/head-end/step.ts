import type { Step } from "../role.ts";
import type { HeadEndOutput } from "./events.ts";
import type { HeadEndState } from "./state.ts";

export type HeadEndStep = Step<HeadEndState, HeadEndOutput>;

/** The next state with `change` in it, and what is to be done. */
export function go(
  state: HeadEndState,
  change: Partial<HeadEndState>,
  ...outputs: readonly HeadEndOutput[]
): HeadEndStep {
  return { state: { ...state, ...change }, outputs };
}

/** The same step, with these outputs before its own. */
export function after(outputs: readonly HeadEndOutput[], step: HeadEndStep): HeadEndStep {
  return { state: step.state, outputs: [...outputs, ...step.outputs] };
}
