/** What the account holder signs of a load: its page, and that the account has been debited (keys-and-signatures.md, section 9). */
import { concat } from "../core/bytes.ts";
import { type CipherSuite, suiteCode } from "../core/sale-profile.ts";
import { aesCmac } from "./aes.ts";
import { type LoadElements, loadElements } from "./load-elements.ts";
import { securityKey } from "./security-information.ts";

const PAGE_DOMAIN = Uint8Array.of(0xa3);
const DEBIT_DOMAIN = Uint8Array.of(0xa4);

/** What a load page says (load.md 3); the layer is always there. */
export type LoadPageTerms = Pick<LoadElements, "IDMER" | "IDTRX" | "MLDAmax" | "CURRLDA" | "CEXPLDA" | "DTHR"> & {
  readonly encryption: CipherSuite;
};

/** The provisional debit of an account. DTHR is that of the load page. */
export type AccountDebit = Pick<
  LoadElements,
  "IDMER" | "IDTRX" | "MLDA" | "CURRLDA" | "CEXPLDA" | "PPIEP" | "IDIEP" | "DTHR"
>;

/** SECINFO of a load page, 8 bytes. `KMER`: contract key of account holder and load server. Throws `PROTOCOL` for elements that do not fit. */
export function loadSecurityInformation(KMER: Uint8Array, terms: LoadPageTerms): Uint8Array {
  const signed = concat(
    PAGE_DOMAIN,
    loadElements(terms, "IDMER", "IDTRX", "MLDAmax", "CURRLDA", "CEXPLDA", "DTHR"),
    Uint8Array.of(suiteCode(terms.encryption)),
  );
  return aesCmac(securityKey(KMER, terms.IDMER), signed).subarray(0, 8);
}

/** SECLOAD, 8 bytes: MLDA has been debited for this card. Throws `PROTOCOL` for elements that do not fit. */
export function debitSecurity(KMER: Uint8Array, debit: AccountDebit): Uint8Array {
  const signed = concat(
    DEBIT_DOMAIN,
    loadElements(debit, "IDMER", "IDTRX", "MLDA", "CURRLDA", "CEXPLDA", "PPIEP", "IDIEP", "DTHR"),
  );
  return aesCmac(securityKey(KMER, debit.IDMER), signed).subarray(0, 8);
}
