/** Certificates of public key cards and of the PSAMs that serve them (keys-and-signatures.md, section 8): 244 bytes. */
import { concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { isDate } from "../protocol/messages/calendar.ts";
import { isModulus, RSA_LENGTH, rsaSign, rsaVerify } from "./rsa.ts";

export const CERTIFICATE_LENGTH = 244;

/** In the order of their codes 01 to 03. */
const TYPES = ["issuer", "card", "psam"] as const;
export type CertificateType = (typeof TYPES)[number];

export interface Certificate {
  readonly type: CertificateType;
  /** Who signs; 16 hex digits. */
  readonly authority: string;
  /** Whose key it is; 16 hex digits. */
  readonly subject: string;
  /** Last day on which it is valid, YYMMDD (20YY). */
  readonly lastDay: string;
  /** 112 bytes. */
  readonly modulus: Uint8Array;
}

const NAME_LENGTH = 8;
const SUBJECT_AT = 1 + NAME_LENGTH;
const LAST_DAY_AT = SUBJECT_AT + NAME_LENGTH;
const MODULUS_AT = LAST_DAY_AT + 3;
const SIGNATURE_AT = MODULUS_AT + RSA_LENGTH;

/** The certificate, signed with the authority's private key. Throws `PROTOCOL` for elements that do not fit. */
export function certify(authorityKey: string, certificate: Certificate): Uint8Array {
  const signed = concat(
    Uint8Array.of(TYPES.indexOf(certificate.type) + 1),
    fromHex(certificate.authority),
    fromHex(certificate.subject),
    fromHex(certificate.lastDay),
    certificate.modulus,
  );
  if (signed.length !== SIGNATURE_AT) {
    throw new PursebenchError("PROTOCOL", `a certificate of ${signed.length} bytes unsigned: 132 are needed`);
  }
  return concat(signed, rsaSign(authorityKey, signed));
}

/**
 * What the bytes say, or `null` when they are none: another length, a type that is not one, a last day that is no date, a
 * modulus that cannot be one. Says nothing of the signature.
 */
export function parseCertificate(bytes: Uint8Array): Certificate | null {
  const type = TYPES[(bytes[0] ?? 0) - 1];
  const lastDay = toHex(bytes.subarray(LAST_DAY_AT, MODULUS_AT));
  const modulus = bytes.slice(MODULUS_AT, SIGNATURE_AT);
  if (bytes.length !== CERTIFICATE_LENGTH || type === undefined) return null;
  if (!isDate(`20${lastDay}`) || !isModulus(modulus)) return null;
  const authority = toHex(bytes.subarray(1, SUBJECT_AT));
  const subject = toHex(bytes.subarray(SUBJECT_AT, LAST_DAY_AT));
  return { type, authority, subject, lastDay, modulus };
}

/** Whether the holder of this key signed the certificate. Never throws on hostile bytes. */
export function isCertifiedBy(authorityModulus: Uint8Array, bytes: Uint8Array): boolean {
  if (bytes.length !== CERTIFICATE_LENGTH) return false;
  return rsaVerify(authorityModulus, bytes.subarray(0, SIGNATURE_AT), bytes.subarray(SIGNATURE_AT));
}

/** Names as they stand in certificates, 16 hex digits each. `PPIEP`: 6 digits. */
export function caName(PPIEP: string, VKIEP: number): string {
  return `CA${PPIEP}${toHex(uintToBytes(VKIEP, 1))}000000`;
}

export function issuerName(PPIEP: string): string {
  return `${PPIEP}0000000000`;
}

/** `IDIEP`: 10 digits. */
export function cardName(PPIEP: string, IDIEP: string): string {
  return PPIEP + IDIEP;
}

/** `PPPSAM`: 6 digits, `IDPSAM`: 8 hex digits. */
export function psamName(PPPSAM: string, IDPSAM: string): string {
  return `${PPPSAM}00${IDPSAM}`;
}
