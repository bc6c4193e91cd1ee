/** Behaviours of roles that decipher, but never look whether the seal is whole. */
import { createDecipheriv } from "node:crypto";
import { concat, fromHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { requireAlgorithm } from "../crypto/algorithm.ts";
import { sealResultM } from "../crypto/confirmation.ts";
import { readConfirmationText } from "../crypto/confirmation-text.ts";
import { nonceLength, seal } from "../crypto/seal.ts";
import { sealMessage } from "../crypto/sealed-message.ts";
import { merchantBytes } from "../crypto/security-information.ts";
import { sealTsk } from "../crypto/transaction-keys.ts";
import { unpadMethod2, unsafeTripleDesCbcDecrypt } from "../crypto/unsafe-des.ts";
import { layerOf } from "../protocol/messages/encryption-layer.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { inProof, withProof } from "./layer-merchant-side.ts";
import { INNER_TAGS, withEnvelope } from "./layer-server-side.ts";
import { varyInputs } from "./wrap.ts";

const GCM_TAG = 16;
const MAC = 8;
const TRIPLE_DES = 0x04;
const TSK_LENGTH = 16;

/** The plain text of what was sealed under `key`, or what comes out in its place; undefined where nothing can. */
export function unsealed(suite: CipherSuite, key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const nonce = sealed.subarray(0, nonceLength(suite));
  if (suite === "AES-128-GCM") {
    if (sealed.length < nonce.length + GCM_TAG) return undefined;
    const decipher = createDecipheriv("aes-128-gcm", key, nonce);
    return Uint8Array.from(decipher.update(sealed.subarray(nonce.length, -GCM_TAG)));
  }
  const body = sealed.subarray(nonce.length, -MAC);
  if (body.length === 0 || body.length % 8 !== 0) return undefined;
  const [KE] = requireAlgorithm(TRIPLE_DES).deriveKeys(key, new Uint8Array(8).fill(0x45));
  return (KE && unpadMethod2(unsafeTripleDesCbcDecrypt(KE, nonce, body))) ?? undefined;
}

/** SEALED with a whole seal around the message that comes out of it, if it is one that may be there. */
function mended(suite: CipherSuite, TSK: Uint8Array, IDTRX: string, SEALED: Uint8Array): Uint8Array {
  const inner = unsealed(suite, TSK, SEALED);
  if (!inner || !INNER_TAGS.includes(inner[0] ?? 0)) return SEALED;
  return sealMessage(suite, TSK, IDTRX, SEALED.slice(0, nonceLength(suite)), inner);
}

/** Envelopes and everything after them. */
const paymentServerLoose: Behaviour = () => ({
  paymentServer: (reference) => {
    const mending = varyInputs<PaymentState, PaymentInput, PaymentOutput>((input, { layer }) => {
      if (input.kind !== "message" || layer?.at !== "open") return input;
      const message = parseMessage(input.bytes);
      if (message.kind !== "sealed") return input;
      const SEALED = mended(layer.suite, layer.TSK, layer.IDTRX, message.SEALED);
      return { ...input, bytes: encodeMessage({ ...message, SEALED }) };
    })(reference);
    return withEnvelope((envelope, { suite, KDER, ...names }) => {
      const TSK = unsealed(suite, KDER, envelope.ETSK);
      if (TSK?.length !== TSK_LENGTH) return envelope;
      const ETSK = sealTsk(suite, KDER, names, TSK, envelope.ETSK.slice(0, nonceLength(suite)));
      return { ...envelope, ETSK, SEALED: mended(suite, TSK, envelope.IDTRX, envelope.SEALED) };
    })(mending);
  },
});

/** `from` ("payment-server" or "set-top-box"). */
const headEndLoose: Behaviour = (parameters) => {
  const from = textOf(parameters, "from") === "payment-server" ? "payment" : "cable";
  return {
    headEnd: varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>((input, { sale }) => {
      const layer = sale && layerOf(sale);
      if (input.kind !== from || !layer) return input;
      const { message } = input;
      if (message.kind !== "sealed" && message.kind !== "sealed-results") return input;
      const SEALED = mended(layer.suite, layer.TSK, message.IDTRX, message.SEALED);
      return { ...input, message: { ...message, SEALED } };
    }),
  };
};

/** Debit results M and expected signatures. */
const merchantLoose: Behaviour = () => ({
  merchant: withProof((claim, { suite, KDER, IDMER, IDTRX }) =>
    inProof(claim, {
      CONF: (CONF) => {
        const text = unsealed(suite, KDER, CONF);
        const said = text && readConfirmationText(0x01, text);
        return said ? sealResultM(suite, KDER, { ...said, IDMER, IDTRX }, CONF.slice(0, nonceLength(suite))) : CONF;
      },
      SEXP: (SEXP) => {
        const text = unsealed(suite, KDER, SEXP);
        const bound = concat(Uint8Array.of(0xc2), merchantBytes(IDMER), fromHex(IDTRX));
        return text ? seal(suite, KDER, SEXP.slice(0, nonceLength(suite)), bound, text) : SEXP;
      },
    }),
  ),
});

export const LAYER_LOOSE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-loose": paymentServerLoose,
  "head-end-loose": headEndLoose,
  "merchant-loose": merchantLoose,
};
