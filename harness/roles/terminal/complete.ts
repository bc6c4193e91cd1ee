import { unreachable } from "../../core/errors.ts";
import type { TResponse } from "../../protocol/messages/layouts.ts";
import { encodePsamCancelCommand, parsePsamCancelResponse } from "../../protocol/messages/psam-cancel.ts";
import { encodePsamCompleteCommand, parsePsamCompleteResponse } from "../../protocol/messages/psam-complete.ts";
import { factsOf, withoutTransaction, withRecord } from "./memory.ts";
import type { TerminalMemory, TerminalOutput, TerminalState, TerminalStep } from "./state.ts";
import { answer, ask, codeOf, decline, NO_ANSWER, outOfStep, UNUSABLE_ANSWER } from "./steps.ts";

/** T-response: the card's answer goes to the security card, and the data store is kept (`messages.md` 5, 624 to 630). */

const NEGATIVE_RESULT = "9404";

/** Status words of COMPLETE after which the PSAM holds nothing of the transaction any more (`psam-edge.md` 4.4). */
const ENDED: ReadonlySet<string> = new Set([NEGATIVE_RESULT, "9415", "9416"]);

export function startComplete(state: TerminalState, response: TResponse): TerminalStep {
  const { IDTRX, CARDRSP, SW } = response;
  if (CARDRSP.length > 0) return ask(state, { kind: "complete", response }, encodePsamCompleteCommand(IDTRX, CARDRSP));
  if (!isRefusalOfCard(SW)) return decline(state, response, NO_ANSWER);
  return ask(state, { kind: "withdraw-refused", response }, encodePsamCancelCommand(IDTRX, "withdraw"));
}

/**
 * True when the status word says that the card did not debit. Without data, `9000`, `61xx` and warnings (`62xx`, `63xx`)
 * leave it open, as `0000` does: then the transaction waits for the right answer.
 */
export function isRefusalOfCard(SW: string): boolean {
  const status = Number.parseInt(SW, 16);
  return status >= 0x6400 && status !== 0x9000;
}

export function onCompleted(state: TerminalState, response: TResponse, bytes: Uint8Array): TerminalStep {
  const { IDTERM } = state.identity;
  const { IDTRX } = response;
  const result = parsePsamCompleteResponse(bytes);
  switch (result.kind) {
    case "answer": {
      const kept = keepRecord(state, IDTRX, "0000", true);
      const { MSGRESULT } = result.value;
      return answer(kept.state, { kind: "t-result", IDTERM, IDTRX, CC: "0000", MSGRESULT }, kept.outputs);
    }
    case "refused": {
      const CC = codeOf(result.SW);
      const kept = keepRecord(state, IDTRX, CC, ENDED.has(CC));
      return decline(kept.state, response, CC, kept.outputs);
    }
    case "malformed": {
      const afresh = outOfStep(state);
      return decline(afresh.state, response, UNUSABLE_ANSWER, afresh.outputs);
    }
    default:
      return unreachable(result);
  }
}

/** The PSAM has closed the transaction that the card refused. */
export function onWithdrawn(state: TerminalState, response: TResponse, bytes: Uint8Array): TerminalStep {
  const result = parsePsamCancelResponse(bytes);
  if (result.kind !== "answer") {
    return decline(state, response, result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER);
  }
  const kept = keepRecord(state, response.IDTRX, NEGATIVE_RESULT, true);
  return decline(kept.state, response, NEGATIVE_RESULT, kept.outputs);
}

/** Updates the data store (630). A transaction that the terminal knows nothing of leaves no record. */
function keepRecord(state: TerminalState, IDTRX: string, CC: string, hasEnded: boolean): TerminalStep {
  const facts = factsOf(state.memory, IDTRX);
  if (facts === undefined) return { state, outputs: [] };
  const recorded = withRecord(state.memory, facts, CC);
  const memory = hasEnded ? withoutTransaction(recorded, IDTRX) : recorded;
  return { state: { ...state, memory }, outputs: [{ kind: "save", memory }, logged(memory, IDTRX, CC, facts.MPDA)] };
}

function logged({ count }: TerminalMemory, IDTRX: string, CC: string, MPDA: number): TerminalOutput {
  return { kind: "log", entry: "data-store-updated", step: "630", IDTRX, fields: { COUNT: count, CC, MPDA } };
}
