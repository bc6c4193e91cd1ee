import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { type CipherSuite, type Comparison, compareCode, suiteCode } from "../core/sale-profile.ts";
import { aesCmac } from "./aes.ts";

/** The sale as the merchant's page states it. */
export interface SaleTerms {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** Minor units. */
  readonly MPDA: number;
  /** 4 digits, e.g. "0978". */
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
}

/** What the page says beside its terms: who compares S3, and the suite of the encryption layer. */
export interface Agreed {
  readonly comparison: Comparison;
  readonly encryption: CipherSuite | undefined;
}

/**
 * SECINFO, 8 bytes (keys-and-signatures.md, section 5): shows who made the page and that its terms are as made.
 * `KMER`: the merchant's contract key, 16 bytes. `agreed`: absent for the base payment, which signs the same bytes as a
 * page where the PSAM compares and nothing is enciphered. Throws `PROTOCOL` for an IDMER of another form.
 */
export function securityInformation(KMER: Uint8Array, terms: SaleTerms, agreed?: Agreed): Uint8Array {
  const IDMER = merchantBytes(terms.IDMER);
  const signed = concat(Uint8Array.of(0xa1), IDMER, fromHex(terms.IDTRX), amountBytes(terms), agreedBytes(agreed));
  return aesCmac(securityKey(KMER, terms.IDMER), signed).subarray(0, 8);
}

/** KSEC, 16 bytes, from the contract key: it signs security information and nothing else. */
export function securityKey(KMER: Uint8Array, IDMER: string): Uint8Array {
  return aesCmac(KMER, concat(Uint8Array.of(0xa2), merchantBytes(IDMER)));
}

/** IDMER as its 8 ASCII bytes. Throws `PROTOCOL` for anything but 8 characters A-Z 0-9. */
export function merchantBytes(IDMER: string): Uint8Array {
  if (!/^[A-Z0-9]{8}$/.test(IDMER))
    throw new PursebenchError("PROTOCOL", `IDMER "${IDMER.slice(0, 16)}" is not 8 characters A-Z 0-9`);
  return new TextEncoder().encode(IDMER);
}

/** MPDA 4, CURRPDA 2, CEXPPDA 1. */
export function amountBytes(terms: Pick<SaleTerms, "MPDA" | "CURRPDA" | "CEXPPDA">): Uint8Array {
  return concat(uintToBytes(terms.MPDA, 4), fromHex(terms.CURRPDA), uintToBytes(terms.CEXPPDA, 1));
}

/** COMPARE 1, suite 1; nothing for the base payment. */
function agreedBytes(agreed: Agreed | undefined): Uint8Array {
  const COMPARE = agreed === undefined ? 0 : (compareCode(agreed.comparison) ?? 0);
  const suite = suiteCode(agreed?.encryption);
  return COMPARE === 0 && suite === 0 ? new Uint8Array(0) : Uint8Array.of(COMPARE, suite);
}
