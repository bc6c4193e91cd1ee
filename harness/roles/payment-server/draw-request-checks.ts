import { BASE_PROFILE, type CipherSuite, comparisonOf } from "../../core/sale-profile.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import { parseInitResponse } from "../../protocol/messages/init-response.ts";
import type { DrawRequest } from "../../protocol/messages/layouts.ts";
import type { MerchantContract, ServedCurrency } from "./merchant-contract.ts";
import type { Sale } from "./phase.ts";

/**
 * The sale of a draw request whose elements are each in their form, or `undefined`: the parser has checked the elements
 * by themselves, here INITRSP is looked into. The answer to reset is judged by the security card (`psam-edge.md` 4.1).
 */
export function saleOf(request: DrawRequest): Sale | undefined {
  const card = parseInitResponse(request.INITRSP);
  if (!card.ok) return undefined;
  const { PPIEP, IDIEP, NTIEP } = card.value;
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, COMPARE } = request;
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, COMPARE: COMPARE ?? null };
}

/** How a draw request came: in clear (undefined) or under a suite of the encryption layer. */
type Came = CipherSuite | undefined;

/**
 * SECINFO is that of the merchant for this very sale and COMPARE (`keys-and-signatures.md`, section 5). It may have been
 * made for another suite than the request came under: whoever stripped the layer is told that, not that the page is forged.
 */
export function isGenuine(request: DrawRequest, { KMER, profile = BASE_PROFILE }: MerchantContract, came: Came) {
  const comparison = comparisonOf(request.COMPARE) ?? "psam";
  const fits = (encryption: Came) =>
    constantTimeEqual(request.SECINFO, securityInformation(KMER, request, { comparison, encryption }));
  return fits(came) || fits(profile.encryption);
}

export function isServed(request: DrawRequest, currencies: readonly ServedCurrency[]): boolean {
  return currencies.some(({ CURR, CEXP }) => CURR === request.CURRPDA && CEXP === request.CEXPPDA);
}

/** The first check that a merchant's draw request fails, in the order of `messages.md`, section 3; `undefined` if none. */
export function merchantRefusal(
  request: DrawRequest,
  contract: MerchantContract | undefined,
  currencies: readonly ServedCurrency[],
  came: Came,
): string | undefined {
  if (contract === undefined) return "A002";
  if (!contract.active) return "A003";
  if (!isGenuine(request, contract, came)) return "A006";
  const { comparison, encryption } = contract.profile ?? BASE_PROFILE;
  if (comparisonOf(request.COMPARE) !== comparison || came !== encryption) return "A00B";
  return isServed(request, currencies) ? undefined : "A005";
}
