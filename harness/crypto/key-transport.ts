/** The session key that a PSAM sends to a public key card (RSA-KEM; keys-and-signatures.md, section 8). */
import { createHash } from "node:crypto";
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { RSA_LENGTH, rsaPrivate, rsaPublic, rsaSign, rsaVerify } from "./rsa.ts";

const DOMAIN = Uint8Array.of(0x1f);
const INITRSP_LENGTH = 27;
const SK_LENGTH = 16;

export interface TransportedKey {
  /** For the card alone, 112 bytes. */
  readonly EK: Uint8Array;
  /** The session key, 16 bytes. */
  readonly SK: Uint8Array;
}

/**
 * A session key enciphered for the card with this modulus. `z`: 112 fresh random bytes, of which the first is taken as 00,
 * so that the number is below any modulus of 896 bits. Throws `PROTOCOL` when the modulus cannot be one.
 */
export function encipherSessionKey(modulus: Uint8Array, z: Uint8Array): TransportedKey {
  if (z.length !== RSA_LENGTH) throw new PursebenchError("INTERNAL", `z has ${z.length} bytes, 112 are needed`);
  const secret = Uint8Array.from(z);
  secret[0] = 0;
  return { EK: rsaPublic(modulus, secret), SK: sessionKeyOf(secret) };
}

/** SK, or `null` when EK is not 112 bytes below the modulus of the card's key. */
export function decipherSessionKey(privateKey: string, EK: Uint8Array): Uint8Array | null {
  const z = rsaPrivate(privateKey, EK);
  return z && sessionKeyOf(z);
}

/** Who sends the key. */
export interface PsamIdentity {
  /** 6 digits. */
  readonly PPPSAM: string;
  /** 8 hex digits. */
  readonly IDPSAM: string;
}

/** The 147 bytes under SIG. Throws `PROTOCOL` for elements of another length. */
export function sigInput({ PPPSAM, IDPSAM }: PsamIdentity, INITRSP: Uint8Array, EK: Uint8Array): Uint8Array {
  const psam = fromHex(PPPSAM + IDPSAM);
  if (psam.length !== 7 || INITRSP.length !== INITRSP_LENGTH || EK.length !== RSA_LENGTH) {
    throw new PursebenchError("PROTOCOL", "PSAM, INITRSP and EK under SIG have 7, 27 and 112 bytes");
  }
  return concat(DOMAIN, psam, INITRSP, EK);
}

/** SIG, 112 bytes, with the PSAM's private key. */
export function signSessionKey(
  privateKey: string,
  psam: PsamIdentity,
  INITRSP: Uint8Array,
  EK: Uint8Array,
): Uint8Array {
  return rsaSign(privateKey, sigInput(psam, INITRSP, EK));
}

/** Whether SIG is that of the PSAM with this modulus over EK for this card's INITRSP. */
export function isSessionKeySigned(
  modulus: Uint8Array,
  psam: PsamIdentity,
  INITRSP: Uint8Array,
  EK: Uint8Array,
  SIG: Uint8Array,
): boolean {
  return EK.length === RSA_LENGTH && rsaVerify(modulus, sigInput(psam, INITRSP, EK), SIG);
}

function sessionKeyOf(z: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(z).digest().subarray(0, SK_LENGTH));
}
