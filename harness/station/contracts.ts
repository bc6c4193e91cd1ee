/** What the acquirer has told a payment server of its merchants, from the test keys and the bench description. */
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { PaymentServerName, SiteFacts, SystemFacts } from "../flows/system.ts";
import { DIRECT_PATH } from "../roles/merchant/site.ts";
import type { MerchantContracts } from "../roles/payment-server/merchant-contract.ts";

export interface ContractParts {
  readonly name: PaymentServerName;
  readonly facts: SystemFacts;
  readonly keys: TestKeySet;
  readonly originOf: (SITE: string) => string | undefined;
}

/** Merchants without a site on the bench have a contract for the base payment. The merchants of one payment server are nobody to the other. */
export function contractsOf({ name, facts, keys, originOf }: ContractParts): MerchantContracts {
  return (IDMER) => {
    const contract = keys.merchants.find((each) => each.IDMER === IDMER);
    const KMER = keys.merchantKey(IDMER);
    if (!contract || !KMER) return undefined;
    const site = facts.sites.find((each) => each.IDMER === IDMER);
    if (serverOf(site?.kind, contract.server) !== name) return undefined;
    const { active } = contract;
    if (!site) return { KMER, active };
    const { profile, terminals, SITE } = site;
    const origin = profile.direct ? originOf(SITE) : undefined;
    const statusUrl = origin === undefined ? undefined : `${origin}${DIRECT_PATH}`;
    return { KMER, active, profile, KSH: keys.sharedKey(IDMER), terminals, statusUrl };
  };
}

/** A site's kind says it, the key set where the bench has no site. */
function serverOf(kind: SiteFacts["kind"] | undefined, otherwise: PaymentServerName): PaymentServerName {
  if (kind === undefined) return otherwise;
  return kind === "cable" ? "head-end-payment-server" : "payment-server";
}
