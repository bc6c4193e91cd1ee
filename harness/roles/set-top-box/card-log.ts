/** The log of the card, shown to the user on request: newest first, with signs ([0016]; card-edge.md 5.6). */
import { formatAmount } from "../../core/currency.ts";
import {
  encodeReadRecordCommand,
  LOAD_RECORD,
  LOG_FILE,
  type LogRecord,
  PURCHASE_RECORD,
  parseLogRecordResponse,
} from "../../protocol/messages/read-record.ts";
import { noPurse, outOfTurn } from "./card-trouble.ts";
import { finish, show } from "./conclude.ts";
import type { SetTopBoxInput } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** There is no such record: the one before was the oldest. */
const NO_RECORD = 0x6a83;

/** Highest record number of ISO/IEC 7816-4. */
const LAST_RECORD = 254;

export const NO_TRANSACTIONS = "This card has no transactions yet.";

export function readLog(state: SetTopBoxState): SetTopBoxStep {
  const bytes = encodeReadRecordCommand(state.records + 1, LOG_FILE);
  return go(state, { phase: "log-reading" }, { kind: "command", bytes });
}

export function onLogRecord(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseLogRecordResponse(input.bytes);
  if (result.kind === "refused" && result.SW === NO_RECORD) return endOfLog(state);
  if (result.kind !== "answer") return noPurse(state, result, "READ RECORD");
  const next = { ...state, records: state.records + 1 };
  return after([show(logLine(result.value))], next.records < LAST_RECORD ? readLog(next) : endOfLog(next));
}

function endOfLog(state: SetTopBoxState): SetTopBoxStep {
  return after(state.records === 0 ? [show(NO_TRANSACTIONS)] : [], finish(state, "0000"));
}

/** "2031-05-06 07:08 UTC: paid -12.50 EUR, balance 87.50 EUR" */
export function logLine({ TI, MPDA, CURRPDA, CEXPPDA, BALIEP, DTHR }: LogRecord): string {
  const [what, sign] = KINDS.get(TI) ?? ["other", ""];
  const date = `${DTHR.slice(0, 4)}-${DTHR.slice(4, 6)}-${DTHR.slice(6, 8)} ${DTHR.slice(8, 10)}:${DTHR.slice(10, 12)} UTC`;
  const amount = `${sign}${formatAmount(MPDA, CURRPDA, CEXPPDA)}`;
  return `${date}: ${what} ${amount}, balance ${formatAmount(BALIEP, CURRPDA, CEXPPDA)}`;
}

const KINDS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [PURCHASE_RECORD, ["paid", "-"]],
  [LOAD_RECORD, ["loaded", "+"]],
]);
