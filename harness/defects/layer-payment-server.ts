/** Behaviours of payment servers that handle the encryption layer wrongly. */
import { PursebenchError } from "../core/errors.ts";
import { CIPHER_SUITES, isCipherSuite, type SaleProfile } from "../core/sale-profile.ts";
import { openMessage } from "../crypto/sealed-message.ts";
import { securityInformation } from "../crypto/security-information.ts";
import { openTsk } from "../crypto/transaction-keys.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { etskUnder, wordUnder } from "./layer-keys.ts";
import { sealedUnder, withEnvelope, withSent } from "./layer-server-side.ts";
import { childrenOf, tagOf } from "./messages.ts";
import { type At, varyInputs, varyOutputs } from "./wrap.ts";

type MerchantInput = Extract<PaymentInput, { kind: "merchant" }>;

/** The contract, with this in its profile. */
function agreedAs(input: MerchantInput, change: (profile: SaleProfile) => Partial<SaleProfile>): MerchantInput {
  const profile = input.contract?.profile;
  if (!input.contract || !profile) return input;
  return { ...input, contract: { ...input.contract, profile: { ...profile, ...change(profile) } } };
}

function agreeing(change: (profile: SaleProfile, state: PaymentState) => Partial<SaleProfile>) {
  const map = (input: PaymentInput, state: PaymentState) =>
    input.kind === "merchant" ? agreedAs(input, (profile) => change(profile, state)) : input;
  return { paymentServer: varyInputs<PaymentState, PaymentInput, PaymentOutput>(map) };
}

/** `comparison`: has no layer for merchants of that one. */
const withoutLayer: Behaviour = (parameters) => {
  const comparison = textOf(parameters, "comparison");
  return agreeing((profile) => (profile.comparison === comparison ? { encryption: undefined } : {}));
};

/** `suite`: deciphers with it, whatever was agreed. */
const defaultSuite: Behaviour = (parameters) => {
  const suite = textOf(parameters, "suite");
  if (!isCipherSuite(suite)) throw new PursebenchError("USAGE", `no suite is called "${suite}"`);
  return agreeing(({ encryption }) => (encryption === undefined ? {} : { encryption: suite }));
};

/** Serves nobody without the layer. */
const insistsOnLayer: Behaviour = () =>
  agreeing((_, { layer }) => (layer === undefined ? { encryption: CIPHER_SUITES[0] } : {}));

/** Takes a draw request in clear where the layer was agreed. */
const takesClear: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(state, input) {
      const { phase, layer } = state;
      if (input.kind !== "merchant" || phase.at !== "merchant" || layer || !input.contract)
        return reference.handle(state, input);
      const { comparison = "psam" } = input.contract.profile ?? {};
      const SECINFO = securityInformation(input.contract.KMER, phase.request, { comparison, encryption: undefined });
      const request = { ...phase.request, SECINFO };
      return reference.handle(
        { ...state, phase: { ...phase, request } },
        agreedAs(input, () => ({ encryption: undefined })),
      );
    },
  }),
});

/** Sends its confirmation in clear where a sealed one was agreed. */
const confirmsInClear: Behaviour = () =>
  agreeing(({ confirmation, encryption }) =>
    confirmation === "sealed" && !encryption ? { confirmation: "clear" } : {},
  );

/** Reads the bytes of RND in another order than the merchant. */
const readsOtherwise: Behaviour = () => ({
  paymentServer: varyInputs((input: PaymentInput, { phase }: PaymentState) => {
    if (input.kind !== "message" || phase.at !== "first-message") return input;
    const message = parseMessage(input.bytes);
    if (message.kind !== "sealed-opening") return input;
    const RND = message.RND.match(/../g)?.reverse().join("") ?? message.RND;
    return { ...input, bytes: encodeMessage({ ...message, RND }) };
  }),
});

/** Takes a key that lies beside the session key in the envelope (as TSK) for the derived key. */
const takesKey: Behaviour = () => ({
  paymentServer: (reference) => {
    let found: Uint8Array | undefined;
    const taking = withEnvelope((envelope, known) => {
      if (!found) return envelope;
      return { ...envelope, ETSK: etskUnder({ ...known, TSK: found }, envelope.ETSK, found, known.KDER) };
    })(reference);
    return {
      handle(state, input) {
        if (input.kind === "message" && state.phase.at === "first-message") {
          found = childrenOf(input.bytes).find(({ tag }) => tag === tagOf("TSK"))?.value;
        }
        return taking.handle(state, input);
      },
    };
  },
});

/** Whatever the message within names, it is about the merchant and the sale of the envelope. */
const takesNames: Behaviour = () => ({
  paymentServer: withEnvelope((envelope, { suite, KDER, ...names }) => {
    const TSK = openTsk(suite, KDER, names, envelope.ETSK);
    if (!TSK) return envelope;
    const { IDMER, IDTRX } = envelope;
    const rename = (inner: Uint8Array) => {
      const message = parseMessage(inner);
      return message.kind === "draw-request" ? encodeMessage({ ...message, IDMER, IDTRX }) : inner;
    };
    const SEALED = sealedUnder({ suite, IDTRX }, envelope.SEALED, TSK, TSK, rename);
    return { ...envelope, SEALED };
  }),
});

/** `message` (E5, EF): is sealed under the derived key where the session key is due. */
const sealsUnderDerived: Behaviour = (parameters) => {
  const tag = numberOf(parameters, "message");
  return {
    paymentServer: withSent((message, layer, bytes) => {
      if (bytes[0] !== tag || (message.kind !== "sealed" && message.kind !== "sealed-results")) return bytes;
      return { ...message, SEALED: sealedUnder(layer, message.SEALED, layer.TSK, layer.KDER) };
    }),
  };
};

/** C under the derived key, and M under the session key. */
const exchangesKeys: Behaviour = () => ({
  paymentServer: withSent((message, layer, bytes) => {
    if (message.kind !== "sealed-results") return bytes;
    const { TSK, KDER } = layer;
    const SEALED = sealedUnder(layer, message.SEALED, TSK, KDER);
    return { ...message, SEALED, CONF: wordUnder(layer, message.CONF, KDER, TSK) };
  }),
});

/** Debit result C speaks of a success always. */
const succeedsInC: Behaviour = () => ({
  paymentServer: withSent((message, layer, bytes) => {
    if (message.kind !== "sealed-results") return bytes;
    const succeed = (inner: Uint8Array) => {
      const result = parseMessage(inner);
      return result.kind === "debit-result" ? encodeMessage({ ...result, CC: undefined }) : inner;
    };
    return { ...message, SEALED: sealedUnder(layer, message.SEALED, layer.TSK, layer.TSK, succeed) };
  }),
});

/** `message` (E5, EF): has the derived key in it. */
const showsKey: Behaviour = (parameters) => {
  const tag = numberOf(parameters, "message");
  return {
    paymentServer: withSent((_message, { KDER }, bytes) => {
      if (bytes[0] !== tag) return bytes;
      const parts = childrenOf(bytes).map((node) => encodeTlv(node.tag, node.value));
      return encodeTemplate(tag, ...parts, encodeTlv(tagOf("TSK"), KDER));
    }),
  };
};

/** What cannot be deciphered is passed over in silence. */
const passesOver: Behaviour = () => ({
  paymentServer: varyOutputs((output: PaymentOutput, _at: At<PaymentState, PaymentInput>) => {
    if (output.kind !== "send") return [output];
    const message = parseMessage(output.bytes);
    return message.kind === "refusal" && message.CC === "A00C" ? [] : [output];
  }),
});

/** An element that does not belong into a draw request makes it malformed. */
const isStrict: Behaviour = () => ({
  paymentServer: varyInputs((input: PaymentInput, { phase }: PaymentState) => {
    if (input.kind !== "message" || phase.at !== "first-message" || input.bytes[0] !== 0xea) return input;
    const isStrange = childrenOf(input.bytes).some(({ tag }) => tag === tagOf("SEALED"));
    return isStrange ? { ...input, bytes: input.bytes.subarray(0, -1) } : input;
  }),
});

/** The card's answer counts as a debit, whoever has made it: neither security card nor comparison are asked. */
const believesCard: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(state, input) {
      const step = reference.handle(expecting(state, input), input);
      const last = step.outputs.at(-1);
      if (last?.kind !== "ask-terminal" || last.bytes[0] !== 0xf3) return step;
      const asked = parseMessage(last.bytes);
      if (asked.kind !== "t-response" || asked.CARDRSP.length === 0 || input.kind !== "message") return step;
      const { IDTERM, IDTRX } = asked;
      const bytes = encodeMessage({ kind: "t-refusal", IDTERM, IDTRX, CC: "9416" }); // "confirmed already"
      const { nonce, layerNonce } = input;
      const next = reference.handle(step.state, { kind: "terminal-answer", bytes, nonce, layerNonce });
      return { state: next.state, outputs: [...step.outputs.slice(0, -1), ...next.outputs] };
    },
  }),
});

/** The state in which just this answer is expected (FIG 5). */
function expecting(state: PaymentState, input: PaymentInput): PaymentState {
  const { phase, layer } = state;
  if (phase.at !== "debit-response" || input.kind !== "message" || layer?.at !== "open") return state;
  const outer = parseMessage(input.bytes);
  const inner = outer.kind === "sealed" ? openMessage(layer.suite, layer.TSK, layer.IDTRX, outer.SEALED, [0xec]) : null;
  const response = inner ? parseMessage(inner) : undefined;
  if (response?.kind !== "debit-response" || response.CARDRSP.length === 0 || !phase.transaction.EXPECTED) return state;
  return { ...state, phase: { ...phase, transaction: { ...phase.transaction, EXPECTED: response.CARDRSP } } };
}

export const LAYER_PAYMENT_SERVER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-without-layer": withoutLayer,
  "payment-server-default-suite": defaultSuite,
  "payment-server-insists-on-layer": insistsOnLayer,
  "payment-server-takes-clear": takesClear,
  "payment-server-confirms-in-clear": confirmsInClear,
  "payment-server-reads-otherwise": readsOtherwise,
  "payment-server-takes-key": takesKey,
  "payment-server-takes-names": takesNames,
  "payment-server-seals-under-derived": sealsUnderDerived,
  "payment-server-exchanges-keys": exchangesKeys,
  "payment-server-succeeds-in-c": succeedsInC,
  "payment-server-shows-key": showsKey,
  "payment-server-passes-over": passesOver,
  "payment-server-is-strict": isStrict,
  "payment-server-believes-card": believesCard,
};
