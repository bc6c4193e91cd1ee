/** The payment server's word to the merchant, in its three forms (keys-and-signatures.md, sections 5 to 7). */
import { concat, fromHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { aesCmac } from "./aes.ts";
import {
  CONFIRMATION_TEXT_LENGTH,
  type Confirmation,
  confirmationText,
  isAboutSale,
  readConfirmationText,
} from "./confirmation-text.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { open, seal } from "./seal.ts";
import { merchantBytes } from "./security-information.ts";

export type { Confirmation } from "./confirmation-text.ts";

const SEALED_VERSION = 0x01;
const CLEAR_VERSION = 0x02;
const CLEARCONF_LENGTH = CONFIRMATION_TEXT_LENGTH + 16;

/** CONF, 77 bytes, for `confirmation.IDMER` alone. `nonce`: 12 bytes, fresh for each message. Throws `PROTOCOL` for elements that do not fit. */
export function sealConfirmation(KMER: Uint8Array, confirmation: Confirmation, nonce: Uint8Array): Uint8Array {
  return sealResultM("AES-128-GCM", perTransaction(KMER, 0xc1, confirmation.IDTRX), confirmation, nonce);
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
  return openResultM("AES-128-GCM", perTransaction(KMER, 0xc1, IDTRX), IDMER, IDTRX, CONF);
}

/** Debit result M: CONF under the derived key KDER, 77 bytes, or 72 with triple DES. `nonce`: `nonceLength(suite)` fresh bytes. */
export function sealResultM(
  suite: CipherSuite,
  KDER: Uint8Array,
  confirmation: Confirmation,
  nonce: Uint8Array,
): Uint8Array {
  return seal(suite, KDER, nonce, saleBytes(confirmation), confirmationText(SEALED_VERSION, confirmation));
}

/** As `openConfirmation`, under the derived key KDER. */
export function openResultM(
  suite: CipherSuite,
  KDER: Uint8Array,
  IDMER: string,
  IDTRX: string,
  CONF: Uint8Array,
): Confirmation | null {
  const text = open(suite, KDER, saleBytes({ IDMER, IDTRX }), CONF);
  const confirmation = text && readConfirmationText(SEALED_VERSION, text);
  return confirmation && isAboutSale(confirmation, IDMER, IDTRX) ? confirmation : null;
}

/** KCLEAR: the payment server's key for CLEARCONF. */
export function serverClearKey(KMER: Uint8Array, IDTRX: string): Uint8Array {
  return perTransaction(KMER, 0xc3, IDTRX);
}

/** KAGENT: the key of a head end that is a trusted agent, from KTA. */
export function agentClearKey(KTA: Uint8Array, IDTRX: string): Uint8Array {
  return perTransaction(KTA, 0xc4, IDTRX);
}

/** CLEARCONF, 65 bytes: readable by everybody, made by a holder of `key` (KCLEAR or KAGENT). Throws `PROTOCOL` for elements that do not fit. */
export function clearConfirmation(key: Uint8Array, confirmation: Confirmation): Uint8Array {
  const text = confirmationText(CLEAR_VERSION, confirmation);
  return concat(text, aesCmac(key, text));
}

/** What CLEARCONF says about the sale (IDMER, IDTRX), or `null` when it was not made with `key` for this sale. */
export function readClearConfirmation(
  key: Uint8Array,
  IDMER: string,
  IDTRX: string,
  CLEARCONF: Uint8Array,
): Confirmation | null {
  const confirmation = clearText(CLEARCONF);
  if (confirmation === null || !isAboutSale(confirmation, IDMER, IDTRX)) return null;
  const mac = aesCmac(key, CLEARCONF.slice(0, CONFIRMATION_TEXT_LENGTH));
  return constantTimeEqual(mac, CLEARCONF.subarray(CONFIRMATION_TEXT_LENGTH)) ? confirmation : null;
}

/** What CLEARCONF says to one who has no key to check it with: a claim. `null` when it says nothing. */
export function clearText(CLEARCONF: Uint8Array): Confirmation | null {
  if (CLEARCONF.length !== CLEARCONF_LENGTH) return null;
  return readConfirmationText(CLEAR_VERSION, CLEARCONF.subarray(0, CONFIRMATION_TEXT_LENGTH));
}

/** The key for one use and one transaction: CMAC over label 1, IDTRX 16. */
function perTransaction(key: Uint8Array, label: number, IDTRX: string): Uint8Array {
  return aesCmac(key, concat(Uint8Array.of(label), fromHex(IDTRX)));
}

function saleBytes({ IDMER, IDTRX }: { readonly IDMER: string; readonly IDTRX: string }): Uint8Array {
  return concat(merchantBytes(IDMER), fromHex(IDTRX));
}
