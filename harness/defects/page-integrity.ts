/** A payment server that does not look at the page's security information. */
import { securityInformation } from "../crypto/security-information.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { Role } from "../roles/role.ts";
import type { Behaviour } from "./behaviour.ts";

const trustsPage: Behaviour = () => ({
  paymentServer: (reference: Role<PaymentState, PaymentInput, PaymentOutput>) => ({
    handle: (state, input) => reference.handle(input.kind === "merchant" ? trusting(state, input) : state, input),
  }),
});

export const PAGE_INTEGRITY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-trusts-page": trustsPage,
};

function trusting(state: PaymentState, { contract }: Extract<PaymentInput, { kind: "merchant" }>): PaymentState {
  const { phase } = state;
  if (phase.at !== "merchant" || !contract) return state;
  const SECINFO = securityInformation(contract.KMER, phase.request);
  return { ...state, phase: { ...phase, request: { ...phase.request, SECINFO } } };
}
