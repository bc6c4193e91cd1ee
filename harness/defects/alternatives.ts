/** Behaviours of terminals of other kinds, and of payment server and merchant on link 238. */

import type { Claim } from "../roles/merchant/claim.ts";
import type { MerchantInput, MerchantState } from "../roles/merchant/effects.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { Vary } from "../roles/role.ts";
import type { TerminalInput, TerminalOutput, TerminalState } from "../roles/terminal/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { replaceElement, tagOf } from "./messages.ts";
import { varyOutputs } from "./wrap.ts";

/** `IDTERM`, `message` (tag): does not say who it is in those answers. */
const isNameless: Behaviour = (parameters) => {
  const IDTERM = textOf(parameters, "IDTERM");
  const tag = numberOf(parameters, "message");
  return {
    terminal: varyOutputs<TerminalState, TerminalInput, TerminalOutput>((output, { before }) =>
      output.kind === "answer" && output.bytes[0] === tag && before.identity.IDTERM === IDTERM
        ? [{ ...output, bytes: replaceElement(output.bytes, tagOf("IDTERM"), () => undefined) }]
        : [output],
    ),
  };
};

/** Tells the merchant directly of the transaction that it has told of before. */
const postsPrevious: Behaviour = () => {
  let previous: string | undefined;
  return {
    paymentServer: varyOutputs<PaymentState, PaymentInput, PaymentOutput>((output) => {
      if (output.kind !== "post-confirmation") return [output];
      const IDTRX = previous ?? output.IDTRX;
      previous = output.IDTRX;
      return [{ ...output, IDTRX }];
    }),
  };
};

/** Whoever asks gets what was paid directly. */
const deliversToAnybody: Behaviour = () => ({
  merchant: hearing("fetch", (state, sale) =>
    state.phase.at === "sale" ? { ...state, phase: { ...state.phase, SESSION: sale.SESSION } } : state,
  ),
});

/** What is ordered counts as paid as soon as somebody asks for it. */
const deliversUnpaid: Behaviour = () => ({
  merchant: hearing("fetch", (state) => state, { status: "paid" }),
});

export const ALTERNATIVE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "terminal-is-nameless": isNameless,
  "payment-server-posts-previous": postsPrevious,
  "merchant-delivers-to-anybody": deliversToAnybody,
  "merchant-delivers-unpaid": deliversUnpaid,
};

type Sale = NonNullable<Extract<MerchantInput, { kind: "sale" }>["sale"]>;

/** The merchant that sees another state, and another open sale, when it looks up the sale of such a claim. */
function hearing(
  kind: Claim["kind"],
  change: (state: MerchantState, sale: Sale) => MerchantState,
  otherSale: Partial<Sale> = {},
): Vary<MerchantRole> {
  return (reference) => ({
    handle(state, input) {
      const isIt = state.phase.at === "sale" && state.phase.claim.kind === kind;
      if (!isIt || input.kind !== "sale" || !input.sale) return reference.handle(state, input);
      const sale = input.sale.status === "open" ? { ...input.sale, ...otherSale } : input.sale;
      return reference.handle(change(state, sale), { ...input, sale });
    },
  });
}
