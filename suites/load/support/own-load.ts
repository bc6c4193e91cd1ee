/**
 * Loads that the harness signs itself with the test keys, in place of an HSM, so that the card meets any amount, currency and
 * signature. What such a load gives the card comes from no account: cases that use it name that and give tiny amounts.
 */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { parseCardResponse } from "../../../harness/protocol/messages/card-response.ts";
import { encodeCreditIepCommand } from "../../../harness/protocol/messages/credit-iep.ts";
import { encodeGetPreviousSignatureCommand } from "../../../harness/protocol/messages/get-previous-signature.ts";
import { encodeInitializeLoadCommand } from "../../../harness/protocol/messages/initialize-load.ts";
import type { LoadInit } from "../../../harness/protocol/messages/load-init.ts";
import { type LoadResponse, parseLoadResponse } from "../../../harness/protocol/messages/load-response.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { ask, type CardAnswer, expectAnswer, freshSession, selectPurse } from "../../payment/support/card.ts";
import { debitIep, signedDebit } from "../../payment/support/own-debit.ts";
import { expectedS2, expectedS3 } from "./signatures.ts";

/** What is loaded; currency and exponent are the card's own when absent. */
export type OwnLoad = Partial<LoadInit> & Pick<LoadInit, "MLDA">;

/** A card that was initialised for a load. */
export interface LoadOffer {
  /** 34 bytes. */
  readonly LOADINIT: Uint8Array;
  /** 35 bytes. */
  readonly LOADRSP: Uint8Array;
  readonly init: LoadInit;
  readonly card: LoadResponse;
}

/** A number of its own for each load of a case. */
const USUAL = { IDACQ: "00057001", DTHR: "20260802101500", IDTRX: "000102030405060708090A0B0C0D0E0F" } as const;

/** 34 bytes, whatever the elements are: zero amounts and unknown currencies too. */
export function loadInitBytes({ MLDA, CURRLDA, CEXPLDA, IDACQ, DTHR, IDTRX }: LoadInit): Uint8Array {
  const money = concat(uintToBytes(MLDA, 4), fromHex(CURRLDA), uintToBytes(CEXPLDA, 1));
  return concat(money, fromHex(IDACQ), fromHex(DTHR), fromHex(IDTRX));
}

/** INITIALIZE IEP for load on a selected purse. */
export async function initialiseLoad(t: CaseContext, load: OwnLoad, about?: About): Promise<LoadOffer> {
  const { CURRLDA = "", CEXPLDA = -1 } = load;
  const own = CURRLDA === "" || CEXPLDA < 0 ? await t.system.readPurse() : undefined;
  if (own) await selectPurse(t);
  const init: LoadInit = {
    ...USUAL,
    ...load,
    CURRLDA: load.CURRLDA ?? own?.CURRIEP ?? "",
    CEXPLDA: load.CEXPLDA ?? own?.CEXPIEP ?? 0,
  };
  const LOADINIT = loadInitBytes(init);
  const command = encodeInitializeLoadCommand(LOADINIT);
  const LOADRSP = await expectAnswer(t, "INITIALIZE IEP for load", command, 35, about);
  const parsed = parseLoadResponse(LOADRSP);
  const reason = parsed.ok ? "readable" : parsed.reason;
  t.expect.equal("answer to INITIALIZE IEP for load", reason, "readable", about);
  const card = t.expect.present("LOADRSP", parsed.ok ? parsed.value : undefined, about);
  return { LOADINIT, LOADRSP, init, card };
}

/** LOADDATA, 15 bytes: amount, currency and exponent of LOADINIT and this S2 (16 hex digits). */
export function loadData({ LOADINIT }: Pick<LoadOffer, "LOADINIT">, S2: string): Uint8Array {
  return concat(LOADINIT.subarray(0, 7), fromHex(S2));
}

/** As the HSM would give it for that card. */
export function signedLoad(t: CaseContext, offer: LoadOffer): Uint8Array {
  return loadData(offer, expectedS2(t, offer, offer.card.S1));
}

export async function creditIep(t: CaseContext, LOADDATA: Uint8Array): Promise<CardAnswer> {
  return await ask(t, encodeCreditIepCommand(LOADDATA));
}

/** The card answers CREDIT IEP with that status word and nothing more. */
export async function expectNotCredited(
  t: CaseContext,
  what: string,
  LOADDATA: Uint8Array,
  SW: string,
  about?: About,
): Promise<void> {
  const answer = await creditIep(t, LOADDATA);
  t.expect.equal(`answer to CREDIT IEP with ${what}`, toHex(answer.data) + answer.SW, SW, about);
}

export async function previousLoad(t: CaseContext, NTIEP: number): Promise<CardAnswer> {
  return await ask(t, encodeGetPreviousSignatureCommand(NTIEP, "load"));
}

/** A load with a good S2, and what the card answered: 16 bytes, 9000, the completion code, number, balance and S3 that are due. */
export async function expectLoadCompletion(
  t: CaseContext,
  load: OwnLoad,
  CC: string,
  about?: About,
): Promise<{ offer: LoadOffer; LOADDATA: Uint8Array; CARDRSP: Uint8Array }> {
  const offer = await initialiseLoad(t, load, about);
  const LOADDATA = signedLoad(t, offer);
  const { data, SW } = await creditIep(t, LOADDATA);
  t.expect.equal(`status word of CREDIT IEP (${load.MLDA} minor units)`, SW, "9000", about);
  expectCardResponse(t, offer, data, CC, about);
  return { offer, LOADDATA, CARDRSP: data };
}

/** Takes off the card again, by a debit of the harness's own, what such a load gave it: money must come from somewhere. */
export async function takeBack(t: CaseContext, MPDA: number): Promise<void> {
  const card = await freshSession(t);
  const { SW } = await debitIep(t, signedDebit(t, card, { MPDA }));
  t.expect.equal("status word of the debit that takes the value back", SW, "9000");
}

/** CARDRSP says CC, the transaction's number and the balance raised exactly when CC is 0000, and bears the card's S3 over it. */
export function expectCardResponse(
  t: CaseContext,
  { init, card }: Pick<LoadOffer, "init" | "card">,
  CARDRSP: Uint8Array,
  CC: string,
  about?: About,
): void {
  const parsed = parseCardResponse(CARDRSP);
  const answer = t.expect.present("readable CARDRSP of 16 bytes", parsed.ok ? parsed.value : undefined, about);
  const BALIEP = card.BALIEP + (CC === "0000" ? init.MLDA : 0);
  t.expect.equal(
    "completion code, NTIEP and BALIEP of the load response",
    [answer.CC, answer.NTIEP, answer.BALIEP],
    [CC, card.NTIEP, BALIEP],
    about,
  );
  t.expect.equal("S3 of the load response", answer.S3, expectedS3(t, { init, card }, { CC, BALIEP }), about);
}
