/** Behaviours of merchants that handle the keys of the encryption layer wrongly, or clear confirmations. */
import { fromHex, toHex } from "../core/bytes.ts";
import { clearConfirmation, clearText, openResultM, sealResultM, serverClearKey } from "../crypto/confirmation.ts";
import { nonceLength } from "../crypto/seal.ts";
import { sealTsk } from "../crypto/transaction-keys.ts";
import type { MerchantInput, MerchantOutput, MerchantState } from "../roles/merchant/effects.ts";
import { profileOf } from "../roles/merchant/site.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { type Known, wrongKey } from "./layer-keys.ts";
import { inProof, pageIn, withPage, withProof } from "./layer-merchant-side.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** `key` ("shared", or "derived"): stands on the page as well. */
const showsKey: Behaviour = (parameters) => {
  const name = textOf(parameters, "key");
  const key = name === "derived" ? ({ KDER }: Known) => KDER : wrongKey(name);
  return {
    merchant: varyOutputs<MerchantState, MerchantInput, MerchantOutput>((output, { before }) => {
      const known = pageIn(output, before)?.known;
      if (output.kind !== "respond" || !known) return [output];
      const parameter = `<param name="${name}-key" value="${toHex(key(known))}">`;
      const body = output.response.body.replace("</object>", `${parameter}</object>`);
      return [{ ...output, response: { ...output.response, body } }];
    }),
  };
};

/** The same session key for every transaction. */
const oneSessionKey: Behaviour = () => ({
  merchant: varyInputs<MerchantState, MerchantInput, MerchantOutput>((input) =>
    input.kind === "request" && input.layer
      ? { ...input, layer: { ...input.layer, TSK: Uint8Array.from({ length: 16 }, (_, at) => at) } }
      : input,
  ),
});

/** The page shows the session key of the page before, with the right one sealed beside it. */
const previousSessionKey: Behaviour = () => {
  let previous: Uint8Array | undefined;
  return {
    merchant: withPage(({ TSK }) => {
      const shown = previous ?? TSK;
      previous = TSK;
      return { TSK: shown };
    }),
  };
};

/** The session key is the derived key. */
const sameKeys: Behaviour = () => ({
  merchant: withPage(({ ETSK }, known) => {
    const nonce = ETSK.slice(0, nonceLength(known.suite));
    return { TSK: known.KDER, ETSK: sealTsk(known.suite, known.KDER, known, known.KDER, nonce) };
  }),
});

/** Takes debit result M of any of its sales for one of the sale that it was posted for. */
const takesEarlierWord: Behaviour = () => {
  const seen: Known[] = [];
  return {
    merchant: withProof((claim, known) => {
      seen.push(known);
      return inProof(claim, { SEXP: (SEXP) => SEXP, CONF: (CONF) => aboutThis(CONF, seen, known) });
    }),
  };
};

/** What was said of one of those sales, said of this one. */
function aboutThis(CONF: Uint8Array, sales: readonly Known[], { suite, KDER, IDMER, IDTRX }: Known): Uint8Array {
  for (const sale of sales) {
    const said = openResultM(sale.suite, sale.KDER, sale.IDMER, sale.IDTRX, CONF);
    if (said) return sealResultM(suite, KDER, { ...said, IDMER, IDTRX }, CONF.slice(0, nonceLength(suite)));
  }
  return CONF;
}

/** Looks at a clear confirmation, but not at its MAC. */
const ignoresMac: Behaviour = () => ({
  merchant: (reference) => ({
    handle(state, input) {
      const { phase, site } = state;
      if (phase.at !== "sale" || phase.claim.kind !== "clear" || input.kind !== "sale" || !input.sale) {
        return reference.handle(state, input);
      }
      const said = clearText(fromHex(phase.claim.CLEARCONF));
      if (!said) return reference.handle(state, input);
      const key = serverClearKey(site.identity.KMER, input.sale.IDTRX);
      const CLEARCONF = toHex(clearConfirmation(key, said));
      return reference.handle({ ...state, phase: { ...phase, claim: { kind: "clear", CLEARCONF } } }, input);
    },
  }),
});

/** Takes clear confirmations whatever was agreed. */
const takesClear: Behaviour = () => ({
  merchant: (reference) => ({
    handle(before, input) {
      const { identity } = before.site;
      const profile = { ...profileOf(identity), confirmation: "clear" } as const;
      const believed = { ...before, site: { ...before.site, identity: { ...identity, profile } } };
      const { state, outputs } = reference.handle(believed, input);
      return { state: { ...state, site: before.site }, outputs };
    },
  }),
});

export const LAYER_MERCHANT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "merchant-shows-key": showsKey,
  "merchant-one-session-key": oneSessionKey,
  "merchant-previous-session-key": previousSessionKey,
  "merchant-same-keys": sameKeys,
  "merchant-takes-earlier-word": takesEarlierWord,
  "merchant-ignores-mac": ignoresMac,
  "merchant-takes-clear": takesClear,
};
