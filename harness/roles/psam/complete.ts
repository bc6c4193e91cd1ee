import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { type CardResponse, readCardResponse } from "../../protocol/messages/card-response.ts";
import { type DebitData, readDebitData } from "../../protocol/messages/debit-data.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import { encodeMessageResult } from "../../protocol/messages/message-result.ts";
import type { TotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import { type PsamStep, refused, written } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { cardOf, contextOf } from "./package-debit.ts";
import { isRemembered, remember } from "./remembered-ids.ts";
import type { PsamMemory, PsamState, Transaction } from "./state.ts";

/** PSAM COMPLETE (psam-edge.md 4.4), for the open transaction or a suspended one. */
export function complete(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  const IDTRX = toHex(apdu.data.subarray(0, 16));
  if (isRemembered(memory.confirmed, IDTRX)) return refused(state, 0x9416);
  const transaction = findTransaction(memory, IDTRX);
  if (!transaction) return refused(state, 0x9415);
  const response = cardResponseOf(apdu.data.subarray(16));
  if (!isGenuine(memory, transaction, response, crypto)) return refused(state, 0x9302);
  if (response.CC !== "0000") return written(state, without(memory, IDTRX), undefined, 0x9404);
  return written(state, confirmed(memory, transaction), messageResult(transaction));
}

/** The open or suspended transaction of that identifier. */
export function findTransaction(memory: PsamMemory, IDTRX: string): Transaction | undefined {
  if (memory.open?.IDTRX === IDTRX) return memory.open;
  return memory.suspended.find((transaction) => transaction.IDTRX === IDTRX);
}

/** CARDRSP says what it must for its CC, and S3 is the card's over exactly that. */
export function isGenuine(
  memory: PsamMemory,
  transaction: Transaction,
  response: CardResponse,
  crypto: PsamCrypto,
): boolean {
  const INITRSP = fromHex(transaction.INITRSP);
  const card = cardOf(INITRSP);
  const BALIEP = balanceAfter(card, debitOf(transaction), response.CC);
  const DEBITDATA = fromHex(transaction.DEBITDATA);
  const completion = { CC: response.CC, BALIEP };
  const isSigned = crypto.verifyS3(contextOf(memory, INITRSP), DEBITDATA, completion, fromHex(response.S3));
  return isSigned && response.NTIEP === card.NTIEP && response.BALIEP === BALIEP;
}

/** What BALIEP must be after the debit ended with CC. */
export function balanceAfter(card: InitResponse, debit: DebitData, CC: string): number {
  return CC === "0000" ? card.BALIEP - debit.MPDA : card.BALIEP;
}

/** The transaction is closed as confirmed and its total is raised: all in one value. */
export function confirmed(memory: PsamMemory, transaction: Transaction): PsamMemory {
  const { PPIEP } = cardOf(fromHex(transaction.INITRSP));
  const { MPDA, CURRPDA, CEXPPDA } = debitOf(transaction);
  return {
    ...without(memory, transaction.IDTRX),
    totals: raised(memory.totals, { PPIEP, CURR: CURRPDA, CEXP: CEXPPDA }, MPDA),
    confirmed: remember(memory.confirmed, transaction.IDTRX),
  };
}

/** The totals with one more transaction of that provider and currency. */
export function raised(
  totals: readonly TotalsLine[],
  group: Pick<TotalsLine, "PPIEP" | "CURR" | "CEXP">,
  MPDA: number,
): readonly TotalsLine[] {
  const isSame = ({ PPIEP, CURR, CEXP }: TotalsLine) =>
    PPIEP === group.PPIEP && CURR === group.CURR && CEXP === group.CEXP;
  if (!totals.some(isSame)) return [...totals, { ...group, MTOT: MPDA, NTOT: 1 }];
  return totals.map((line) => (isSame(line) ? { ...line, MTOT: line.MTOT + MPDA, NTOT: line.NTOT + 1 } : line));
}

/** The memory without that transaction, open or suspended. */
export function without(memory: PsamMemory, IDTRX: string): PsamMemory {
  return {
    ...memory,
    open: memory.open?.IDTRX === IDTRX ? null : memory.open,
    suspended: memory.suspended.filter((transaction) => transaction.IDTRX !== IDTRX),
  };
}

/** MSGRESULT, 39 bytes. */
export function messageResult(transaction: Transaction): Uint8Array {
  const { PPIEP, IDIEP, NTIEP } = cardOf(fromHex(transaction.INITRSP));
  const { NTPSAM, MPDA, CURRPDA, CEXPPDA } = debitOf(transaction);
  const { IDTRX } = transaction;
  return encodeMessageResult({ IDTRX, CC: "0000", NTPSAM, PPIEP, IDIEP, NTIEP, MPDA, CURRPDA, CEXPPDA });
}

function debitOf(transaction: Transaction): DebitData {
  const read = readDebitData(fromHex(transaction.DEBITDATA));
  if (!read.ok) throw new PursebenchError("INTERNAL", `kept DEBITDATA: ${read.reason}`);
  return read.value;
}

function cardResponseOf(bytes: Uint8Array): CardResponse {
  const read = readCardResponse(bytes);
  if (!read.ok) throw new PursebenchError("INTERNAL", `CARDRSP past its length check: ${read.reason}`);
  return read.value;
}
