import { fromHex } from "../../core/bytes.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { type HsmResult, isHsmResult } from "../../crypto/hsm-result.ts";
import { type AccountDebit, debitSecurity } from "../../crypto/load-security.ts";

/** What a load server decides with keys; a seeded defect is another one of these. */
export interface LoadServerCrypto {
  /** SECLOAD is the account holder's word for just this debit. */
  isDebited(KMER: Uint8Array, debit: AccountDebit, SECLOAD: Uint8Array): boolean;
  /** HRES (16 hex digits) is the HSM's word for just this. */
  isHsmResult(KLS: Uint8Array, result: HsmResult, HRES: string): boolean;
}

export const loadServerCrypto: LoadServerCrypto = {
  isDebited: (KMER, debit, SECLOAD) => constantTimeEqual(debitSecurity(KMER, debit), SECLOAD),
  isHsmResult: (KLS, result, HRES) => isHsmResult(KLS, result, fromHex(HRES)),
};
