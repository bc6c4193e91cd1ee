import { fromHex } from "../../../core/bytes.ts";
import { BASE_PROFILE, type SaleProfile } from "../../../core/sale-profile.ts";
import { securityInformation } from "../../../crypto/security-information.ts";
import type { MerchantContract } from "../merchant-contract.ts";

export const KMER = fromHex("000102030405060708090A0B0C0D0E0F");
/** Every byte has odd parity: good for both suites. */
export const KSH = fromHex("0123456789ABCDEFFEDCBA9876543210");

/** What each merchant of these tests has agreed upon; all have the same keys. */
export const PROFILES = {
  SHOP0001: {},
  SHOP0005: { comparison: "payment-server" },
  SHOP0006: { comparison: "head-end" },
  SHOP0007: { comparison: "merchant" },
  SHOP0014: { encryption: "AES-128-GCM" },
  SHOP0015: { encryption: "AES-128-GCM", comparison: "payment-server" },
  SHOP0016: { encryption: "AES-128-GCM", comparison: "head-end" },
  SHOP0017: { encryption: "AES-128-GCM", comparison: "merchant" },
  SHOP0024: { encryption: "3DES-CBC-MAC" },
  SHOP0025: { encryption: "3DES-CBC-MAC", comparison: "payment-server" },
  SHOP0026: { encryption: "3DES-CBC-MAC", comparison: "head-end" },
  SHOP0027: { encryption: "3DES-CBC-MAC", comparison: "merchant" },
  DIRECT01: { direct: true },
  DIRECT05: { direct: true, comparison: "payment-server" },
  CLEAR001: { confirmation: "clear" },
  BOTH0001: { confirmation: "both" },
} as const satisfies Readonly<Record<string, Partial<SaleProfile>>>;

export type KnownMerchant = keyof typeof PROFILES;

const others: ReadonlyMap<string, MerchantContract> = new Map([
  ["SHOP0002", { KMER: fromHex("FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0"), active: true }],
  ["CLOSED01", { KMER, active: false }],
  ["NAMED001", { KMER, active: true, terminals: ["0000000f"] }],
]);

export function profileOf(IDMER: string): SaleProfile {
  return { ...BASE_PROFILE, ...(isKnown(IDMER) ? PROFILES[IDMER] : {}) };
}

export function contractOf(IDMER: string): MerchantContract | undefined {
  if (!isKnown(IDMER)) return others.get(IDMER);
  const statusUrl = `https://${IDMER.toLowerCase()}.example:8443/status?of=sale`;
  return { KMER, active: true, profile: profileOf(IDMER), KSH, statusUrl };
}

/** SECINFO as the merchant makes it for a page of its own. */
export function pageSecurity(sale: { IDMER: string; IDTRX: string; MPDA: number; CURRPDA: string; CEXPPDA: number }) {
  return securityInformation(KMER, sale, profileOf(sale.IDMER));
}

function isKnown(IDMER: string): IDMER is KnownMerchant {
  return Object.hasOwn(PROFILES, IDMER);
}
