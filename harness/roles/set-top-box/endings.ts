/** Steps that purchases, loads and looks at the log share end here, each in its own way. */
import * as purchase from "./conclude.ts";
import { type Sentences, sentences } from "./display.ts";
import type { HeadEndLoss } from "./events.ts";
import { lostLoad, refusedLoad, stopLoad, unresolvedLoad } from "./load-conclude.ts";
import type { SetTopBoxState } from "./state.ts";
import type { SetTopBoxStep } from "./step.ts";

/** Ends the session before anything was done to the card. */
export function stop(state: SetTopBoxState, CC: "A015" | "A016", why: keyof Sentences): SetTopBoxStep {
  const text = sentences(state.mode)[why];
  return state.load ? stopLoad(state, CC, text) : purchase.stop(state, CC, text);
}

/** The card's answer is lost for now. */
export function unresolved(state: SetTopBoxState): SetTopBoxStep {
  return state.load ? unresolvedLoad(state) : purchase.unresolved(state);
}

/** The card executed nothing and signed nothing. */
export function refused(state: SetTopBoxState, SW: string, RECOVERED: 0 | 1): SetTopBoxStep {
  return state.load ? refusedLoad(state, SW, RECOVERED) : purchase.refused(state, SW, RECOVERED);
}

/** Nothing useful comes from the head end any more. */
export function lost(state: SetTopBoxState, why: HeadEndLoss | "garbled", CC: string, text: string): SetTopBoxStep {
  return state.load ? lostLoad(state, why, CC, text) : purchase.lost(state, why, CC, text);
}
