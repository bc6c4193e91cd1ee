import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { psamName } from "../../crypto/certificate.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { encodeCardResponse } from "../../protocol/messages/card-response.ts";
import { type DebitData, readDebitData } from "../../protocol/messages/debit-data.ts";
import { type LogRecord, PURCHASE_RECORD } from "../../protocol/messages/read-record.ts";
import { type CardStep, refused, writtenAndAnswered } from "./answer.ts";
import { advanced, remembered } from "./completion.ts";
import { type CardCrypto, type DebitContext, sessionKeysOf } from "./crypto.ts";
import type { CardState, CertifiedPsam, Purse } from "./state.ts";

/** DEBIT IEP (card-edge.md 5.3). The caller has checked the length. */
export function debit(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const { purse, session } = state;
  if (session.kind !== "initialised") return refused(state, 0x6985);
  const KDP = purse.rsa ? session.psam?.SK : purse.KDP;
  if (KDP === undefined) return refused(state, 0x6985);
  const used: CardState = { ...state, session: { kind: "selected" } };
  const context = contextOf(purse, KDP, session.INITRSP, apdu.data);
  const keys = sessionKeysOf(context);
  if (!isFrom(session.psam, apdu.data) || !crypto.verifyS2(context, keys)) return refused(used, 0x9302);

  const read = readDebitData(apdu.data);
  if (!read.ok) throw new PursebenchError("INTERNAL", `DEBITDATA past its length check: ${read.reason}`);
  const CC = completionCode(purse, read.value);
  const after = CC === "0000" ? debited(purse, read.value) : purse;
  const S3 = crypto.signS3(context, keys, { CC, BALIEP: after.BALIEP });
  const CARDRSP = encodeCardResponse({ CC, NTIEP: purse.NTIEP, BALIEP: after.BALIEP, S3: toHex(S3) });
  return writtenAndAnswered(used, remembered(after, "purchase", purse.NTIEP, CARDRSP), CARDRSP);
}

/** PPPSAM and IDPSAM in DEBITDATA are those of the PSAM that has shown its certificate, where one has to. */
export function isFrom(psam: CertifiedPsam | undefined, DEBITDATA: Uint8Array): boolean {
  if (psam === undefined) return true;
  return psam.subject === psamName(toHex(DEBITDATA.subarray(0, 3)), toHex(DEBITDATA.subarray(3, 7)));
}

/** CC for a debit that the PSAM has signed, first reason that applies. */
export function completionCode(purse: Purse, data: DebitData): string {
  if (data.CURRPDA !== purse.CURRIEP || data.CEXPPDA !== purse.CEXPIEP) return "9409";
  if (data.MPDA === 0) return "940A";
  if (data.MPDA > purse.BALIEP) return "9401";
  return "0000";
}

/** The purse after a debit: balance, number and log together. */
export function debited(purse: Purse, data: DebitData): Purse {
  const BALIEP = purse.BALIEP - data.MPDA;
  return advanced(purse, BALIEP, logRecordOf(purse, data, BALIEP));
}

function contextOf({ ALGIEP, NTIEP }: Purse, KDP: string, INITRSP: string, DEBITDATA: Uint8Array): DebitContext {
  return { ALGIEP, KDP, NTIEP, INITRSP: fromHex(INITRSP), DEBITDATA };
}

function logRecordOf(purse: Purse, data: DebitData, BALIEP: number): LogRecord {
  const { MPDA, CURRPDA, CEXPPDA, IDPSAM, NTPSAM, DTHR } = data;
  return { TI: PURCHASE_RECORD, NTIEP: purse.NTIEP, CC: "0000", MPDA, CURRPDA, CEXPPDA, BALIEP, IDPSAM, NTPSAM, DTHR };
}
