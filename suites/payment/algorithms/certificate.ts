/**
 * Certificates and session keys of public key cards by the words of `keys-and-signatures.md` 8, with nothing but node's own
 * cryptography: what is judged does not judge itself.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  sign,
  verify,
} from "node:crypto";
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inconclusive } from "../../define/failures.ts";

export const CERTIFICATE = 244;
export const SESSKEY = 224;
/** Bytes of a modulus, a signature, EK. */
export const BLOCK = 112;
/** Bytes of a certificate under its signature. */
const SIGNED = 132;

/** Where the parts of a certificate stand. */
export const PLACES = {
  type: [0, 1],
  authority: [1, 8],
  subject: [9, 8],
  "last day": [17, 3],
  modulus: [20, BLOCK],
  signature: [SIGNED, BLOCK],
} as const satisfies Readonly<Record<string, readonly [offset: number, length: number]>>;

/** What a certificate must say; hex digits. */
export interface Names {
  readonly type: "01" | "02" | "03";
  readonly authority: string;
  readonly subject: string;
}

export function part(certificate: Uint8Array, place: keyof typeof PLACES): Uint8Array {
  const [offset, length] = PLACES[place];
  return certificate.slice(offset, offset + length);
}

/** The bit in the middle of that part: for `flipBit`. A last day stays a date, a modulus odd and of 896 bits. */
export function middle(place: keyof typeof PLACES): number {
  const [offset, length] = PLACES[place];
  return place === "last day" ? (offset + length) * 8 - 1 : offset * 8 + length * 4 + 3;
}

/** The names of all three certificates of a purchase. `PPIEP`, `IDIEP`, `PPPSAM`, `IDPSAM`: hex digits. */
export const NAMES = {
  issuer: ({ PPIEP, VKIEP }: { readonly PPIEP: string; readonly VKIEP: number }): Names => ({
    type: "01",
    authority: caName(PPIEP, VKIEP),
    subject: `${PPIEP}0000000000`,
  }),
  card: ({ PPIEP, IDIEP }: { readonly PPIEP: string; readonly IDIEP: string }): Names => ({
    type: "02",
    authority: `${PPIEP}0000000000`,
    subject: PPIEP + IDIEP,
  }),
  psam: (
    { PPIEP, VKIEP }: { readonly PPIEP: string; readonly VKIEP: number },
    { PPPSAM, IDPSAM }: { readonly PPPSAM: string; readonly IDPSAM: string },
  ): Names => ({ type: "03", authority: caName(PPIEP, VKIEP), subject: `${PPPSAM}00${IDPSAM}` }),
};

/** 244 bytes that say this, are valid today, and are signed by the holder of that modulus. */
export function expectCertificate(
  t: CaseContext,
  what: string,
  certificate: Uint8Array,
  names: Names,
  authority: Uint8Array,
  about?: About,
): void {
  t.expect.equal(`bytes of the ${what}`, certificate.length, CERTIFICATE, about);
  const said = (["type", "authority", "subject"] as const).map((place) => toHex(part(certificate, place)));
  t.expect.equal(`type, authority, subject of the ${what}`, said, [names.type, names.authority, names.subject], about);
  const lastDay = toHex(part(certificate, "last day"));
  t.expect.that(lastDay >= t.facts.today, `the ${what} is valid today`, { ...about, actual: lastDay });
  const signed = isSigned(authority, certificate.subarray(0, SIGNED), part(certificate, "signature"));
  t.expect.that(signed, `the ${what} is signed by its authority`, about);
}

/** RSASSA-PKCS1-v1_5 with SHA-256. */
export function isSigned(modulus: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  return verify("sha256", data, publicKey(modulus), signature);
}

/** A certificate of the harness's own making. `lastDay`: YYMMDD; `key`: the authority's, PKCS#8 in base64. */
export function certify(key: string, { type, authority, subject }: Names, lastDay: string, modulus: Uint8Array) {
  const signed = concat(fromHex(type + authority + subject + lastDay), modulus);
  return concat(signed, new Uint8Array(sign("sha256", signed, privateKey(key))));
}

/** Modulus of the CA that certifies that card's issuer. */
export function caModulus(t: CaseContext, { PPIEP, VKIEP }: { PPIEP: string; VKIEP: number }): Uint8Array {
  return t.keys.caPublicKey(PPIEP, VKIEP) ?? inconclusive(`no test key of the CA of ${PPIEP}, ${VKIEP}`, "bench");
}

/** SK (16 bytes) as the card finds it: EK deciphered with the card's own key. `CARDCERT` says which card it is. */
export function sessionKeyIn(t: CaseContext, CARDCERT: Uint8Array, EK: Uint8Array): Uint8Array {
  const key = t.keys.cardPrivateKey(part(CARDCERT, "modulus"));
  if (key === undefined) return inconclusive("the card's certificate is of no test key", "bench");
  const z = privateDecrypt({ key: privateKey(key), padding: constants.RSA_NO_PADDING }, EK);
  t.expect.equal("first byte of what EK enciphers", z[0], 0x00);
  return new Uint8Array(createHash("sha256").update(z).digest().subarray(0, 16));
}

/** What SIG is over: `1F`, the security card, the card's answer to INITIALIZE IEP, EK. */
export function underSig(psam: { PPPSAM: string; IDPSAM: string }, INITRSP: Uint8Array, EK: Uint8Array): Uint8Array {
  return concat(fromHex(`1F${psam.PPPSAM}${psam.IDPSAM}`), INITRSP, EK);
}

/** "CA", provider, version of its key, three bytes of zero. */
export function caName(PPIEP: string, VKIEP: number): string {
  return `CA${PPIEP}${toHex(Uint8Array.of(VKIEP))}000000`;
}

function publicKey(modulus: Uint8Array): KeyObject {
  const n = Buffer.from(modulus).toString("base64url");
  return createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
}

function privateKey(key: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" });
}
