/** Reading back what the PSAM has kept; its lengths were checked when it came. */
import { fromHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type DebitData, readDebitData } from "../../protocol/messages/debit-data.ts";
import { type InitResponse, readInitResponse } from "../../protocol/messages/init-response.ts";
import type { Transaction } from "./state.ts";

/** INITRSP in words. Throws `INTERNAL` when it has not 27 bytes. */
export function cardOf(INITRSP: Uint8Array): InitResponse {
  const read = readInitResponse(INITRSP);
  if (!read.ok) throw new PursebenchError("INTERNAL", `kept INITRSP: ${read.reason}`);
  return read.value;
}

/** DEBITDATA of a transaction in words. Throws `INTERNAL` when it has not 53 bytes. */
export function debitOf(transaction: Transaction): DebitData {
  const read = readDebitData(fromHex(transaction.DEBITDATA));
  if (!read.ok) throw new PursebenchError("INTERNAL", `kept DEBITDATA: ${read.reason}`);
  return read.value;
}
