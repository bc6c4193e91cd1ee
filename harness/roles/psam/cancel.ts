import { toHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CANCEL_P1 } from "../../protocol/messages/psam-cancel.ts";
import { type PsamStep, refused, written } from "./answer.ts";
import { findTransaction, without } from "./complete.ts";
import { withOpenSuspended } from "./select.ts";
import type { PsamState } from "./state.ts";

/** CANCEL (psam-edge.md 4.5). */
export function cancel(state: PsamState, apdu: CommandApdu): PsamStep {
  const IDTRX = toHex(apdu.data);
  return apdu.p1 === CANCEL_P1.suspend ? suspend(state, IDTRX) : withdraw(state, IDTRX);
}

/** The open transaction is kept for a late COMPLETE. */
function suspend(state: PsamState, IDTRX: string): PsamStep {
  if (state.memory.open?.IDTRX !== IDTRX) return refused(state, 0x9415);
  return written(state, withOpenSuspended(state.memory));
}

/** The transaction, open or suspended, is closed for good. */
function withdraw(state: PsamState, IDTRX: string): PsamStep {
  if (!findTransaction(state.memory, IDTRX)) return refused(state, 0x9415);
  return written(state, without(state.memory, IDTRX));
}
