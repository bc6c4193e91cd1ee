/** The harness's own dealings with cards of every algorithm, secret key or public key: offer, draw, keys, debit. */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveSessionKeys, type SessionKeys } from "../../../harness/crypto/purse-keys.ts";
import { signS2, signS3 } from "../../../harness/crypto/purse-signatures.ts";
import type { InitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import { CERTIFICATE_FILE, encodeReadRecordCommand } from "../../../harness/protocol/messages/read-record.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { expectAnswer, initialise, selectPurse } from "../support/card.ts";
import { debitCard, type Issued, type Offer } from "../support/direct.ts";
import { sessionKeys } from "../support/signatures.ts";
import { BLOCK, CERTIFICATE, sessionKeyIn } from "./certificate.ts";

/** ALGIEP of public key cards. */
export const PUBLIC_KEY = 0x10;

/** A card as a terminal is told of it, with its certificates where it has some. */
export type AnyOffer = Offer;

/** Selects the card in the reader, reads its certificates if it is a public key card, and initialises it. */
export async function offerAny(t: CaseContext): Promise<AnyOffer> {
  const { ATR, ALGIEP } = await t.system.readPurse();
  await selectPurse(t);
  const CERTS = ALGIEP === PUBLIC_KEY ? concat(...(await readCertificates(t))) : undefined;
  return { ATR, CERTS, ...(await initialise(t, { owner: "card" })) };
}

/** Records 1 (issuer) and 2 (card) of the certificate file of a selected card. */
export async function readCertificates(t: CaseContext, about?: About): Promise<[Uint8Array, Uint8Array]> {
  const read = (record: number) =>
    expectAnswer(
      t,
      `READ RECORD ${record} of the certificates`,
      encodeReadRecordCommand(record, CERTIFICATE_FILE),
      CERTIFICATE,
      about,
    );
  return [await read(1), await read(2)];
}

/** What the keys of a debit follow from. */
export interface KeyMaterial {
  readonly INITRSP: Uint8Array;
  readonly fields: InitResponse;
  /** Of public key cards. */
  readonly CERTS?: Uint8Array | undefined;
  readonly SESSKEY?: Uint8Array | undefined;
}

/** KS2 and KS3 of one debit: from the master keys, or from what the card finds in EK. */
export function keysOf(t: CaseContext, { INITRSP, fields, CERTS, SESSKEY }: KeyMaterial): SessionKeys {
  if (fields.ALGIEP !== PUBLIC_KEY) return sessionKeys(t, fields, INITRSP);
  const SK = transportedKey(t, CERTS, SESSKEY);
  return deriveSessionKeys(fields.ALGIEP, SK, fields.NTIEP, INITRSP.subarray(23, 27));
}

/** SK, 16 bytes, as the card deciphers it. */
export function transportedKey(t: CaseContext, CERTS: Uint8Array | undefined, SESSKEY: Uint8Array | undefined) {
  const CARDCERT = t.expect.present("certificate of the card", CERTS).subarray(CERTIFICATE);
  const EK = t.expect.present("session key for the card", SESSKEY).subarray(0, BLOCK);
  return sessionKeyIn(t, CARDCERT, EK);
}

/** S2, 16 hex digits, that belongs to the first 45 bytes of DEBITDATA. */
export function dueS2(t: CaseContext, card: KeyMaterial, DEBITDATA: Uint8Array): string {
  const { KS2 } = keysOf(t, card);
  return toHex(signS2(card.fields.ALGIEP, KS2, card.INITRSP, DEBITDATA.subarray(0, 45)));
}

/** CARDRSP, 32 hex digits, of a genuine card that executes this very command with success. */
export function dueAnswer(t: CaseContext, card: KeyMaterial, DEBITDATA: Uint8Array): string {
  const { INITRSP, fields } = card;
  const BALIEP = fields.BALIEP - bytesToUint(DEBITDATA.subarray(11, 15));
  const { KS3 } = keysOf(t, card);
  const S3 = signS3(fields.ALGIEP, KS3, INITRSP, DEBITDATA, { CC: "0000", BALIEP });
  return toHex(concat(fromHex("0000"), uintToBytes(fields.NTIEP, 2), uintToBytes(BALIEP, 4), S3));
}

/** What `issue` drew, with the offer's own CERTS: everything that `keysOf` needs. */
export function materialOf({ offer, CERTS, SESSKEY }: Issued): KeyMaterial {
  return { INITRSP: offer.INITRSP, fields: offer.fields, CERTS, SESSKEY };
}

/** PRESENT CERTIFICATE and PRESENT SESSION KEY, which the card must take. */
export async function present(t: CaseContext, { PSAMCERT, SESSKEY }: Issued, about?: About): Promise<void> {
  const certificate = encodePresentCertificateCommand(t.expect.present("PSAMCERT", PSAMCERT, about));
  await expectAnswer(t, "PRESENT CERTIFICATE", certificate, 0, about);
  const key = encodePresentSessionKeyCommand(t.expect.present("SESSKEY", SESSKEY, about));
  await expectAnswer(t, "PRESENT SESSION KEY", key, 0, about);
}

/** The card in the reader, initialised for that draw, is debited: CARDRSP, 16 bytes. */
export async function debitAny(t: CaseContext, issued: Issued, about?: About): Promise<Uint8Array> {
  if (issued.offer.fields.ALGIEP !== PUBLIC_KEY) return await debitCard(t, issued);
  await present(t, issued, about);
  return await debitCard(t, { ...issued, PSAMCERT: undefined, SESSKEY: undefined });
}

/** The same card, initialised anew: another challenge. */
export async function offerAgain(t: CaseContext, { ATR, CERTS }: AnyOffer): Promise<AnyOffer> {
  await selectPurse(t);
  return { ATR, CERTS, ...(await initialise(t, { owner: "card" })) };
}
