import { unreachable } from "../../core/errors.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { TerminalRole } from "./model.ts";
import type { TerminalState, TerminalStep } from "./state.ts";
import { answer, ask, NO_ANSWER, nothing, refuse } from "./steps.ts";

/** Longest answer that RAPDU holds, in bytes; one byte is no answer. */
const SHORTEST = 2;
const LONGEST = 258;

/**
 * A dumb terminal (`messages.md` 5): hands the APDU of a T-apdu to its PSAM and answers with what the PSAM says. It knows
 * nothing of transactions; its own memory stays empty.
 */
export const dumbTerminal: TerminalRole = {
  handle(state, input) {
    switch (input.kind) {
      case "power":
        return nothing({ ...state, job: undefined });
      case "message":
        return onMessage(state, input.bytes);
      case "psam-response":
        return state.job === undefined ? nothing(state) : onPsamResponse(state, input.bytes);
      case "psam-silent":
        return state.job === undefined ? nothing(state) : refuse(state, undefined, NO_ANSWER);
      default:
        return unreachable(input);
    }
  },
};

function onMessage(state: TerminalState, bytes: Uint8Array): TerminalStep {
  const message = parseMessage(bytes);
  if (message.kind === "unrecognised") return refuse(state, undefined, "A001");
  const IDTRX = "IDTRX" in message ? message.IDTRX : undefined;
  if (message.kind !== "t-apdu") return refuse(state, IDTRX, "A00A");
  if (message.IDTERM !== state.identity.IDTERM) return refuse(state, undefined, "A009");
  return ask(state, { kind: "relay" }, message.APDU);
}

function onPsamResponse(state: TerminalState, RAPDU: Uint8Array): TerminalStep {
  if (RAPDU.length < SHORTEST || RAPDU.length > LONGEST) return refuse(state, undefined, NO_ANSWER);
  return answer(state, { kind: "t-answer", IDTERM: state.identity.IDTERM, RAPDU });
}
