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
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = request;
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP };
}

/** SECINFO is that of the merchant for this very sale (`keys-and-signatures.md`, section 5). */
export function isGenuine(request: DrawRequest, { KMER }: MerchantContract): boolean {
  return constantTimeEqual(request.SECINFO, securityInformation(KMER, request));
}

export function isServed(request: DrawRequest, currencies: readonly ServedCurrency[]): boolean {
  return currencies.some(({ CURR, CEXP }) => CURR === request.CURRPDA && CEXP === request.CEXPPDA);
}

/** The first check that a merchant's draw request fails, in the order of `messages.md`, section 3; `undefined` if none. */
export function merchantRefusal(
  request: DrawRequest,
  contract: MerchantContract | undefined,
  currencies: readonly ServedCurrency[],
): string | undefined {
  if (contract === undefined) return "A002";
  if (!contract.active) return "A003";
  if (!isGenuine(request, contract)) return "A006";
  return isServed(request, currencies) ? undefined : "A005";
}
