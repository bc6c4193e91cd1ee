import type { HeadEndInput } from "./events.ts";
import { loading } from "./load-model.ts";
import type { LoadStep } from "./load-step.ts";
import type { HeadEndState } from "./state.ts";
import { go, type HeadEndStep } from "./step.ts";

/** A session that loads: the load decides. */
export function onLoading(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { load } = state;
  return load ? loadStep(state, loading.handle(load, input)) : go(state, { phase: "over" }, { kind: "end" });
}

/** A step of the load as one of the session. */
export function loadStep(session: HeadEndState, { state: load, outputs }: LoadStep): HeadEndStep {
  return go(session, { phase: load.phase === "over" ? "over" : "loading", load }, ...outputs);
}
