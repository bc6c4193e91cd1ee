/** Behaviours of a head end that sells for the cable provider wrongly, and of its payment server (FIG 16). */
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const DRAW_REQUEST = 0xea;

const onOutputs = varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>;

/** `SITE`, `at`: looks for the goods of one shop at another. */
const looksElsewhere: Behaviour = (parameters) => {
  const [SITE, at] = [textOf(parameters, "SITE"), textOf(parameters, "at")];
  return {
    headEnd: (reference) => ({
      handle(state, input) {
        const { sites } = state.config;
        const other = { ...sites, [SITE]: sites[at] ?? "" };
        const step = reference.handle({ ...state, config: { ...state.config, sites: other } }, input);
        return { ...step, state: { ...step.state, config: state.config } };
      },
    }),
  };
};

/** `field`, `value`: of every order, whatever was selected. */
const ordersOtherwise: Behaviour = (parameters) => {
  const [field, value] = [textOf(parameters, "field"), textOf(parameters, "value")];
  return {
    headEnd: onOutputs((output) => {
      if (output.kind !== "post" || output.path !== "/checkout") return [output];
      const form = output.form.map(([name, own]) => [name, name === field ? value : own] as const);
      return [{ ...output, form }];
    }),
  };
};

/** Stays with the payment server that it was sent to first, whatever is sold. */
const staysWithPaymentServer: Behaviour = () => ({
  headEnd: (reference) => {
    let first: { readonly HOST: string; readonly PORT: number } | undefined;
    return onOutputs((output) => {
      if (output.kind !== "open-payment") return [output];
      first ??= { HOST: output.HOST, PORT: output.PORT };
      return [{ ...output, ...first }];
    })(reference);
  },
});

/** Sends a set-top box the debit command that another one has just got. */
const mixesBoxes: Behaviour = () => ({
  headEnd: (reference) => {
    let last: Extract<HeadEndOutput, { kind: "send-cable" }> | undefined;
    return onOutputs((output) => {
      if (output.kind !== "send-cable" || output.message.kind !== "debit-command") return [output];
      const other = last;
      last = output;
      return [other ?? output];
    })(reference);
  },
});

/** A card's answer without a signature is taken for a good one. */
const takesMissingSignature: Behaviour = () => ({
  headEnd: (reference) => ({
    handle(state, input) {
      const { phase, command } = state;
      const message = phase === "debiting" && input.kind === "cable" ? input.message : undefined;
      const isMissing = message?.kind === "debit-response" && message.CARDRSP.length === 0;
      if (!isMissing || input.kind !== "cable") return reference.handle(state, input);
      const { EXPECTED } = command ?? {};
      if (EXPECTED !== undefined) {
        return reference.handle(state, { ...input, message: { ...message, CARDRSP: EXPECTED, SW: "9000" } });
      }
      const result = { kind: "result", IDTRX: message.IDTRX, CC: "0000", CONTENT: "Thank you." } as const;
      return {
        state: { ...state, phase: "over" },
        outputs: [{ kind: "send-cable", message: result }, { kind: "end" }],
      };
    },
  }),
});

/** `MPDA`: takes no draw request for that amount. */
const turnsAway: Behaviour = (parameters) => {
  const MPDA = numberOf(parameters, "MPDA");
  return {
    paymentServer: varyInputs<PaymentState, PaymentInput, PaymentOutput>((input) => {
      if (input.kind !== "message" || input.bytes[0] !== DRAW_REQUEST) return input;
      const request = parseMessage(input.bytes);
      if (request.kind !== "draw-request" || request.MPDA !== MPDA) return input;
      return { ...input, bytes: encodeMessage({ kind: "user-message", IDTRX: request.IDTRX, CC: "A001", TEXT: "" }) };
    }),
  };
};

export const CABLE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-looks-elsewhere": looksElsewhere,
  "head-end-orders-otherwise": ordersOtherwise,
  "head-end-stays-with-payment-server": staysWithPaymentServer,
  "head-end-mixes-boxes": mixesBoxes,
  "head-end-takes-missing-signature": takesMissingSignature,
  "payment-server-turns-away": turnsAway,
};
