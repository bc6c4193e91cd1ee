import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
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

/**
 * SECINFO, 8 bytes (keys-and-signatures.md, section 5): shows who made the page and that its terms are as made.
 * `KMER`: the merchant's contract key, 16 bytes. Throws `PROTOCOL` for an IDMER of another form.
 */
export function securityInformation(KMER: Uint8Array, terms: SaleTerms): Uint8Array {
  const IDMER = merchantBytes(terms.IDMER);
  const KSEC = aesCmac(KMER, concat(Uint8Array.of(0xa2), IDMER));
  const signed = concat(Uint8Array.of(0xa1), IDMER, fromHex(terms.IDTRX), amountBytes(terms));
  return aesCmac(KSEC, signed).subarray(0, 8);
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
