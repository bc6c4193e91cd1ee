/** Roles that lack a guard against what was altered, repeated or misdirected on its way to them. */
import { concat, fromHex } from "../core/bytes.ts";
import { parseDebitData } from "../protocol/messages/debit-data.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { MerchantInput } from "../roles/merchant/effects.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { Role } from "../roles/role.ts";
import type { SetTopBoxInput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { type At, varyInputs, varyOutputs } from "./wrap.ts";

/** `pattern` (a regular expression) in an order becomes `replacement`: what the merchant does not know, it guesses. */
const mishearsOrder: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"));
  const replacement = textOf(parameters, "replacement");
  return {
    merchant: varyInputs((input: MerchantInput) =>
      input.kind === "request"
        ? { ...input, request: { ...input.request, body: input.request.body.replace(pattern, replacement) } }
        : input,
    ),
  };
};

/** Every message is taken to be about the purchase at hand. */
const ignoresIdentifier: Behaviour = () => ({
  setTopBox: varyInputs((input: SetTopBoxInput, { sale }: SetTopBoxState) => {
    if (input.kind !== "head-end" || !sale || !("IDTRX" in input.message)) return input;
    return { ...input, message: { ...input.message, IDTRX: sale.IDTRX } };
  }),
});

/** Any result of a terminal with CC 0000 counts, whatever transaction its message result is about. */
const believesResult: Behaviour = () => ({
  paymentServer: varyInputs((input: PaymentInput, { phase }: PaymentState) => {
    if (input.kind !== "terminal-answer" || phase.at !== "terminal-result") return input;
    const answer = parseMessage(input.bytes);
    if (answer.kind !== "t-result" || answer.CC !== "0000") return input;
    const { IDTERM, sale } = phase.transaction;
    return { ...input, bytes: encodeMessage({ kind: "t-refusal", IDTERM, IDTRX: sale.IDTRX, CC: "9416" }) };
  }),
});

/** The amount in the terminal's debit command is not compared with the sale. */
const takesAnyCommand: Behaviour = () => ({
  paymentServer: (reference: Role<PaymentState, PaymentInput, PaymentOutput>) => ({
    handle: (state, input) => reference.handle(believing(state, input), input),
  }),
});

function believing(state: PaymentState, input: PaymentInput): PaymentState {
  const { phase } = state;
  if (phase.at !== "debit-command" || input.kind !== "terminal-answer") return state;
  const answer = parseMessage(input.bytes);
  const command = answer.kind === "t-debit" ? parseDebitData(answer.DEBITDATA) : undefined;
  if (!command?.ok) return state;
  const { MPDA, CURRPDA, CEXPPDA } = command.value;
  return { ...state, phase: { ...phase, sale: { ...phase.sale, MPDA, CURRPDA, CEXPPDA } } };
}

/** What the terminal opened in place of the transaction asked for stays open there. */
const leavesOtherOpen: Behaviour = () => ({
  paymentServer: (reference: Role<PaymentState, PaymentInput, PaymentOutput>) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      const { phase } = step.state;
      return phase.at === "withdrawal"
        ? { ...step, state: { ...step.state, phase: { ...phase, other: undefined } } }
        : step;
    },
  }),
});

/** An identifier that was used before is taken for a new one. */
const takesUsedIdentifier: Behaviour = () => ({
  paymentServer: varyInputs(
    (input: PaymentInput): PaymentInput => (input.kind === "registered" ? { kind: "registered", isNew: true } : input),
  ),
});

/** A draw request again on the channel of its own transaction is passed over in silence. */
const passesOverRepeated: Behaviour = () => ({
  paymentServer: varyOutputs((output: PaymentOutput, { before }: At<PaymentState, PaymentInput>) => {
    const isRefusal = output.kind === "send" && before.phase.at === "debit-response" && output.bytes[0] === 0xee;
    return isRefusal ? [{ ...output, bytes: encodeMessage({ kind: "refusal", CC: "A00A" }) }] : [output];
  }),
});

/** The confirmation is given again to whoever asks, whatever signature he shows. */
const repeatsToAnybody: Behaviour = () => ({
  paymentServer: (reference: Role<PaymentState, PaymentInput, PaymentOutput>) => ({
    handle(state, input) {
      const { phase } = state;
      if (phase.at !== "its-merchant" || phase.row.debitResponse === null) return reference.handle(state, input);
      const response = { ...phase.response, CARDRSP: fromHex(phase.row.debitResponse) };
      return reference.handle({ ...state, phase: { ...phase, response } }, input);
    },
  }),
});

/** Takes the contract of any merchant for active. */
const ignoresContract: Behaviour = () => ({
  paymentServer: varyInputs(
    (input: PaymentInput): PaymentInput =>
      input.kind === "merchant" && input.contract ? { ...input, contract: { ...input.contract, active: true } } : input,
  ),
});

/** A sale that has ended is open for another confirmation. */
const opensAgain: Behaviour = () => ({
  merchant: varyInputs((input: MerchantInput): MerchantInput => {
    if (input.kind === "concluded") return { kind: "concluded", isFirst: true };
    if (input.kind === "sale" && input.sale) return { kind: "sale", sale: { ...input.sale, status: "open" } };
    return input;
  }),
});

/** Data that follow the status word, or stand before a wrong one, are taken for an answer all the same. */
const takesAnyStatus: Behaviour = () => ({
  setTopBox: varyInputs((input: SetTopBoxInput, { phase }: SetTopBoxState) => {
    if (input.kind !== "card-answer" || phase !== "initialising" || input.bytes.length !== 29) return input;
    return { ...input, bytes: concat(input.bytes.subarray(0, 27), Uint8Array.of(0x90, 0x00)) };
  }),
});

export const UNGUARDED_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "merchant-mishears-order": mishearsOrder,
  "set-top-box-ignores-identifier": ignoresIdentifier,
  "set-top-box-takes-any-status": takesAnyStatus,
  "payment-server-believes-result": believesResult,
  "payment-server-takes-any-command": takesAnyCommand,
  "payment-server-leaves-other-open": leavesOtherOpen,
  "payment-server-takes-used-identifier": takesUsedIdentifier,
  "payment-server-passes-over-repeated": passesOverRepeated,
  "payment-server-repeats-to-anybody": repeatsToAnybody,
  "payment-server-ignores-contract": ignoresContract,
  "merchant-opens-again": opensAgain,
};
