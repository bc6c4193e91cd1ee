import { toHex } from "../../core/bytes.ts";
import type { TransactionKind } from "../../protocol/messages/get-previous-signature.ts";
import type { LogRecord } from "../../protocol/messages/read-record.ts";
import { LOG_RECORDS, type Purse } from "./state.ts";

/** The purse after a transaction that changed its balance to `BALIEP`: balance, number and log together. */
export function advanced(purse: Purse, BALIEP: number, record: LogRecord): Purse {
  return { ...purse, BALIEP, NTIEP: purse.NTIEP + 1, log: [record, ...purse.log.slice(0, LOG_RECORDS - 1)] };
}

/** The purse with CARDRSP of transaction `NTIEP` kept for GET PREVIOUS IEP SIGNATURE. */
export function remembered(purse: Purse, kind: TransactionKind, NTIEP: number, CARDRSP: Uint8Array): Purse {
  return { ...purse, previous: { kind, NTIEP, CARDRSP: toHex(CARDRSP) } };
}
