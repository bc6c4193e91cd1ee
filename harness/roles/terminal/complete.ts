import { toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { isRefusalOfCard } from "../../protocol/messages/card-refusal.ts";
import type { TResponse } from "../../protocol/messages/layouts.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodePsamCompleteCommand } from "../../protocol/messages/psam-complete.ts";
import { askInDoubt, doubtOver } from "./doubt.ts";
import { factsOf, issuedOf, withoutTransaction } from "./memory.ts";
import { readCancel, readComplete } from "./psam-answers.ts";
import { record } from "./record.ts";
import { completed, isSingleTrip, reversed } from "./single-trip.ts";
import type { TerminalState, TerminalStep } from "./state.ts";
import {
  afterRefusal,
  andThen,
  answer,
  ask,
  codeOf,
  decline,
  NO_ANSWER,
  nothing,
  outOfStep,
  UNUSABLE_ANSWER,
} from "./steps.ts";

/** T-response: the card's answer goes to the security card, and the data store is kept (`messages.md` 5, 624 to 630). */

const NEGATIVE_RESULT = "9404";

/** Status words of COMPLETE after which the PSAM holds nothing of the transaction any more (`psam-edge.md` 4.4). */
const ENDED: ReadonlySet<string> = new Set([NEGATIVE_RESULT, "9415", "9416"]);

export function startComplete(state: TerminalState, response: TResponse): TerminalStep {
  const { IDTRX, CARDRSP, SW } = response;
  if (CARDRSP.length > 0) {
    const job = { kind: "complete", response } as const;
    const command = encodePsamCompleteCommand(IDTRX, CARDRSP);
    if (!isSingleTrip(factsOf(state.memory, IDTRX))) return ask(state, job, command);
    return askInDoubt(state, { kind: "completion", IDTRX, CARDRSP: toHex(CARDRSP) }, job, command);
  }
  if (!isRefusalOfCard(SW)) return decline(state, response, NO_ANSWER);
  const job = { kind: "withdraw-refused", response } as const;
  const command = encodePsamCancelCommand(IDTRX, "withdraw");
  if (issuedOf(state.memory, IDTRX) === undefined) return ask(state, job, command);
  return askInDoubt(state, { kind: "reversal", IDTRX, MODE: 0 }, job, command);
}

export function onCompleted(state: TerminalState, response: TResponse, bytes: Uint8Array): TerminalStep {
  const { IDTERM } = state.identity;
  const { IDTRX } = response;
  const result = readComplete(bytes);
  switch (result.kind) {
    case "answer": {
      const kept = keepRecord(state, IDTRX, "0000", true);
      const { MSGRESULT } = result.value;
      return answer(kept.state, { kind: "t-result", IDTERM, IDTRX, CC: "0000", MSGRESULT }, kept.outputs);
    }
    case "refused": {
      const CC = codeOf(result.SW);
      const recorded = keepRecord(state, IDTRX, CC, ENDED.has(CC));
      const kept = andThen(recorded, (after) => afterRefusal(after, result.SW));
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
  const result = readCancel(bytes);
  switch (result.kind) {
    case "answer": {
      const kept = closeRefused(state, response.IDTRX);
      return decline(kept.state, response, NEGATIVE_RESULT, kept.outputs);
    }
    case "refused": {
      const kept = andThen(doubtOver(state), (after) => afterRefusal(after, result.SW));
      return decline(kept.state, response, codeOf(result.SW), kept.outputs);
    }
    case "malformed": {
      const kept = outOfStep(state); // the doubt about an issued transaction stays
      return decline(kept.state, response, UNUSABLE_ANSWER, kept.outputs);
    }
    default:
      return unreachable(result);
  }
}

function closeRefused(state: TerminalState, IDTRX: string): TerminalStep {
  if (issuedOf(state.memory, IDTRX) !== undefined) return reversed(state, IDTRX, 0);
  return keepRecord(state, IDTRX, NEGATIVE_RESULT, true);
}

/** Updates the data store (630). A transaction that the terminal knows nothing of leaves no record. */
function keepRecord(state: TerminalState, IDTRX: string, CC: string, hasEnded: boolean): TerminalStep {
  const { memory } = state;
  const facts = factsOf(memory, IDTRX);
  if (facts === undefined) return nothing(state);
  if (isSingleTrip(facts)) return completed(state, facts, CC);
  return record(state, hasEnded ? withoutTransaction(memory, IDTRX) : memory, facts, CC);
}
