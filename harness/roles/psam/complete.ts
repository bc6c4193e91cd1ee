import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { type CardResponse, readCardResponse } from "../../protocol/messages/card-response.ts";
import type { DebitData } from "../../protocol/messages/debit-data.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import { writeMessageResult } from "../../protocol/messages/message-result.ts";
import { type PsamStep, refused, written } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { cardOf, debitOf } from "./kept.ts";
import { contextOf } from "./key-material.ts";
import { isRemembered } from "./remembered-ids.ts";
import type { PsamMemory, PsamState, Transaction } from "./state.ts";
import { closed, confirmed, findTransaction } from "./transactions.ts";

/** PSAM COMPLETE (psam-edge.md 4.4), for the open transaction, a suspended or an issued one. */
export function complete(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  const IDTRX = toHex(apdu.data.subarray(0, 16));
  if (isRemembered(memory.confirmed, IDTRX)) return refused(state, 0x9416);
  const transaction = findTransaction(memory, IDTRX);
  if (!transaction) return refused(state, 0x9415);
  const response = cardResponseOf(apdu.data.subarray(16));
  if (!isGenuine(memory, transaction, response, crypto)) return refused(state, 0x9302);
  if (response.CC !== "0000") return written(state, closed(memory, transaction), undefined, 0x9404);
  return written(state, confirmed(memory, transaction), messageResult(transaction));
}

/** CARDRSP says what it must for its CC, and S3 is the card's over exactly that. */
export function isGenuine(
  memory: PsamMemory,
  transaction: Transaction,
  response: CardResponse,
  crypto: PsamCrypto,
): boolean {
  const card = cardOf(fromHex(transaction.INITRSP));
  const BALIEP = balanceAfter(card, debitOf(transaction), response.CC);
  const DEBITDATA = fromHex(transaction.DEBITDATA);
  const completion = { CC: response.CC, BALIEP };
  const isSigned = crypto.verifyS3(contextOf(memory, transaction), DEBITDATA, completion, fromHex(response.S3));
  return isSigned && response.NTIEP === card.NTIEP && response.BALIEP === BALIEP;
}

/** What BALIEP must be after the debit ended with CC. */
export function balanceAfter(card: Pick<InitResponse, "BALIEP">, debit: Pick<DebitData, "MPDA">, CC: string): number {
  return CC === "0000" ? card.BALIEP - debit.MPDA : card.BALIEP;
}

/** MSGRESULT, 39 bytes: what names the card is as it was in INITRSP, also where it is no BCD. */
export function messageResult(transaction: Transaction): Uint8Array {
  const { PPIEP, IDIEP, NTIEP } = cardOf(fromHex(transaction.INITRSP));
  const { NTPSAM, MPDA, CURRPDA, CEXPPDA } = debitOf(transaction);
  const { IDTRX } = transaction;
  return writeMessageResult({ IDTRX, CC: "0000", NTPSAM, PPIEP, IDIEP, NTIEP, MPDA, CURRPDA, CEXPPDA });
}

function cardResponseOf(bytes: Uint8Array): CardResponse {
  const read = readCardResponse(bytes);
  if (!read.ok) throw new PursebenchError("INTERNAL", `CARDRSP past its length check: ${read.reason}`);
  return read.value;
}
