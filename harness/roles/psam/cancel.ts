import { toHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CANCEL_P1 } from "../../protocol/messages/psam-cancel.ts";
import { type PsamStep, refused, written } from "./answer.ts";
import type { PsamState } from "./state.ts";
import { closed, findIssued, findTransaction, withOpenSuspended } from "./transactions.ts";

/** CANCEL (psam-edge.md 4.5). Of an issued transaction it is a reversal; one that is open meanwhile stays as it is. */
export function cancel(state: PsamState, apdu: CommandApdu): PsamStep {
  const IDTRX = toHex(apdu.data);
  return apdu.p1 === CANCEL_P1.suspend ? suspend(state, IDTRX) : withdraw(state, IDTRX);
}

/** The open or issued transaction is kept for a late COMPLETE. */
function suspend(state: PsamState, IDTRX: string): PsamStep {
  const { memory } = state;
  if (memory.open?.IDTRX === IDTRX) return written(state, withOpenSuspended(memory));
  const issued = findIssued(memory, IDTRX);
  if (!issued) return refused(state, 0x9415);
  const reversed = closed(memory, issued);
  return written(state, { ...reversed, suspended: [...reversed.suspended, issued] });
}

/** The transaction, open, suspended or issued, is closed for good. */
function withdraw(state: PsamState, IDTRX: string): PsamStep {
  const transaction = findTransaction(state.memory, IDTRX);
  if (!transaction) return refused(state, 0x9415);
  return written(state, closed(state.memory, transaction));
}
