import { fromHex } from "../../core/bytes.ts";
import {
  agentClearKey,
  type Confirmation,
  openConfirmation,
  openResultM,
  readClearConfirmation,
  serverClearKey,
} from "../../crypto/confirmation.ts";
import type { Claim } from "./claim.ts";
import { secretOf } from "./layer.ts";
import type { Sale } from "./sale.ts";
import { type MerchantIdentity, profileOf } from "./site.ts";

/** What a posted confirmation is worth for a sale (638). */
export type ConfirmationCheck =
  | { readonly kind: "paid"; readonly confirmation: Confirmation }
  | { readonly kind: "not-paid"; readonly confirmation: Confirmation }
  | { readonly kind: "unacceptable" };

/**
 * The validate routine: opens the confirmation under the key of this very transaction and compares every element with
 * the merchant's own sale (`keys-and-signatures.md` 5 to 7).
 */
export function checkConfirmation(
  identity: MerchantIdentity,
  sale: Sale,
  claim: Extract<Claim, { kind: "sealed" | "clear" }>,
): ConfirmationCheck {
  const confirmation =
    claim.kind === "sealed"
      ? openSealed(identity, sale, fromHex(claim.CONF))
      : readClear(identity, sale, fromHex(claim.CLEARCONF));
  if (confirmation === null || !isAbout(identity, sale, confirmation)) return { kind: "unacceptable" };
  return { kind: confirmation.CC === "0000" ? "paid" : "not-paid", confirmation };
}

/** CONF under KMER; with the encryption layer debit result M under the derived key, and nothing else (824). */
function openSealed(identity: MerchantIdentity, sale: Sale, CONF: Uint8Array): Confirmation | null {
  const { IDMER } = identity;
  const secret = secretOf(identity, sale);
  if (secret === undefined) return null;
  if ("KDER" in secret) return openResultM(secret.suite, secret.KDER, IDMER, sale.IDTRX, CONF);
  return openConfirmation(secret.KMER, IDMER, sale.IDTRX, CONF);
}

/** By contract the payment server's word under KCLEAR; where the head end compares, that of the trusted head end under KAGENT. */
function readClear(identity: MerchantIdentity, sale: Sale, CLEARCONF: Uint8Array): Confirmation | null {
  for (const key of clearKeys(identity, sale)) {
    const confirmation = readClearConfirmation(key, identity.IDMER, sale.IDTRX, CLEARCONF);
    if (confirmation !== null) return confirmation;
  }
  return null;
}

function clearKeys(identity: MerchantIdentity, { IDTRX }: Sale): readonly Uint8Array[] {
  const { KMER, KTA } = identity;
  const { confirmation, comparison } = profileOf(identity);
  const server = confirmation === "sealed" ? [] : [serverClearKey(KMER, IDTRX)];
  return comparison === "head-end" && KTA !== undefined ? [...server, agentClearKey(KTA, IDTRX)] : server;
}

function isAbout({ IDMER }: MerchantIdentity, sale: Sale, confirmation: Confirmation): boolean {
  const names = ["IDTRX", "MPDA", "CURRPDA", "CEXPPDA"] as const;
  return confirmation.IDMER === IDMER && names.every((name) => confirmation[name] === sale[name]);
}
