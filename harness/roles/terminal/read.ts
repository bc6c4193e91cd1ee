import { concat } from "../../core/bytes.ts";
import { parseResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import type { TReadStore } from "../../protocol/messages/layouts.ts";
import { encodeReadTotalsCommand, parseTotals } from "../../protocol/messages/psam-read-totals.ts";
import type { TerminalState, TerminalStep } from "./state.ts";
import { afterRefusal, answer, ask, codeOf, refuse, UNUSABLE_ANSWER } from "./steps.ts";

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

/** The PSAM's answer goes on as it is, once it has the right shape. */
export function onTotals(state: TerminalState, bytes: Uint8Array): TerminalStep {
  const response = parseResponseApdu(bytes);
  if (!response.ok) return refuse(state, undefined, UNUSABLE_ANSWER);
  const { data, sw } = response.apdu;
  if (sw !== SUCCESS) {
    const after = afterRefusal(state, sw);
    return refuse(after.state, undefined, codeOf(sw), after.outputs);
  }
  if (!parseTotals(data).ok) return refuse(state, undefined, UNUSABLE_ANSWER);
  return answer(state, { kind: "t-totals", IDTERM: state.identity.IDTERM, TOTALS: data.slice() });
}
