/** A merchant under the encryption layer, taken apart: its page as it leaves, and the proofs as it sees them. */
import { fromHex, toHex } from "../core/bytes.ts";
import { deriveTransactionKey } from "../crypto/transaction-keys.ts";
import { type PaymentPage, parsePaymentPage } from "../protocol/messages/payment-page.ts";
import type { Claim } from "../roles/merchant/claim.ts";
import type { MerchantInput, MerchantOutput, MerchantState } from "../roles/merchant/effects.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { Sale } from "../roles/merchant/sale.ts";
import { profileOf } from "../roles/merchant/site.ts";
import type { Vary } from "../roles/role.ts";
import type { Known } from "./layer-keys.ts";
import { varyOutputs } from "./wrap.ts";

/** A page of the layer: all three parameters are there. */
export type LayerPage = PaymentPage & Required<Pick<PaymentPage, "RND" | "TSK" | "ETSK">>;

/** The three parameters that the merchant shows instead. */
export type Shown = Partial<Pick<LayerPage, "TSK" | "ETSK">>;

/** `change`: what each page of the layer shows; `known`: what the merchant knows of that sale. */
export function withPage(change: (page: LayerPage, known: Known) => Shown): Vary<MerchantRole> {
  return varyOutputs<MerchantState, MerchantInput, MerchantOutput>((output, { before }) => {
    const read = pageIn(output, before);
    if (output.kind !== "respond" || !read) return [output];
    const { page, known } = read;
    const { TSK = page.TSK, ETSK = page.ETSK } = change(page, known);
    const body = output.response.body
      .replace(/(name="session-key" value=")[^"]*/, `$1${toHex(TSK)}`)
      .replace(/(name="encrypted-session-key" value=")[^"]*/, `$1${toHex(ETSK)}`);
    return [{ ...output, response: { ...output.response, body } }];
  });
}

/** The page in an answer to an order, and what the merchant knows of its sale. */
export function pageIn(output: MerchantOutput, { site }: MerchantState): { page: LayerPage; known: Known } | undefined {
  if (output.kind !== "respond" || !output.response.body.includes('name="session-key"')) return undefined;
  const parsed = parsePaymentPage(output.response.body);
  const { KSH, IDMER } = site.identity;
  const suite = profileOf(site.identity).encryption;
  if (!parsed.ok || !KSH || !suite) return undefined;
  const { page } = parsed;
  if (page.RND === undefined || page.TSK === undefined || page.ETSK === undefined) return undefined;
  const { IDTRX, TSK } = page;
  const RND = fromHex(page.RND);
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, RND);
  return {
    page: { ...page, RND: page.RND, TSK, ETSK: page.ETSK },
    known: { suite, KSH, KDER, TSK, IDMER, IDTRX, RND },
  };
}

/** What the merchant sees of a proof posted for an open sale of the layer. TSK is that of its page, which it remembers. */
export function withProof(change: (claim: Claim, known: Known, sale: Sale) => Claim): Vary<MerchantRole> {
  return (reference) => {
    const pages = new Map<string, Known>();
    return {
      handle(before, input) {
        const step = reference.handle(seenAs(before, input, pages, change), input);
        for (const output of step.outputs) {
          const read = pageIn(output, before);
          if (read) pages.set(read.known.IDTRX, read.known);
        }
        return step;
      },
    };
  };
}

function seenAs(
  state: MerchantState,
  input: MerchantInput,
  pages: ReadonlyMap<string, Known>,
  change: (claim: Claim, known: Known, sale: Sale) => Claim,
): MerchantState {
  const { phase } = state;
  if (phase.at !== "sale" || input.kind !== "sale" || !input.sale) return state;
  const known = pages.get(input.sale.IDTRX);
  return known ? { ...state, phase: { ...phase, claim: change(phase.claim, known, input.sale) } } : state;
}

/** `change` for what is sealed in the proof: debit result M, or the expected signature. */
export function inProof(
  claim: Claim,
  change: { readonly CONF: (value: Uint8Array) => Uint8Array; readonly SEXP: (value: Uint8Array) => Uint8Array },
): Claim {
  if (claim.kind === "sealed") return { ...claim, CONF: toHex(change.CONF(fromHex(claim.CONF))) };
  return claim.kind === "response" ? { ...claim, SEXP: toHex(change.SEXP(fromHex(claim.SEXP))) } : claim;
}
