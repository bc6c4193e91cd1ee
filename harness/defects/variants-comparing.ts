/** Defects of whoever compares the card's answer with the expected one (messages.md 3a). */
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { openExpected } from "../crypto/expected-signature.ts";
import { parseMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { MerchantState } from "../roles/merchant/effects.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import { profileOf } from "../roles/merchant/site.ts";
import type { PaymentInput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, type Parameters, textOf } from "./behaviour.ts";

/** What is taken for the expected answer: `CARDRSP` came, `EXPECTED` is right. */
type Comparand = (CARDRSP: Uint8Array, EXPECTED: Uint8Array) => Uint8Array;

/** `with`: "itself", "last-byte" (nothing but that of the right one), "previous" (that of the purchase before). */
function comparandOf(parameters: Parameters): Comparand {
  const kind = textOf(parameters, "with");
  let last: Uint8Array | undefined;
  switch (kind) {
    case "itself":
      return (CARDRSP) => CARDRSP;
    case "last-byte":
      return (CARDRSP, EXPECTED) => concat(CARDRSP.subarray(0, -1), EXPECTED.subarray(-1));
    case "previous":
      return (_CARDRSP, EXPECTED) => {
        const previous = last ?? EXPECTED;
        last = EXPECTED;
        return previous;
      };
    default:
      throw new PursebenchError("USAGE", `nothing to compare with is called "${kind}"`);
  }
}

const paymentServerCompares: Behaviour = (parameters) => {
  const comparand = comparandOf(parameters);
  return {
    paymentServer: (reference) => ({
      handle(state, input) {
        const CARDRSP = answerIn(input);
        const { phase } = state;
        if (phase.at !== "debit-response" || !CARDRSP || !phase.transaction.EXPECTED)
          return reference.handle(state, input);
        const EXPECTED = comparand(CARDRSP, phase.transaction.EXPECTED);
        return reference.handle(
          { ...state, phase: { ...phase, transaction: { ...phase.transaction, EXPECTED } } },
          input,
        );
      },
    }),
  };
};

const headEndCompares: Behaviour = (parameters) => {
  const comparand = comparandOf(parameters);
  return {
    headEnd: (reference) => ({
      handle(state, input) {
        const { command, phase } = state;
        const message = input.kind === "cable" ? input.message : undefined;
        if (phase !== "debiting" || message?.kind !== "debit-response" || !command?.EXPECTED) {
          return reference.handle(state, input);
        }
        const EXPECTED = comparand(message.CARDRSP, command.EXPECTED);
        return reference.handle({ ...state, command: { ...command, EXPECTED } }, input);
      },
    }),
  };
};

/** The merchant's comparand cannot be put into SEXP: the card's answer is changed so that the comparison ends the same. */
const merchantCompares: Behaviour = (parameters) => {
  const comparand = comparandOf(parameters);
  return {
    merchant: (reference) => ({
      handle(state, input) {
        const claim = state.phase.at === "sale" ? state.phase.claim : undefined;
        if (claim?.kind !== "response" || input.kind !== "sale" || !input.sale) return reference.handle(state, input);
        const { IDMER, KMER } = state.site.identity;
        const opened = openExpected({ KMER }, IDMER, input.sale.IDTRX, fromHex(claim.SEXP));
        if (!opened) return reference.handle(state, input);
        const CARDRSP = fromHex(claim.CARDRSP);
        const isTaken = toHex(comparand(CARDRSP, opened.EXPECTED)) === claim.CARDRSP.toUpperCase();
        const seen = isTaken ? opened.EXPECTED : opened.EXPECTED.map((byte, at) => (at === 15 ? byte ^ 1 : byte));
        return reference.handle(withResponse(state, toHex(seen)), input);
      },
    }),
  };
};

/** The first wrong answer is the last one: nobody asks the card again. */
const givesUp: Behaviour = () => ({
  headEnd: (reference) => ({
    handle: (state: HeadEndState, input: HeadEndInput) => reference.handle({ ...state, repeated: true }, input),
  }),
  paymentServer: (reference) => ({
    handle(state: PaymentState, input: PaymentInput) {
      const { phase } = state;
      if (phase.at !== "debit-response") return reference.handle(state, input);
      const transaction = { ...phase.transaction, wrongAnswers: 1 };
      return reference.handle({ ...state, phase: { ...phase, transaction } }, input);
    },
  }),
});

/** The merchant compares whatever is posted, whoever is to compare. */
const merchantComparesAlways: Behaviour = () => ({
  merchant: (reference: MerchantRole): MerchantRole => ({
    handle(state, input) {
      if (state.phase.at !== "sale" || state.phase.claim.kind !== "response") return reference.handle(state, input);
      const { identity } = state.site;
      const profile = { ...profileOf(identity), comparison: "merchant" } as const;
      const step = reference.handle({ ...state, site: { ...state.site, identity: { ...identity, profile } } }, input);
      return { ...step, state: { ...step.state, site: state.site } };
    },
  }),
});

export const VARIANT_COMPARING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-compares": paymentServerCompares,
  "head-end-compares": headEndCompares,
  "merchant-compares": merchantCompares,
  "merchant-compares-always": merchantComparesAlways,
  "nobody-asks-again": givesUp,
};

/** CARDRSP of a debit response or a notice. */
function answerIn(input: PaymentInput): Uint8Array | undefined {
  if (input.kind !== "message") return undefined;
  const message = parseMessage(input.bytes);
  return message.kind === "debit-response" || message.kind === "notice" ? message.CARDRSP : undefined;
}

function withResponse(state: MerchantState, CARDRSP: string): MerchantState {
  const { phase } = state;
  if (phase.at !== "sale" || phase.claim.kind !== "response") return state;
  return { ...state, phase: { ...phase, claim: { ...phase.claim, CARDRSP } } };
}
