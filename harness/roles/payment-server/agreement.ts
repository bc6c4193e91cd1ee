import { BASE_PROFILE, type ConfirmationForm } from "../../core/sale-profile.ts";
import type { MerchantSecret } from "../../crypto/expected-signature.ts";
import type { MerchantContract } from "./merchant-contract.ts";

/** What a transaction needs of its merchant's contract once the checks have passed. */
export interface Agreement {
  /** Contract key, 16 bytes. */
  readonly KMER: Uint8Array;
  /** What seals for the merchant alone: the contract key, or the derived key under the encryption layer. */
  readonly secret: MerchantSecret;
  readonly confirmation: ConfirmationForm;
  /** Where the payment server confirms by itself; undefined where the head end carries the confirmation. */
  readonly statusUrl: string | undefined;
  /** Only these terminals serve the merchant; any when undefined. */
  readonly terminals: readonly string[] | undefined;
}

/** `secret`: of the encryption layer, where it is in force; its confirmation has one form (`messages.md` 3c). */
export function agreementOf(contract: MerchantContract, secret: MerchantSecret | undefined): Agreement {
  const { KMER, profile = BASE_PROFILE } = contract;
  const terminals = contract.terminals?.map((IDTERM) => IDTERM.toUpperCase());
  if (secret !== undefined) return { KMER, secret, confirmation: "sealed", statusUrl: undefined, terminals };
  const statusUrl = profile.direct ? contract.statusUrl : undefined;
  return { KMER, secret: { KMER }, confirmation: profile.confirmation, statusUrl, terminals };
}
