import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { stop, unresolved } from "./endings.ts";
import type { CardFailure, SetTopBoxInput } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";
import { after, type SetTopBoxStep } from "./step.ts";

/** Nobody put a card in. */
export function noCard(state: SetTopBoxState): SetTopBoxStep {
  return state.goal === "information" ? stop(state, "A015", "noCard") : unresolved(state);
}

/** The card answers, but not as a purse does. A refusal is the card's right; bytes that are no answer are its fault. */
export function noPurse(state: SetTopBoxState, result: CommandResult<unknown>, command: string): SetTopBoxStep {
  const isFault = result.kind === "malformed";
  const text = isFault ? `answer to ${command}: ${result.reason}` : "";
  const trouble = isFault ? [{ kind: "trouble", owner: "card", text } as const] : [];
  if (state.goal === "signature") return after(trouble, unresolved(state));
  return after([...trouble, { kind: "release-card" }], stop(state, "A016", isFault ? "cardFailed" : "noPurse"));
}

/** The card could not be used, before it was debited or when it is asked what it answered. */
export function cardFailed(state: SetTopBoxState, { owner, text }: CardFailure): SetTopBoxStep {
  const told = [{ kind: "trouble", owner, text } as const, { kind: "release-card" } as const];
  if (state.goal === "signature") return after(told, unresolved(state));
  return after(told, stop(state, "A016", "cardFailed"));
}

/** Something else than the card's answer came in. */
export function outOfTurn(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const text = `"${input.kind}" while ${state.phase}`;
  const failure = { kind: "card-failed", owner: "bench", text, isLost: false, mayHaveArrived: true } as const;
  return cardFailed(state, input.kind === "card-failed" ? input : failure);
}
