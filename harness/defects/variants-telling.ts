/** Defects of payment server and head end in what they tell whom, where somebody else than the PSAM compares (messages.md 3a). */

import { sealExpected } from "../crypto/expected-signature.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentServerRole } from "../roles/payment-server/model.ts";
import type { IssuedTransaction, PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const DEBIT_COMMAND = 0xeb;

/** The expected answer goes to the head end in clear, whoever compares. */
const tellsExpected: Behaviour = () => ({
  paymentServer: onCommand((command, { EXPECTED }) => [{ ...command, EXPECTED }]),
});

/** The debit command goes without the expected answer, and the whole of it in a message of its own after that. */
const expectedLater: Behaviour = () => ({
  paymentServer: onCommand((command) => [{ ...command, EXPECTED: undefined }, command]),
});

/** `how`: "zero-key" (anybody can open it), "one-nonce" (the same for every sale). */
const sealsOtherwise: Behaviour = (parameters) => {
  const isOpen = textOf(parameters, "how") === "zero-key";
  const nonce = new Uint8Array(12).fill(7);
  return {
    paymentServer: onCommand((command, { EXPECTED, agreement, sale, IDTERM, NTPSAM, DTHR }) => {
      if (!command.SEXP || !EXPECTED) return [command];
      const secret = isOpen ? { KMER: new Uint8Array(16) } : agreement.secret;
      return [{ ...command, SEXP: sealExpected(secret, { ...sale, EXPECTED, IDTERM, NTPSAM, DTHR }, nonce) }];
    }),
  };
};

/** The terminal is asked about the card's answer all the same. */
const stillAsks: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(state, input) {
      const { phase } = state;
      const message = input.kind === "message" ? parseMessage(input.bytes) : undefined;
      const isAnswer = message?.kind === "debit-response" || message?.kind === "notice";
      if (phase.at !== "debit-response" || input.kind !== "message" || !isAnswer) return reference.handle(state, input);
      const { IDTRX, CARDRSP, SW } = message;
      const bytes = encodeMessage({ kind: "debit-response", IDTRX, CARDRSP, SW, RECOVERED: 0 });
      return reference.handle(comparing(state, null), { ...input, bytes });
    },
  }),
});

/** A debit response where head end or merchant compare, and a notice where the payment server does, are obeyed. */
const hearsEverybody: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(state, input) {
      const kind = input.kind === "message" ? parseMessage(input.bytes).kind : undefined;
      if (kind === "debit-response") return reference.handle(comparing(state, 1), input);
      return reference.handle(kind === "notice" ? comparing(state, 2) : state, input);
    },
  }),
});

/** `when`: "notice" (one that says success proves the debit), "silence" (no notice is a good one). */
const believes: Behaviour = (parameters) => {
  const isSilence = textOf(parameters, "when") === "silence";
  return {
    paymentServer: varyInputs((input: PaymentInput, { phase }: PaymentState): PaymentInput => {
      if (phase.at !== "debit-response") return input;
      const { EXPECTED: CARDRSP, sale } = phase.transaction;
      if (!CARDRSP || sale.COMPARE === 1) return input;
      const bytes = encodeMessage({ kind: "notice", IDTRX: sale.IDTRX, CC: "0000", CARDRSP, SW: "9000" });
      const fresh = { nonce: new Uint8Array(12), layerNonce: new Uint8Array(12) };
      if (isSilence)
        return input.kind === "lost" || input.kind === "silence" ? { kind: "message", bytes, ...fresh } : input;
      const said = input.kind === "message" ? parseMessage(input.bytes) : undefined;
      return said?.kind === "notice" && said.CC === "0000" && input.kind === "message" ? { ...input, bytes } : input;
    }),
  };
};

/** The terminal stays reserved until the transaction has ended. */
const releasesLate: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const isIssued = before.phase.at === "debit-command" && state.phase.at === "debit-response";
      if (isIssued) return { state, outputs: outputs.filter((output) => !isRelease(output)) };
      const transaction = before.phase.at === "debit-response" ? before.phase.transaction : undefined;
      if (!transaction?.EXPECTED || outputs.at(-1)?.kind !== "end") return { state, outputs };
      const { IDTERM, sale } = transaction;
      const released = {
        kind: "log",
        entry: "terminal-released",
        step: "634",
        IDTRX: sale.IDTRX,
        fields: { IDTERM },
      } as const;
      return {
        state,
        outputs: [...outputs.slice(0, -1), { kind: "release-terminal", IDTERM }, released, { kind: "end" }],
      };
    },
  }),
});

/** Who compares is taken from the request, whatever the contract says. */
const ignoresAgreement: Behaviour = () => ({
  paymentServer: varyInputs((input: PaymentInput, { phase }: PaymentState): PaymentInput => {
    if (input.kind !== "merchant" || phase.at !== "merchant" || !input.contract?.profile) return input;
    const names = ["psam", "payment-server", "head-end", "merchant"] as const;
    const comparison = names[phase.request.COMPARE ?? 0] ?? "psam";
    return { ...input, contract: { ...input.contract, profile: { ...input.contract.profile, comparison } } };
  }),
});

/** The set-top box gets the debit command with all that the payment server sent along. */
const forwardsAll: Behaviour = () => ({
  headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output, { after }) => {
    if (output.kind !== "send-cable" || output.message.kind !== "debit-command" || !after.command) return [output];
    return [{ kind: "send-cable", message: after.command }];
  }),
});

/** Confirms as soon as the debit command is there, as if the card had answered. */
const confirmsEarly: Behaviour = () => ({
  headEnd: (reference) => ({
    handle(state, input) {
      const step = reference.handle(state, input);
      const command = input.kind === "payment" && input.message.kind === "debit-command" ? input.message : undefined;
      if (!command?.EXPECTED) return step;
      const { IDTRX, EXPECTED: CARDRSP } = command;
      const message = { kind: "debit-response", IDTRX, CARDRSP, SW: "9000", RECOVERED: 0 } as const;
      return reference.handle(step.state, { kind: "cable", message, today: "" });
    },
  }),
});

/** Takes itself for everybody's trusted agent. */
const trustsItself: Behaviour = () => ({
  headEnd: (reference) => ({
    handle(state, input) {
      const own = state.config.trustedAgent;
      const trustedAgent = (IDMER: string) => own?.(IDMER) ?? new Uint8Array(16);
      return reference.handle({ ...state, config: { ...state.config, trustedAgent } }, input);
    },
  }),
});

/** Where somebody else than the PSAM compares, the draw request goes to the merchant as well. */
const drawsAtMerchant: Behaviour = () => ({
  headEnd: (reference) => ({
    handle(state, input) {
      const isEarly = state.phase === "connecting" || state.phase === "drawing";
      if (isEarly && input.kind === "http") return { state, outputs: [] };
      const step = reference.handle(state, input);
      const { origin, session, page } = step.state;
      if (origin === undefined || page?.COMPARE === undefined) return step;
      const post = { kind: "post", origin, path: "/", session, form: [["draw-request", page.IDTRX]] } as const;
      return {
        ...step,
        outputs: step.outputs.flatMap((each): HeadEndOutput[] =>
          each.kind === "open-payment" ? [post, each] : [each],
        ),
      };
    },
  }),
});

export const VARIANT_TELLING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-tells-expected": tellsExpected,
  "payment-server-expected-later": expectedLater,
  "payment-server-seals-otherwise": sealsOtherwise,
  "payment-server-still-asks": stillAsks,
  "payment-server-hears-everybody": hearsEverybody,
  "payment-server-believes-head-end": believes,
  "payment-server-releases-late": releasesLate,
  "payment-server-ignores-agreement": ignoresAgreement,
  "head-end-forwards-all": forwardsAll,
  "head-end-confirms-early": confirmsEarly,
  "head-end-trusts-itself": trustsItself,
  "head-end-draws-at-merchant": drawsAtMerchant,
};

type Command = Extract<ReturnType<typeof parseMessage>, { kind: "debit-command" }>;

/** Each debit command for the head end, of a transaction whose expected answer is known. */
function onCommand(
  change: (command: Command, transaction: IssuedTransaction) => readonly Command[],
): (reference: PaymentServerRole) => PaymentServerRole {
  return varyOutputs((output: PaymentOutput, { after: { phase } }) => {
    if (output.kind !== "send" || output.bytes[0] !== DEBIT_COMMAND || phase.at !== "debit-response") return [output];
    const command = parseMessage(output.bytes);
    if (command.kind !== "debit-command" || !phase.transaction.EXPECTED) return [output];
    return change(command, phase.transaction).map((each) => ({ kind: "send", bytes: encodeMessage(each) }));
  });
}

/** The transaction as if that role compared; null: the PSAM. */
function comparing(state: PaymentState, COMPARE: number | null): PaymentState {
  const { phase } = state;
  if (phase.at !== "debit-response" || !phase.transaction.EXPECTED) return state;
  const { transaction } = phase;
  return { ...state, phase: { ...phase, transaction: { ...transaction, sale: { ...transaction.sale, COMPARE } } } };
}

function isRelease(output: PaymentOutput): boolean {
  return output.kind === "release-terminal" || (output.kind === "log" && output.entry === "terminal-released");
}
