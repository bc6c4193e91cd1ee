/** CONF, the payment server's word to the merchant (keys-and-signatures.md, section 5). */
import { gcm } from "@noble/ciphers/aes.js";
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { aesCmac } from "./aes.ts";
import { amountBytes, merchantBytes, type SaleTerms } from "./security-information.ts";

/** What a CONF says: the sale, and how its payment ended. */
export interface Confirmation extends SaleTerms {
  /** "0000" success, else a reason code of messages.md, section 6; 4 hex digits. */
  readonly CC: string;
  /** 8 hex digits. */
  readonly IDTERM: string;
  readonly NTPSAM: number;
  /** YYYYMMDDhhmmss, UTC. */
  readonly DTHR: string;
}

const NONCE_LENGTH = 12;
const PLAIN_LENGTH = 49;
const TAG_LENGTH = 16;
const CONF_LENGTH = NONCE_LENGTH + PLAIN_LENGTH + TAG_LENGTH;
const VERSION = 0x01;

/** CONF, 77 bytes, for `confirmation.IDMER` alone. `nonce`: 12 bytes, fresh for each message. Throws `PROTOCOL` for elements that do not fit. */
export function sealConfirmation(KMER: Uint8Array, confirmation: Confirmation, nonce: Uint8Array): Uint8Array {
  const plain = plainText(confirmation);
  if (plain.length !== PLAIN_LENGTH || nonce.length !== NONCE_LENGTH) {
    throw new PursebenchError(
      "PROTOCOL",
      `a confirmation of ${plain.length} bytes and a nonce of ${nonce.length}: 49 and 12 are needed`,
    );
  }
  return concat(nonce, cipherFor(KMER, confirmation, nonce).encrypt(plain));
}

/**
 * What `CONF` says about the sale (IDMER, IDTRX), or `null` when it is not a confirmation made with this key for this
 * sale: wrong length, altered, sealed for another sale, or contradicting itself. Never throws on hostile `CONF`.
 */
export function openConfirmation(
  KMER: Uint8Array,
  IDMER: string,
  IDTRX: string,
  CONF: Uint8Array,
): Confirmation | null {
  if (CONF.length !== CONF_LENGTH) return null;
  const cipher = cipherFor(KMER, { IDMER, IDTRX }, CONF.slice(0, NONCE_LENGTH));
  const plain = decryptOrNull(cipher, CONF.slice(NONCE_LENGTH));
  if (plain === null || plain[0] !== VERSION) return null;
  const confirmation = readPlain(plain);
  return confirmation.IDTRX === IDTRX.toUpperCase() && confirmation.IDMER === IDMER ? confirmation : null;
}

type Cipher = ReturnType<typeof gcm>;

function cipherFor(KMER: Uint8Array, sale: { IDMER: string; IDTRX: string }, nonce: Uint8Array): Cipher {
  const IDTRX = fromHex(sale.IDTRX);
  const KCONF = aesCmac(KMER, concat(Uint8Array.of(0xc1), IDTRX));
  return gcm(KCONF, nonce, concat(merchantBytes(sale.IDMER), IDTRX));
}

function decryptOrNull(cipher: Cipher, sealed: Uint8Array): Uint8Array | null {
  try {
    return cipher.decrypt(sealed);
  } catch {
    return null; // the library tells a wrong tag by throwing; to the merchant it is simply no confirmation
  }
}

function plainText(confirmation: Confirmation): Uint8Array {
  return concat(
    Uint8Array.of(VERSION),
    fromHex(confirmation.IDTRX),
    merchantBytes(confirmation.IDMER),
    fromHex(confirmation.CC),
    amountBytes(confirmation),
    fromHex(confirmation.IDTERM),
    uintToBytes(confirmation.NTPSAM, 4),
    fromHex(confirmation.DTHR),
  );
}

function readPlain(plain: Uint8Array): Confirmation {
  const hex = (from: number, to: number) => toHex(plain.subarray(from, to));
  const integer = (from: number, to: number) => bytesToUint(plain.subarray(from, to));
  return {
    IDTRX: hex(1, 17),
    IDMER: String.fromCharCode(...plain.subarray(17, 25)),
    CC: hex(25, 27),
    MPDA: integer(27, 31),
    CURRPDA: hex(31, 33),
    CEXPPDA: integer(33, 34),
    IDTERM: hex(34, 38),
    NTPSAM: integer(38, 42),
    DTHR: hex(42, 49),
  };
}
