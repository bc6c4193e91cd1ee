/** Behaviours of merchants that make wrong pages or release what they should not. */
import { PursebenchError } from "../core/errors.ts";
import type { MerchantInput, MerchantOutput, MerchantState } from "../roles/merchant/effects.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { CatalogueItem, MerchantSite } from "../roles/merchant/site.ts";
import { type Behaviour, numberOf, optionalText, type Parameters, textOf } from "./behaviour.ts";
import { type At, varyInputs, varyOutputs } from "./wrap.ts";

type MerchantAt = At<MerchantState, MerchantInput>;
type Respond = Extract<MerchantOutput, { kind: "respond" }>;

/** `answering` ("/", "/checkout" or "/status"): `pattern` (a regular expression) in its pages becomes `replacement`. */
const writesPage: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"), "g");
  const replacement = textOf(parameters, "replacement");
  const rewrite = ({ response }: Respond): Respond => ({
    kind: "respond",
    response: { ...response, body: response.body.replace(pattern, replacement) },
  });
  return { merchant: varyOutputs((output, at) => [isAnswer(output, at, parameters) ? rewrite(output) : output]) };
};

/** `answering`, `status`: answers with that status whatever it did. */
const answersStatus: Behaviour = (parameters) => {
  const status = numberOf(parameters, "status");
  const change = ({ response }: Respond): Respond => ({ kind: "respond", response: { ...response, status } });
  return { merchant: varyOutputs((output, at) => [isAnswer(output, at, parameters) ? change(output) : output]) };
};

/** `field`, `value`: believes something wrong of itself or its prices; only merchant `IDMER` where that is given. */
const believes: Behaviour = (parameters) => {
  const only = optionalText(parameters, "IDMER");
  const change = (site: MerchantSite) =>
    only !== undefined && site.identity.IDMER !== only ? site : siteWith(site, parameters);
  return { merchant: onOtherSite(({ site }) => change(site)) };
};

/** Takes the total from the field "total-cost" of the order, if there is one. */
const believesTotal: Behaviour = () => ({
  merchant: onOtherSite(({ site }, input) => {
    const total = input.kind === "request" ? new URLSearchParams(input.request.body).get("total-cost") : null;
    return total === null ? site : withItems(site, { price: Number(total) });
  }),
});

/** `RELEASE`: states that release level on every second page. */
const mixesReleases: Behaviour = (parameters) => {
  const RELEASE = textOf(parameters, "RELEASE");
  return {
    merchant: (reference) => {
      let orders = 0;
      const isOdd = (input: MerchantInput) => isOrder(input) && ++orders % 2 === 0;
      return onOtherSite(({ site }, input) => (isOdd(input) ? { ...site, RELEASE } : site))(reference);
    },
  };
};

/** Numbers its sales, beginning with 1 whenever it is started. */
const countsSales: Behaviour = () => ({
  merchant: (reference) => {
    let sales = 0;
    const numbered = (input: MerchantInput): MerchantInput =>
      isOrder(input) ? { ...input, IDTRX: (++sales).toString(16).toUpperCase().padStart(32, "0") } : input;
    return varyInputs<MerchantState, MerchantInput, MerchantOutput>(numbered)(reference);
  },
});

/** `IDTRX`: the identifier of every sale. */
const repeatsIdentifier: Behaviour = (parameters) => {
  const IDTRX = textOf(parameters, "IDTRX");
  return { merchant: varyInputs((input) => (input.kind === "request" ? { ...input, IDTRX } : input)) };
};

/** Keeps sales in volatile memory only: one opened before a restart is unknown after it. */
const forgetsSales: Behaviour = () => ({
  merchant: (reference) => {
    const known = new Set<string>();
    return {
      handle(state, input) {
        const isForgotten = input.kind === "sale" && input.sale !== undefined && !known.has(input.sale.IDTRX);
        const step = reference.handle(state, isForgotten ? { kind: "sale", sale: undefined } : input);
        for (const output of step.outputs) if (output.kind === "add-sale") known.add(output.sale.IDTRX);
        return step;
      },
    };
  },
});

/** Releases as soon as the goods are ordered. */
const releasesOnOrder: Behaviour = () => ({
  merchant: varyOutputs((output) => {
    if (output.kind !== "add-sale") return [output];
    const { IDTRX, ITEM } = output.sale;
    const released = { kind: "log", entry: "item-released", step: "640", IDTRX, fields: { ITEM } } as const;
    return [{ kind: "add-sale", sale: { ...output.sale, status: "released" } }, released];
  }),
});

/** Releases for a confirmation of a failed payment as well. */
const releasesUnpaid: Behaviour = () => ({
  merchant: (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const { phase } = state;
      if (phase.at !== "conclusion") return { state, outputs };
      const paid = outputs.map((output) =>
        output.kind === "conclude-sale" ? ({ ...output, status: "released" } as const) : output,
      );
      return { state: { ...state, phase: { ...phase, status: "released" } }, outputs: paid };
    },
  }),
});

/** Releases for a confirmation that it could not open, or that is about something else. */
const releasesUnverified: Behaviour = () => ({
  merchant: (reference) => ({
    handle(before, input) {
      const isOpen = input.kind === "sale" && input.sale?.status === "open";
      const { state, outputs } = reference.handle(before, input);
      if (!isOpen || !input.sale || state.phase.at !== "answered") return { state, outputs };
      const { sale } = input;
      return {
        state: { ...state, phase: { at: "conclusion", sale, status: "released" } },
        outputs: [{ kind: "conclude-sale", IDTRX: sale.IDTRX, status: "released" }],
      };
    },
  }),
});

export const MERCHANT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "merchant-writes-page": writesPage,
  "merchant-answers-status": answersStatus,
  "merchant-believes": believes,
  "merchant-believes-total": believesTotal,
  "merchant-mixes-releases": mixesReleases,
  "merchant-counts-sales": countsSales,
  "merchant-repeats-identifier": repeatsIdentifier,
  "merchant-forgets-sales": forgetsSales,
  "merchant-releases-on-order": releasesOnOrder,
  "merchant-releases-unpaid": releasesUnpaid,
  "merchant-releases-unverified": releasesUnverified,
};

function isOrder(input: MerchantInput): input is Extract<MerchantInput, { kind: "request" }> {
  return input.kind === "request" && input.request.path === "/checkout";
}

function isAnswer(output: MerchantOutput, { input }: MerchantAt, parameters: Parameters): output is Respond {
  const path = input.kind === "request" ? input.request.path.split("?")[0] : "/status";
  return output.kind === "respond" && path === textOf(parameters, "answering");
}

/** The reference merchant, working with what it believes of its site while it handles an input. */
function onOtherSite(siteFor: (state: MerchantState, input: MerchantInput) => MerchantSite) {
  return (reference: MerchantRole): MerchantRole => ({
    handle(before, input) {
      const { state, outputs } = reference.handle({ ...before, site: siteFor(before, input) }, input);
      return { state: { ...state, site: before.site }, outputs };
    },
  });
}

function siteWith(site: MerchantSite, parameters: Parameters): MerchantSite {
  const field = textOf(parameters, "field");
  const { identity } = site;
  switch (field) {
    case "IDMER":
      return { ...site, identity: { ...identity, IDMER: textOf(parameters, "value") } };
    case "host":
      return withPaymentServer(site, { host: textOf(parameters, "value") });
    case "port":
      return withPaymentServer(site, { port: numberOf(parameters, "value") });
    case "CURR":
      return withItems(site, { CURR: textOf(parameters, "value") });
    case "CEXP":
      return withItems(site, { CEXP: numberOf(parameters, "value") });
    default:
      throw new PursebenchError("USAGE", `a merchant has no field "${field}"`);
  }
}

function withPaymentServer(site: MerchantSite, change: { host?: string; port?: number }): MerchantSite {
  const { identity } = site;
  return { ...site, identity: { ...identity, paymentServer: { ...identity.paymentServer, ...change } } };
}

function withItems(site: MerchantSite, change: Partial<CatalogueItem>): MerchantSite {
  return { ...site, catalogue: site.catalogue.map((item) => ({ ...item, ...change })) };
}
