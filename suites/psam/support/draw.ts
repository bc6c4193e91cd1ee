/** Draws: the packages up to DEBITDATA, COMPLETE and CANCEL. */
import { createHash } from "node:crypto";
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { rsaPrivate } from "../../../harness/crypto/rsa.ts";
import type { About } from "../../define/expect.ts";
import { apdu } from "./apdu.ts";
import { certificatesFor, ownKeys } from "./certificates.ts";
import type { Psam } from "./psam.ts";
import { AT, ATR, amountOf, type Debit, isPublic, purse } from "./purse.ts";

/** Bytes of the answers to PACKAGE: INITIALIZE IEP, DEBIT (P1 00 and 01), COMPLETE. */
export const LE = { initialise: 11, debit: 53, issue: 69, complete: 39, certificate: 244, sessionKey: 224 } as const;

export const DTHR = "20260115123059";
export const LOC = "00490089";

export interface Wish {
  /** The standard card when absent. */
  readonly INITRSP?: Uint8Array;
  readonly MPDA?: number;
  /** `01`: issued at once. */
  readonly p1?: "00" | "01";
  readonly IDTRX?: string;
  readonly DTHR?: string;
  readonly LOC?: string;
  /** CURRPDA 2, CEXPPDA 1; those of the card when absent. */
  readonly currency?: string;
}

export const packageAtr = (bytes: Uint8Array = ATR) => apdu("90700000", bytes);
export const packageInitialise = (INITRSP: Uint8Array) => apdu("90700100", INITRSP, LE.initialise);
export const packageIssuer = (certificate: Uint8Array) => apdu("90700200", certificate);
export const packageCard = (certificate: Uint8Array) => apdu("90700300", certificate);
export const READ_CERTIFICATE = apdu("90780000", "", LE.certificate);
export const READ_SESSION_KEY = apdu("90780100", "", LE.sessionKey);

/** Data of PACKAGE: DEBIT, 34 bytes. */
export function packageData(wish: Wish & { readonly IDTRX: string }): Uint8Array {
  const INITRSP = wish.INITRSP ?? purse();
  const currency = wish.currency ?? toHex(INITRSP.subarray(AT.CURRIEP, AT.AMIEP));
  const { MPDA = 995, IDTRX } = wish;
  return concat(uintToBytes(MPDA, 4), fromHex(currency + (wish.DTHR ?? DTHR) + (wish.LOC ?? LOC) + IDTRX));
}

export function packageDebit(data: Uint8Array, p1: "00" | "01" = "00"): Uint8Array {
  return apdu(`9072${p1}00`, data, p1 === "00" ? LE.debit : LE.issue);
}

/** Everything up to *card accepted*. `between` is called in each state on the way. */
export async function present(
  psam: Psam,
  INITRSP: Uint8Array = purse(),
  between: (place: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
  await between("card reset");
  await psam.answers("PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP));
  if (isPublic(INITRSP)) {
    const { issuer, card } = certificatesFor(psam.t, INITRSP);
    await between("card identified");
    await psam.says("PACKAGE: ISSUER CERTIFICATE", packageIssuer(issuer), "9000");
    await between("issuer certified");
    await psam.says("PACKAGE: CARD CERTIFICATE", packageCard(card), "9000");
  }
  await between("card accepted");
}

/** PACKAGE: DEBIT for the card that was accepted. */
export async function issueDebit(psam: Psam, wish: Wish = {}): Promise<Debit> {
  const { INITRSP = purse(), p1 = "00", IDTRX = psam.nextIdtrx() } = wish;
  psam.issued.add(IDTRX);
  const data = await psam.answers("PACKAGE: DEBIT", packageDebit(packageData({ ...wish, INITRSP, IDTRX }), p1));
  psam.t.expect.equal("bytes of the answer to PACKAGE: DEBIT", data.length, p1 === "00" ? LE.debit : LE.issue);
  const debit = { IDTRX, INITRSP, DEBITDATA: data.slice(0, LE.debit) };
  return p1 === "00" ? debit : { ...debit, EXPECTED: data.slice(LE.debit) };
}

/** A whole draw; of a public key card with the session key that was sent to it. */
export async function draw(psam: Psam, wish: Wish = {}): Promise<Debit> {
  const { INITRSP = purse() } = wish;
  await present(psam, INITRSP);
  const debit = await issueDebit(psam, wish);
  return isPublic(INITRSP) ? { ...debit, SK: await sessionKey(psam) } : debit;
}

/** SK of the debit issued last, deciphered as the card does. */
export async function sessionKey(psam: Psam): Promise<Uint8Array> {
  const SESSKEY = await psam.answers("READ SESSION KEY", READ_SESSION_KEY);
  const z = rsaPrivate(ownKeys().card.privateKey, SESSKEY.subarray(0, 112));
  psam.t.expect.that(z !== null && z[0] === 0, "EK is z^e mod n of the card's key, and z begins with 00");
  return new Uint8Array(
    createHash("sha256")
      .update(z ?? new Uint8Array(0))
      .digest()
      .subarray(0, 16),
  );
}

export const complete = (IDTRX: string, CARDRSP: Uint8Array) =>
  apdu("90740000", concat(fromHex(IDTRX), CARDRSP), LE.complete);
export const withdraw = (IDTRX: string) => apdu("908E0000", IDTRX);
export const suspend = (IDTRX: string) => apdu("908E0100", IDTRX);

/** What COMPLETE answers when it confirms that debit: MSGRESULT and `9000`. */
export function confirmation(debit: Debit): string {
  const { IDTRX, INITRSP, DEBITDATA } = debit;
  const card = concat(INITRSP.subarray(0, AT.ALGIEP), INITRSP.subarray(AT.NTIEP, AT.VKIEP));
  const amount = concat(uintToBytes(amountOf(debit), 4), DEBITDATA.subarray(15, 18));
  return `${IDTRX}0000${toHex(DEBITDATA.subarray(7, 11))}${toHex(card)}${toHex(amount)}9000`;
}

/** COMPLETE with the right answer of the card must confirm the debit. */
export async function confirm(psam: Psam, debit: Debit, CARDRSP: Uint8Array, about?: About): Promise<void> {
  await psam.says(
    "COMPLETE with the right answer of the card",
    complete(debit.IDTRX, CARDRSP),
    confirmation(debit),
    about,
  );
}
