/**
 * Debits that the harness signs itself with the test keys, in place of a PSAM, so that the card meets any amount, currency
 * and signature. What such a debit takes from the card is with no PSAM: cases that use it name that and take tiny amounts.
 */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../../harness/crypto/purse-keys.ts";
import { type Completion, signS2, signS3 } from "../../../harness/crypto/purse-signatures.ts";
import { type CardResponse, parseCardResponse } from "../../../harness/protocol/messages/card-response.ts";
import { encodeDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { encodeDebitIepCommand } from "../../../harness/protocol/messages/debit-iep.ts";
import { encodeGetPreviousSignatureCommand } from "../../../harness/protocol/messages/get-previous-signature.ts";
import { type InitResponse, readInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";
import { ask, type CardAnswer, freshSession, type Initialised } from "./card.ts";

/** What is debited; currency and exponent are the card's own when absent. */
export interface OwnDebit {
  /** Minor units. */
  readonly MPDA: number;
  readonly CURRPDA?: string;
  readonly CEXPPDA?: number;
  readonly NTPSAM?: number;
  /** 14 digits. */
  readonly DTHR?: string;
}

/** Session keys of the card that gave this INITRSP; or, for one that says it is `other`, under the first one's master key. */
export function sessionKeysFor(t: CaseContext, INITRSP: Uint8Array, other: Uint8Array = INITRSP): SessionKeys {
  const { PPIEP, ALGIEP, VKIEP } = fieldsOf(t, INITRSP);
  const said = fieldsOf(t, other);
  const MKP =
    t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP) ??
    inconclusive(`no test key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, "bench");
  const KDP = deriveCardKey(ALGIEP, MKP, said.PPIEP, said.IDIEP);
  return deriveSessionKeys(ALGIEP, KDP, said.NTIEP, fromHex(said.R));
}

function fieldsOf(t: CaseContext, INITRSP: Uint8Array): InitResponse {
  const read = readInitResponse(INITRSP);
  return t.expect.present("elements of INITRSP", read.ok ? read.value : undefined);
}

/** DEBITDATA, 53 bytes, with the S2 that a PSAM would give it. */
export function signedDebit(t: CaseContext, card: Initialised, debit: OwnDebit): Uint8Array {
  const { INITRSP, fields } = card;
  const unsigned = encodeDebitData({
    PPPSAM: fields.PPIEP,
    IDPSAM: "00C0FFEE",
    NTPSAM: debit.NTPSAM ?? 7,
    MPDA: 1,
    CURRPDA: debit.CURRPDA ?? fields.CURRIEP,
    CEXPPDA: debit.CEXPPDA ?? fields.CEXPIEP,
    DTHR: debit.DTHR ?? "20260115123059",
    LOC: "00490089",
    IDTRX: "000102030405060708090A0B0C0D0E0F",
    S2: "0000000000000000",
  });
  unsigned.set(uintToBytes(debit.MPDA, 4), 11); // here, so that 0 is possible too
  return withS2(t, fields.ALGIEP, sessionKeysFor(t, INITRSP), INITRSP, unsigned);
}

/** The same DEBITDATA with S2 over `INITRSP` under `keys`. */
export function withS2(
  t: CaseContext,
  ALGIEP: number,
  { KS2 }: SessionKeys,
  INITRSP: Uint8Array,
  DEBITDATA: Uint8Array,
): Uint8Array {
  t.expect.equal("length of DEBITDATA", DEBITDATA.length, 53, { owner: "bench" });
  return concat(DEBITDATA.subarray(0, 45), signS2(ALGIEP, KS2, INITRSP, DEBITDATA));
}

/** S3, hex, that the card owes for that completion (keys-and-signatures.md, section 4). */
export function expectedS3(t: CaseContext, INITRSP: Uint8Array, DEBITDATA: Uint8Array, completion: Completion): string {
  const { KS3 } = sessionKeysFor(t, INITRSP);
  return toHex(signS3(INITRSP[8] ?? 0, KS3, INITRSP, DEBITDATA, completion));
}

export async function debitIep(t: CaseContext, DEBITDATA: Uint8Array): Promise<CardAnswer> {
  return await ask(t, encodeDebitIepCommand(DEBITDATA));
}

export async function previousSignature(t: CaseContext, NTIEP: number): Promise<CardAnswer> {
  return await ask(t, encodeGetPreviousSignatureCommand(NTIEP));
}

/** A debit with a good S2, and what the card answered: 16 bytes, 9000, the completion code, number, balance and S3 that are due. */
export async function expectCompletion(
  t: CaseContext,
  debit: OwnDebit,
  CC: string,
  about?: About,
): Promise<{ card: Initialised; DEBITDATA: Uint8Array; CARDRSP: Uint8Array }> {
  const card = await freshSession(t, about);
  const DEBITDATA = signedDebit(t, card, debit);
  const { data, SW } = await debitIep(t, DEBITDATA);
  t.expect.equal(`status word of DEBIT IEP (${debit.MPDA} minor units)`, SW, "9000", about);
  expectCardResponse(t, card.INITRSP, DEBITDATA, data, CC, CC === "0000" ? debit.MPDA : 0, about);
  return { card, DEBITDATA, CARDRSP: data };
}

/** CARDRSP says CC, the transaction's number and the balance lowered by `debited`, and bears the card's S3 over it. */
export function expectCardResponse(
  t: CaseContext,
  INITRSP: Uint8Array,
  DEBITDATA: Uint8Array,
  CARDRSP: Uint8Array,
  CC: string,
  debited: number,
  about?: About,
): CardResponse {
  const initialised = readInitResponse(INITRSP);
  const { BALIEP, NTIEP } = t.expect.present("INITRSP", initialised.ok ? initialised.value : undefined, about);
  const parsed = parseCardResponse(CARDRSP);
  const answer = t.expect.present("readable CARDRSP of 16 bytes", parsed.ok ? parsed.value : undefined, about);
  const due = { CC, BALIEP: BALIEP - debited };
  t.expect.equal(
    "completion code, NTIEP and BALIEP of the debit response",
    [answer.CC, answer.NTIEP, answer.BALIEP],
    [CC, NTIEP, due.BALIEP],
    about,
  );
  t.expect.equal("S3 of the debit response", answer.S3, expectedS3(t, INITRSP, DEBITDATA, due), about);
  return answer;
}
