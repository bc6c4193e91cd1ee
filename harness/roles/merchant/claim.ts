import type { HttpRequest } from "../../link/exchange.ts";
import { optionalFields } from "../web/form.ts";

/** What is posted to the status URL (`messages.md` 4), as hex. */
export type Claim =
  /** CONF; under the encryption layer debit result M. */
  | { readonly kind: "sealed"; readonly CONF: string }
  | { readonly kind: "clear"; readonly CLEARCONF: string }
  /** The card's answer and the sealed expected one, for the merchant to compare. */
  | { readonly kind: "response"; readonly CARDRSP: string; readonly SEXP: string }
  /** The transaction alone: the user wants what was paid directly. */
  | { readonly kind: "fetch" };

export interface PostedClaim {
  /** 32 hex digits, upper case. */
  readonly IDTRX: string;
  readonly claim: Claim;
}

const NAMES = ["transaction-id", "confirmation", "clear-confirmation", "card-response", "expected-signature"] as const;

type Fields = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

/** The one claim of a posted form; undefined when it is malformed or makes several. */
export function postedClaim(request: HttpRequest): PostedClaim | undefined {
  const fields = optionalFields(request, NAMES);
  const IDTRX = fields?.["transaction-id"];
  if (fields === undefined || IDTRX === undefined || !/^[0-9a-fA-F]{32}$/.test(IDTRX)) return undefined;
  const claims = claimsOf(fields);
  const [claim = { kind: "fetch" }, ...more] = claims;
  return more.length === 0 && isWellFormed(claim) ? { IDTRX: IDTRX.toUpperCase(), claim } : undefined;
}

function claimsOf(fields: Fields): readonly Claim[] {
  const { confirmation: CONF, "clear-confirmation": CLEARCONF } = fields;
  const { "card-response": CARDRSP, "expected-signature": SEXP } = fields;
  const claims: Claim[] = [];
  if (CONF !== undefined) claims.push({ kind: "sealed", CONF });
  if (CLEARCONF !== undefined) claims.push({ kind: "clear", CLEARCONF });
  if (CARDRSP !== undefined || SEXP !== undefined) {
    claims.push({ kind: "response", CARDRSP: CARDRSP ?? "", SEXP: SEXP ?? "" });
  }
  return claims;
}

function isWellFormed(claim: Claim): boolean {
  const { kind, ...values } = claim;
  return Object.values(values).every((value) => /^([0-9a-fA-F]{2})+$/.test(value));
}
