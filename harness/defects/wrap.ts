/** Small wrappers around a role's `handle`: what most defects are made of. */
import type { Role, Vary } from "../roles/role.ts";

/** Where an output stands: what the role was told, and its states around it. */
export interface At<State, Input> {
  readonly input: Input;
  readonly before: State;
  readonly after: State;
}

/** The role with each of its outputs replaced by those that `map` makes of it. */
export function varyOutputs<State, Input, Output>(
  map: (output: Output, at: At<State, Input>) => readonly Output[],
): Vary<Role<State, Input, Output>> {
  return (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      return { state, outputs: outputs.flatMap((output) => map(output, { input, before, after: state })) };
    },
  });
}

/** The role that is told something else. */
export function varyInputs<State, Input, Output>(
  map: (input: Input, state: State) => Input,
): Vary<Role<State, Input, Output>> {
  return (reference) => ({ handle: (state, input) => reference.handle(state, map(input, state)) });
}

/** The role that ends up in another state. */
export function varyState<State, Input, Output>(
  map: (at: At<State, Input>) => State,
): Vary<Role<State, Input, Output>> {
  return (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      return { state: map({ input, before, after: state }), outputs };
    },
  });
}
