import { toHex } from "../../core/bytes.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import { type LayerRandomness, layerParameters } from "./layer.ts";
import type { Sale } from "./sale.ts";
import { type CatalogueItem, type MerchantSite, profileOf, STATUS_PATH } from "./site.ts";

/** The parameters of the payment page (`messages.md` 4). */
export function paymentParameters(
  { identity, RELEASE, ENCRYPTION }: MerchantSite,
  item: CatalogueItem,
  sale: Sale,
  layer: LayerRandomness | undefined,
): Readonly<Record<string, string>> {
  const { IDMER, KMER, origin, paymentServer } = identity;
  const { IDTRX, MPDA, CURRPDA, CEXPPDA } = sale;
  const profile = profileOf(identity);
  const SECINFO = securityInformation(KMER, { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA }, profile);
  return {
    "total-cost": String(MPDA),
    currency: CURRPDA.slice(1),
    "currency-exponent": String(CEXPPDA),
    "payment-server-host": paymentServer.host,
    "payment-server-port": String(paymentServer.port),
    "transaction-id": IDTRX,
    "merchant-id": IDMER,
    "status-url": `${origin}${STATUS_PATH}`,
    "security-information": toHex(SECINFO),
    "release-level": RELEASE,
    "encryption-method": profile.encryption ?? ENCRYPTION,
    title: item.title,
    ...(profile.comparison === "psam" ? {} : { comparison: profile.comparison }),
    ...layerParameters(identity, sale, layer),
  };
}
