/** SEXP: the expected answer of the card, for the merchant alone (FIG 7; keys-and-signatures.md, sections 6 and 7). */
import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { aesCmac } from "./aes.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { open, seal } from "./seal.ts";
import { amountBytes, merchantBytes, type SaleTerms } from "./security-information.ts";

/** What SEXP says about a sale. */
export interface ExpectedResponse extends SaleTerms {
  /** The CARDRSP that a genuine card gives when it executes this very debit with success, 16 bytes. */
  readonly EXPECTED: Uint8Array;
  /** 8 hex digits. */
  readonly IDTERM: string;
  readonly NTPSAM: number;
  /** YYYYMMDDhhmmss, UTC. */
  readonly DTHR: string;
}

/** What merchant and payment server share: the contract key, or under the encryption layer the derived key. */
export type MerchantSecret = { readonly KMER: Uint8Array } | { readonly suite: CipherSuite; readonly KDER: Uint8Array };

const RESPONSE_LENGTH = 16;
const TEXT_LENGTH = 39;
const VERSION = 0x03;
const DOMAIN = Uint8Array.of(0xc2);

/** SEXP: 67 bytes, or 56 with triple DES. `nonce`: 12 bytes with KMER, else `nonceLength(suite)`; fresh. Throws `PROTOCOL` for elements that do not fit. */
export function sealExpected(how: MerchantSecret, expected: ExpectedResponse, nonce: Uint8Array): Uint8Array {
  const { suite, key, aad } = sealing(how, expected.IDMER, expected.IDTRX);
  return seal(suite, key, nonce, aad, plainText(expected));
}

/** What SEXP says, or `null` when it was not sealed like this for the sale (IDMER, IDTRX). Never throws on hostile SEXP. */
export function openExpected(
  how: MerchantSecret,
  IDMER: string,
  IDTRX: string,
  SEXP: Uint8Array,
): ExpectedResponse | null {
  const { suite, key, aad } = sealing(how, IDMER, IDTRX);
  const text = open(suite, key, aad, SEXP);
  if (text === null || text.length !== TEXT_LENGTH || text[0] !== VERSION) return null;
  return {
    IDMER,
    IDTRX: IDTRX.toUpperCase(),
    EXPECTED: text.slice(1, 17),
    MPDA: bytesToUint(text.subarray(17, 21)),
    CURRPDA: toHex(text.subarray(21, 23)),
    CEXPPDA: bytesToUint(text.subarray(23, 24)),
    IDTERM: toHex(text.subarray(24, 28)),
    NTPSAM: bytesToUint(text.subarray(28, 32)),
    DTHR: toHex(text.subarray(32, 39)),
  };
}

/** The comparison of FIG 5 to 7, in constant time: whether the card gave the expected answer. An empty CARDRSP is not it. */
export function sameResponse(CARDRSP: Uint8Array, EXPECTED: Uint8Array): boolean {
  return EXPECTED.length === RESPONSE_LENGTH && constantTimeEqual(CARDRSP, EXPECTED);
}

interface Sealing {
  readonly suite: CipherSuite;
  readonly key: Uint8Array;
  readonly aad: Uint8Array;
}

function sealing(how: MerchantSecret, IDMER: string, IDTRX: string): Sealing {
  const transaction = fromHex(IDTRX);
  const sale = concat(merchantBytes(IDMER), transaction);
  // KDER seals CONF for the same sale too, so that the additional data must tell them apart; KEXP serves nothing else.
  if ("KDER" in how) return { suite: how.suite, key: how.KDER, aad: concat(DOMAIN, sale) };
  return { suite: "AES-128-GCM", key: aesCmac(how.KMER, concat(DOMAIN, transaction)), aad: sale };
}

function plainText(expected: ExpectedResponse): Uint8Array {
  const text = concat(
    Uint8Array.of(VERSION),
    expected.EXPECTED,
    amountBytes(expected),
    fromHex(expected.IDTERM),
    uintToBytes(expected.NTPSAM, 4),
    fromHex(expected.DTHR),
  );
  if (text.length === TEXT_LENGTH) return text;
  throw new PursebenchError("PROTOCOL", `an expected answer of ${text.length} bytes: ${TEXT_LENGTH} are needed`);
}
