import { concat } from "../../core/bytes.ts";
import { parseResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import type { TReadStore } from "../../protocol/messages/layouts.ts";
import { encodeReadTotalsCommand, parseTotals } from "../../protocol/messages/psam-read-totals.ts";
import { GENERAL_REFUSALS } from "./psam-refusals.ts";
import type { TerminalState, TerminalStep } from "./state.ts";
import { afterRefusal, answer, ask, codeOf, outOfStep, refuse, UNUSABLE_ANSWER } from "./steps.ts";

/** T-read-store and T-read-totals (`messages.md` 5): reading changes nothing. */

/** Records in one T-store at most. */
export const RECORDS_PER_MESSAGE = 32;

const SUCCESS = 0x9000;

export function readStore(state: TerminalState, { INDEX }: TReadStore): TerminalStep {
  const { records } = state.memory;
  const STORE = concat(...records.slice(INDEX, INDEX + RECORDS_PER_MESSAGE));
  return answer(state, { kind: "t-store", IDTERM: state.identity.IDTERM, INDEX: records.length, STORE });
}

export function startReadTotals(state: TerminalState): TerminalStep {
  return ask(state, { kind: "read-totals" }, encodeReadTotalsCommand());
}

/** The PSAM's answer goes on as it is, once it has the right shape. READ TOTALS has no refusals of its own. */
export function onTotals(state: TerminalState, bytes: Uint8Array): TerminalStep {
  const response = parseResponseApdu(bytes);
  if (!response.ok) return unusable(state);
  const { data, sw } = response.apdu;
  if (sw === SUCCESS && parseTotals(data).ok) {
    return answer(state, { kind: "t-totals", IDTERM: state.identity.IDTERM, TOTALS: data.slice() });
  }
  if (data.length > 0 || !GENERAL_REFUSALS.has(sw)) return unusable(state);
  const after = afterRefusal(state, sw);
  return refuse(after.state, undefined, codeOf(sw), after.outputs);
}

/** None of the PSAM edge: the PSAM is selected anew before its next command. */
function unusable(state: TerminalState): TerminalStep {
  const afresh = outOfStep(state);
  return refuse(afresh.state, undefined, UNUSABLE_ANSWER, afresh.outputs);
}
