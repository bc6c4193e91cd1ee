import { unreachable } from "../../core/errors.ts";
import type { Role } from "../role.ts";
import { isTooLarge } from "../web/form.ts";
import { answer, type MerchantStep, REFUSALS } from "./answers.ts";
import { checkout } from "./checkout.ts";
import type { MerchantInput, MerchantOutput, MerchantPhase, MerchantState } from "./effects.ts";
import { onConcluded, onSale, postConfirmation, postDirectly } from "./settle.ts";
import { cataloguePage } from "./shop-pages.ts";
import { DIRECT_PATH, type MerchantSite, profileOf, STATUS_PATH } from "./site.ts";

export type MerchantRole = Role<MerchantState, MerchantInput, MerchantOutput>;

/** The merchant server: one request in, one response out (`messages.md`, section 4). */
export const merchant: MerchantRole = {
  handle({ site, phase }, input) {
    const { state, outputs } = handlePhase(site, phase, input);
    return { state: { site, phase: state }, outputs };
  },
};

/** A request that has just come in. */
export function newRequest(site: MerchantSite): MerchantState {
  return { site, phase: { at: "request" } };
}

type Arrived = Extract<MerchantInput, { kind: "request" }>;

function handlePhase(site: MerchantSite, phase: MerchantPhase, input: MerchantInput): MerchantStep {
  switch (input.kind) {
    case "request":
      return phase.at === "request" ? route(site, input) : ignored(phase);
    case "sale":
      return phase.at === "sale" ? onSale(site, phase, input) : ignored(phase);
    case "concluded":
      return phase.at === "conclusion" ? onConcluded(site, phase, input) : ignored(phase);
    default:
      return unreachable(input);
  }
}

function ignored(phase: MerchantPhase): MerchantStep {
  return { state: phase, outputs: [] };
}

function route(site: MerchantSite, { request, IDTRX, layer }: Arrived): MerchantStep {
  if (isTooLarge(request)) return answer(REFUSALS.tooLarge());
  const [path] = request.path.split("?");
  switch (path) {
    case "/":
      return request.method === "GET" ? answer(cataloguePage(site)) : otherMethod("GET");
    case "/checkout":
      return request.method === "POST" ? checkout(site, request, IDTRX, layer) : otherMethod("POST");
    case STATUS_PATH:
      return request.method === "POST" ? postConfirmation(site, request) : otherMethod("POST");
    case DIRECT_PATH:
      if (!profileOf(site.identity).direct) return answer(REFUSALS.noSuchPage());
      return request.method === "POST" ? postDirectly(request) : otherMethod("POST");
    default:
      return answer(REFUSALS.noSuchPage());
  }
}

function otherMethod(allow: string): MerchantStep {
  const { headers, ...rest } = REFUSALS.otherMethod();
  return answer({ ...rest, headers: { ...headers, allow } });
}
