/**
 * Every role is a pure function of state and input: it returns the next state and what is to be done, and does nothing
 * itself. `serve.ts` of the role performs the outputs on real links and feeds back what came of them. That makes each
 * role testable as a table, restartable from stored state, and a seeded defect a wrapper around `handle`.
 */
export interface Step<State, Output> {
  readonly state: State;
  /** Performed in order; at most the last one waits for an input. */
  readonly outputs: readonly Output[];
}

export interface Role<State, Input, Output> {
  handle(state: State, input: Input): Step<State, Output>;
}

/** A seeded defect or another variation of a role: the role it makes out of the reference one. */
export type Vary<R> = (reference: R) => R;

/** An entry for the role's own log (`messages.md`, section 7). Part of every role's outputs. */
export interface LogOutput {
  readonly kind: "log";
  readonly entry: string;
  readonly step?: string | undefined;
  readonly IDTRX?: string | undefined;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** The session is over; nothing is fed in after it. */
export interface EndOutput {
  readonly kind: "end";
}

/**
 * Runs one session of a role: feeds `first`, performs the outputs in order, feeds back each input that performing one
 * gave, until the role says `end`. Returns the last state. An output that fails by throwing ends the session with that
 * error: expected failures (silence, a closed channel) are inputs, so only the bench's own defects get here.
 */
export async function drive<State, Input, Output extends { readonly kind: string }>(
  role: Role<State, Input, Output>,
  initial: State,
  first: Input,
  perform: (output: Output) => Promise<Input | undefined> | Input | undefined,
): Promise<State> {
  let state = initial;
  const inputs: Input[] = [first];
  for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
    const step = role.handle(state, input);
    state = step.state;
    for (const output of step.outputs) {
      if (output.kind === "end") return state;
      const next = await perform(output);
      if (next !== undefined) inputs.push(next);
    }
  }
  return state;
}
