import type { LogOutput, Role, Step } from "../role.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { PRE_FUNDED, sourceOf } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";

/** Beside what the session hears: EF of this load as it was opened, with the confirmation beside it. */
export type LoadInput =
  | HeadEndInput
  | { readonly kind: "load-result"; readonly IDTRX: string; readonly CC: string; readonly CONF: Uint8Array };

export type LoadStep = Step<LoadState, HeadEndOutput>;
export type LoadRole = Role<LoadState, LoadInput, HeadEndOutput>;

/** The next state with `change` in it, and what is to be done. */
export function proceed(load: LoadState, change: Partial<LoadState>, ...outputs: readonly HeadEndOutput[]): LoadStep {
  return { state: { ...load, ...change }, outputs };
}

/** The same step, with these outputs before its own. */
export function preceded(outputs: readonly HeadEndOutput[], step: LoadStep): LoadStep {
  return { state: step.state, outputs: [...outputs, ...step.outputs] };
}

/** `step`: that of FIG 15; FIG 17 has the same with 10 in front, 888 is 1088 there. */
export function loadLog(
  { terms, site }: LoadState,
  entry: string,
  step: string | undefined,
  fields: LogOutput["fields"],
): LogOutput {
  const SOURCE = terms?.SOURCE ?? (site && sourceOf(site));
  const number = step !== undefined && SOURCE === PRE_FUNDED ? `10${step.slice(1)}` : step;
  return { kind: "log", entry, step: number, IDTRX: terms?.IDTRX, fields };
}
