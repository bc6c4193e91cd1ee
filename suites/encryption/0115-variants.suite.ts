/** [0115]: the layer with every payment variant. */
import { readAccounts } from "../payment/support/money.ts";
import { expectPaid } from "../payment/variants/variant.ts";
import { buy, overlayCases } from "./overlay.ts";

export const cases = overlayCases([
  {
    id: "0115-A",
    purpose: "A purchase under the layer is paid and delivered as it is without",
    requirements: ["ENC-0115-a", "GEN-0065-a", "GEN-0164-g"],
    owner: "server",
    needs: { links: ["234"], logs: ["merchant"] },
    async run(t, site) {
      const before = await readAccounts(t);
      const seen = await buy(t, site);
      await expectPaid(t, before, seen, { requirement: "ENC-0115-a" });
    },
  },
]);
