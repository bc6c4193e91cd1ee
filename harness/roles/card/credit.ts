import { equal, fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { LoadRequest } from "../../crypto/load-signatures.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { encodeCardResponse } from "../../protocol/messages/card-response.ts";
import { readInitResponse } from "../../protocol/messages/init-response.ts";
import { type LoadData, readLoadData } from "../../protocol/messages/load-data.ts";
import { readLoadInit } from "../../protocol/messages/load-init.ts";
import { LOAD_RECORD, type LogRecord } from "../../protocol/messages/read-record.ts";
import type { Parsed } from "../../protocol/messages/structure-value.ts";
import { type CardStep, refused, writtenAndAnswered } from "./answer.ts";
import { advanced, remembered } from "./completion.ts";
import type { CardCrypto } from "./crypto.ts";
import { loadRequestOf, loadSessionOf } from "./load-request.ts";
import type { CardState, Purse } from "./state.ts";

/** Bytes of MLDA, CURRLDA and CEXPLDA, which LOADINIT and LOADDATA both begin with. */
const AMOUNT_LENGTH = 7;

/** CREDIT IEP (card-edge.md 5.2b). The caller has checked the length. */
export function credit(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const { purse, session } = state;
  if (session.kind !== "initialised-for-load") return refused(state, 0x6985);
  const used: CardState = { ...state, session: { kind: "selected" } };
  const LOADINIT = fromHex(session.LOADINIT);
  const request = loadRequestOf(known(readInitResponse(fromHex(session.INITRSP))), known(readLoadInit(LOADINIT)));
  const load = loadSessionOf(purse, request);
  const asked = known(readLoadData(apdu.data));
  const isRight = crypto.verifyLoadS2(load, fromHex(session.S1), fromHex(asked.S2));
  if (!isRight || !isAsAsked(LOADINIT, apdu.data)) return refused(used, 0x9302);

  const CC = creditCompletionCode(purse, asked);
  const after = CC === "0000" ? credited(purse, request) : purse;
  const S3 = crypto.signLoadS3(load, { CC, BALIEP: after.BALIEP });
  const CARDRSP = encodeCardResponse({ CC, NTIEP: purse.NTIEP, BALIEP: after.BALIEP, S3: toHex(S3) });
  return writtenAndAnswered(used, remembered(after, "load", purse.NTIEP, CARDRSP), CARDRSP);
}

/** Amount, currency and exponent are those that S1 was made over. */
function isAsAsked(LOADINIT: Uint8Array, LOADDATA: Uint8Array): boolean {
  return equal(LOADINIT.subarray(0, AMOUNT_LENGTH), LOADDATA.subarray(0, AMOUNT_LENGTH));
}

/** CC for a load that the HSM has signed, first reason that applies. */
export function creditCompletionCode(
  purse: Purse,
  { MLDA, CURRLDA, CEXPLDA }: Pick<LoadData, "MLDA" | "CURRLDA" | "CEXPLDA">,
): string {
  if (CURRLDA !== purse.CURRIEP || CEXPLDA !== purse.CEXPIEP) return "9409";
  if (MLDA === 0) return "940A";
  return purse.BALIEP + MLDA > purse.BALmaxIEP ? "940B" : "0000";
}

/** The purse after a load: balance, number and log together. */
export function credited(purse: Purse, request: LoadRequest): Purse {
  const BALIEP = purse.BALIEP + request.MLDA;
  return advanced(purse, BALIEP, logRecordOf(purse, request, BALIEP));
}

function logRecordOf({ NTIEP }: Purse, request: LoadRequest, BALIEP: number): LogRecord {
  const { MLDA: MPDA, CURRLDA: CURRPDA, CEXPLDA: CEXPPDA, IDACQ: IDPSAM, DTHR } = request;
  return { TI: LOAD_RECORD, NTIEP, CC: "0000", MPDA, CURRPDA, CEXPPDA, BALIEP, IDPSAM, NTPSAM: 0, DTHR };
}

/** Of bytes whose length has been checked, or that the card made itself. */
function known<T>(read: Parsed<T>): T {
  if (read.ok) return read.value;
  throw new PursebenchError("INTERNAL", `bytes of a load past their length check: ${read.reason}`);
}
