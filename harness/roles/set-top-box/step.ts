import type { Step } from "../role.ts";
import type { SetTopBoxOutput } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";

export type SetTopBoxStep = Step<SetTopBoxState, SetTopBoxOutput>;

/** The next state with `change` in it, and what is to be done. */
export function go(
  state: SetTopBoxState,
  change: Partial<SetTopBoxState>,
  ...outputs: readonly SetTopBoxOutput[]
): SetTopBoxStep {
  return { state: { ...state, ...change }, outputs };
}

/** The same step, with these outputs before its own. */
export function after(outputs: readonly SetTopBoxOutput[], step: SetTopBoxStep): SetTopBoxStep {
  return { state: step.state, outputs: [...outputs, ...step.outputs] };
}
