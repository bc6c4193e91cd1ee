import { encodeResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import { type StatusWord, statusWord } from "../../protocol/apdu/status-word.ts";
import type { Step } from "../role.ts";
import type { CardOutput, CardState, Purse } from "./state.ts";

export type CardStep = Step<CardState, CardOutput>;

const SUCCESS = 0x9000;

/** `data` and 9000. */
export function answered(state: CardState, data: Uint8Array): CardStep {
  return { state, outputs: [response(data, SUCCESS)] };
}

/** A status word and no data. */
export function refused(state: CardState, SW: number): CardStep {
  return { state, outputs: [response(new Uint8Array(0), SW)] };
}

/** A status word, and an initialised session is over. */
export function refusedSession(state: CardState, SW: number): CardStep {
  const isOver = state.session.kind === "initialised" || state.session.kind === "initialised-for-load";
  return refused(isOver ? { ...state, session: { kind: "selected" } } : state, SW);
}

/** The new purse is written first, as a whole; the answer leaves after that. */
export function writtenAndAnswered(state: CardState, purse: Purse, data: Uint8Array): CardStep {
  return {
    state: { ...state, purse, undo: state.purse },
    outputs: [{ kind: "write", purse }, response(data, SUCCESS)],
  };
}

function response(data: Uint8Array, SW: number): CardOutput {
  const sw: StatusWord = statusWord(SW);
  return { kind: "response", bytes: encodeResponseApdu({ data, sw }) };
}
