/** Behaviours of merchants that take a confirmation for what it is not (638). */
import { fromHex, toHex } from "../core/bytes.ts";
import { openConfirmation, sealConfirmation } from "../crypto/confirmation.ts";
import type { MerchantInput, MerchantState } from "../roles/merchant/effects.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { Sale } from "../roles/merchant/sale.ts";
import type { Vary } from "../roles/role.ts";
import type { Behaviour } from "./behaviour.ts";
import { withoutSeal } from "./confirmation-bytes.ts";

/** Decrypts, but never looks at the tag. */
const ignoresSeal: Behaviour = () => ({
  merchant: withConfirmation((CONF, sale, { site }) =>
    withoutSeal({ KMER: site.identity.KMER, IDMER: site.identity.IDMER, IDTRX: sale.IDTRX }, CONF),
  ),
});

/** Takes a confirmation of any of its sales for one of the sale that it was posted for. */
const ignoresTransaction: Behaviour = () => ({
  merchant: (reference) => {
    const known = new Set<string>();
    const changed = withConfirmation((CONF, sale, { site }) => {
      const { KMER, IDMER } = site.identity;
      for (const IDTRX of known) {
        const said = openConfirmation(KMER, IDMER, IDTRX, CONF);
        if (said) return sealConfirmation(KMER, { ...said, IDTRX: sale.IDTRX }, CONF.slice(0, 12));
      }
      return CONF;
    })(reference);
    return {
      handle(before, input) {
        const step = changed.handle(before, input);
        for (const output of step.outputs) if (output.kind === "add-sale") known.add(output.sale.IDTRX);
        return step;
      },
    };
  },
});

export const CONFIRMATION_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "merchant-ignores-seal": ignoresSeal,
  "merchant-ignores-transaction": ignoresTransaction,
};

type Change = (CONF: Uint8Array, sale: Sale, state: MerchantState) => Uint8Array;

/** The merchant that sees another CONF than was posted for an open sale. */
function withConfirmation(change: Change): Vary<MerchantRole> {
  return (reference) => ({
    handle(before, input: MerchantInput) {
      const { phase } = before;
      if (phase.at !== "sale" || phase.claim.kind !== "sealed") return reference.handle(before, input);
      if (input.kind !== "sale" || !input.sale) return reference.handle(before, input);
      const CONF = toHex(change(fromHex(phase.claim.CONF), input.sale, before));
      return reference.handle({ ...before, phase: { ...phase, claim: { kind: "sealed", CONF } } }, input);
    },
  });
}
