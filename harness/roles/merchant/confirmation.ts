import { fromHex } from "../../core/bytes.ts";
import { type Confirmation, openConfirmation } from "../../crypto/confirmation.ts";
import type { Sale } from "./sale.ts";
import type { MerchantIdentity } from "./site.ts";

/** What a posted confirmation is worth for an open sale (638). */
export type ConfirmationCheck =
  | { readonly kind: "paid"; readonly confirmation: Confirmation }
  | { readonly kind: "not-paid"; readonly confirmation: Confirmation }
  | { readonly kind: "unacceptable" };

/**
 * The validate routine: opens the confirmation under the key of this very transaction and compares every element with
 * the merchant's own sale (`keys-and-signatures.md`, section 5). `hex`: CONF, 154 hex digits.
 */
export function checkConfirmation(identity: MerchantIdentity, sale: Sale, hex: string): ConfirmationCheck {
  if (!/^[0-9a-fA-F]{154}$/.test(hex)) return { kind: "unacceptable" };
  const confirmation = openConfirmation(identity.KMER, identity.IDMER, sale.IDTRX, fromHex(hex));
  if (confirmation === null || !isAbout(identity, sale, confirmation)) return { kind: "unacceptable" };
  return { kind: confirmation.CC === "0000" ? "paid" : "not-paid", confirmation };
}

function isAbout({ IDMER }: MerchantIdentity, sale: Sale, confirmation: Confirmation): boolean {
  const names = ["IDTRX", "MPDA", "CURRPDA", "CEXPPDA"] as const;
  return confirmation.IDMER === IDMER && names.every((name) => confirmation[name] === sale[name]);
}
