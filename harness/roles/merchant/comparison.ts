import { fromHex } from "../../core/bytes.ts";
import { openExpected, sameResponse } from "../../crypto/expected-signature.ts";
import { parseCardResponse } from "../../protocol/messages/card-response.ts";
import type { Claim } from "./claim.ts";
import { secretOf } from "./layer.ts";
import type { Sale } from "./sale.ts";
import { type MerchantIdentity, profileOf } from "./site.ts";

/** What the card's answer is worth for a sale (754). */
export type ComparisonCheck =
  | { readonly kind: "equal" }
  | { readonly kind: "unequal" }
  /** The card says that it was not debited. */
  | { readonly kind: "refused"; readonly CC: string }
  | { readonly kind: "malformed" }
  | { readonly kind: "unacceptable" };

/**
 * Compares the card's answer with the expected one, which only this merchant can open (`messages.md` 3a). A merchant of
 * another COMPARE does not look at it.
 */
export function compareResponse(
  identity: MerchantIdentity,
  sale: Sale,
  { CARDRSP, SEXP }: Extract<Claim, { kind: "response" }>,
): ComparisonCheck {
  if (profileOf(identity).comparison !== "merchant") return { kind: "unacceptable" };
  const response = fromHex(CARDRSP);
  const parsed = parseCardResponse(response);
  if (!parsed.ok) return { kind: "malformed" };
  const secret = secretOf(identity, sale);
  const expected = secret && openExpected(secret, identity.IDMER, sale.IDTRX, fromHex(SEXP));
  const names = ["MPDA", "CURRPDA", "CEXPPDA"] as const;
  if (!expected || names.some((name) => expected[name] !== sale[name])) return { kind: "unacceptable" };
  const { CC } = parsed.value;
  if (CC !== "0000") return { kind: "refused", CC };
  return { kind: sameResponse(response, expected.EXPECTED) ? "equal" : "unequal" };
}
