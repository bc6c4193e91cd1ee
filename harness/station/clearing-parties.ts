/** Who takes part in clearing, from the bench description and the test keys. */
import type { Bench } from "../bench/schema.ts";
import { PursebenchError } from "../core/errors.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { PsamUpdate } from "../flows/clearing.ts";
import type { PaymentServerName, SystemFacts } from "../flows/system.ts";
import type { ClearingParties } from "../roles/clearing-system/parties.ts";
import type { UpdateOrder } from "../roles/clearing-system/updates.ts";
import { psamOfTerminal } from "./terminals.ts";

export interface PartiesOf {
  readonly bench: Pick<Bench, "clearing">;
  readonly facts: SystemFacts;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly keys: TestKeySet;
}

const SERVERS: readonly PaymentServerName[] = ["payment-server", "head-end-payment-server"];

/** IDCP of a payment server is its name. */
export function clearingParties({ bench, facts, currencies, keys }: PartiesOf): ClearingParties {
  return {
    senders: SERVERS,
    psams: facts.terminals.map(({ server }, index) => {
      const { PPPSAM, IDPSAM } = psamOfTerminal(index);
      return { PPPSAM, IDPSAM, IDACQUIRER: acquirerOf(server, bench), sender: server };
    }),
    merchants: keys.merchants.map(({ IDMER }) => {
      const site = facts.sites.find((each) => each.IDMER === IDMER);
      const server = site?.kind === "cable" ? "head-end-payment-server" : "payment-server";
      return { IDMER, IDACQUIRER: acquirerOf(server, bench) };
    }),
    issuers: issuersOf({ currencies, keys }),
  };
}

/** Pools are there for the issuers whose cards the terminals accept, in each currency that these serve. */
export function issuersOf({ currencies, keys }: Pick<PartiesOf, "currencies" | "keys">): ClearingParties["issuers"] {
  const providers = [...new Set(keys.loadKeyNames.filter(({ hsm }) => hsm).map(({ PPIEP }) => PPIEP))];
  return providers.flatMap((PPIEP) => currencies.map(({ CURR, CEXP }) => ({ PPIEP, CURR, CEXP })));
}

export function acquirerOf(server: PaymentServerName, { clearing }: Pick<Bench, "clearing">): string {
  return server === "payment-server" ? clearing.acquirer : clearing.headEndAcquirer;
}

/** A key that an update brings comes from the test key set. */
export function updateOrder(keys: TestKeySet, update: PsamUpdate): UpdateOrder {
  if (update.kind !== "set-key") {
    const { IDPSAM: _, ...order } = update;
    return order as UpdateOrder;
  }
  const { kind, PPIEP, ALGIEP, VKIEP } = update;
  const MKP = keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (MKP) return { kind, PPIEP, ALGIEP, VKIEP, MKP };
  throw new PursebenchError("USAGE", `the test key set has no master purchase key ${PPIEP}/${ALGIEP}/${VKIEP}`);
}
