/** Behaviours of merchant and payment server that seal with another key than the derived one: both alike, or one of them. */
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { PaymentServerRole } from "../roles/payment-server/model.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { etskUnder, expectedUnder, type Known, type WrongKey, wordUnder, wrongKey } from "./layer-keys.ts";
import { inProof, withPage, withProof } from "./layer-merchant-side.ts";
import { type BeforeOpening, sealedUnder, withEnvelope, withSent } from "./layer-server-side.ts";

/** The session key on the page, under the wrong key. */
const pageUnder = (key: WrongKey): Vary<MerchantRole> =>
  withPage(({ ETSK }, known) => ({ ETSK: etskUnder(known, ETSK, known.KDER, key(known)) }));

/** What comes under the wrong key is taken as if it were under the derived one. */
const proofsUnder = (key: WrongKey): Vary<MerchantRole> =>
  withProof((claim, known) =>
    inProof(claim, {
      CONF: (CONF) => wordUnder(known, CONF, key(known), known.KDER),
      SEXP: (SEXP) => expectedUnder(known, SEXP, key(known), known.KDER),
    }),
  );

/** The payment server that opens envelopes under the wrong key as well. It cannot be one that comes in the envelope. */
const envelopesUnder = (key: WrongKey): Vary<PaymentServerRole> =>
  withEnvelope((envelope, known) => {
    const all: Known = { ...known, TSK: new Uint8Array(16) };
    return { ...envelope, ETSK: etskUnder(all, envelope.ETSK, key(all), known.KDER) };
  });

/** The payment server whose word for the merchant is under the wrong key: debit result M, expected signature. */
const wordsUnder =
  (key: WrongKey): Vary<PaymentServerRole> =>
  (reference) => {
    const open = new Map<string, BeforeOpening>();
    const remembering = withEnvelope((envelope, known) => {
      open.set(known.IDTRX, known);
      return envelope;
    })(reference);
    return withSent((message, layer, bytes) => {
      const before = open.get(layer.IDTRX);
      if (!before) return bytes;
      const known: Known = { ...before, TSK: layer.TSK };
      if (message.kind === "sealed-results") {
        return { ...message, CONF: wordUnder(known, message.CONF, known.KDER, key(known)) };
      }
      if (message.kind !== "sealed") return bytes;
      const change = (inner: Uint8Array) => {
        const command = parseMessage(inner);
        if (command.kind !== "debit-command" || !command.SEXP) return inner;
        return encodeMessage({ ...command, SEXP: expectedUnder(known, command.SEXP, known.KDER, key(known)) });
      };
      return { ...message, SEALED: sealedUnder(layer, message.SEALED, layer.TSK, layer.TSK, change) };
    })(remembering);
  };

/** `key` (see `layer-keys.ts`): both ends use it in place of the derived key, for all that is sealed under that. */
const bothOther: Behaviour = (parameters) => {
  const key = wrongKey(textOf(parameters, "key"));
  return {
    merchant: (reference) => proofsUnder(key)(pageUnder(key)(reference)),
    paymentServer: (reference) => wordsUnder(key)(envelopesUnder(key)(reference)),
  };
};

/** `key`: both ends use it for what the payment server says to the merchant. */
const wordOther: Behaviour = (parameters) => {
  const key = wrongKey(textOf(parameters, "key"));
  return { merchant: proofsUnder(key), paymentServer: wordsUnder(key) };
};

const pageOther: Behaviour = (parameters) => ({ merchant: pageUnder(wrongKey(textOf(parameters, "key"))) });
const saysUnder: Behaviour = (parameters) => ({ paymentServer: wordsUnder(wrongKey(textOf(parameters, "key"))) });
const takesUnder: Behaviour = (parameters) => ({ merchant: proofsUnder(wrongKey(textOf(parameters, "key"))) });

export const LAYER_OTHER_KEY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "layer-other-key": bothOther,
  "layer-word-under": wordOther,
  "merchant-page-under": pageOther,
  "payment-server-word-under": saysUnder,
  "merchant-takes-word-under": takesUnder,
};
