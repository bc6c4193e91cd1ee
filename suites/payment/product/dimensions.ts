/** What a purchase may be, in four dimensions: who compares S3, the encryption layer, the card's algorithm, the kind of sale. */
import { CIPHER_SUITES, COMPARISONS, type SaleProfile } from "../../../harness/core/sale-profile.ts";
import type { CardKind, SiteFacts } from "../../../harness/flows/system.ts";
import { product } from "../../define/product.ts";
import type { SiteNeed } from "../../define/site-need.ts";

export const ALGORITHMS = [
  { id: "3des", kind: "second", ALGIEP: 0x04 },
  { id: "aes", kind: "aes", ALGIEP: 0x05 },
  { id: "rsa", kind: "rsa", ALGIEP: 0x10 },
] as const satisfies readonly { readonly id: string; readonly kind: CardKind; readonly ALGIEP: number }[];

export type Algorithm = (typeof ALGORITHMS)[number];

/** One purchase out of the product. */
export interface Combination {
  readonly comparison: SaleProfile["comparison"];
  readonly encryption: SaleProfile["encryption"];
  readonly algorithm: Algorithm;
  readonly sale: SiteFacts["kind"];
}

/** 4 x 3 x 3 x 2 = 72. */
export const COMBINATIONS = product({
  comparison: COMPARISONS,
  encryption: [undefined, ...CIPHER_SUITES],
  algorithm: ALGORITHMS,
  sale: ["internet", "cable"],
});

/** Confirmations are sealed, and nothing else is agreed. */
export function siteNeed({ comparison, encryption, sale }: Combination): SiteNeed {
  return { kind: sale, comparison, encryption, confirmation: "sealed", direct: false };
}
