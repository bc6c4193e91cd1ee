import { unreachable } from "../../core/errors.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import { sessionOf } from "../web/form.ts";
import { answer, type MerchantStep, REFUSALS } from "./answers.ts";
import { type PostedClaim, postedClaim } from "./claim.ts";
import { compareResponse } from "./comparison.ts";
import { checkConfirmation } from "./confirmation.ts";
import type { MerchantInput, MerchantOutput, MerchantPhase } from "./effects.ts";
import type { Sale, SaleEnd } from "./sale.ts";
import { PAID, purchasePage } from "./shop-pages.ts";
import { type MerchantSite, profileOf } from "./site.ts";

type Claimed = Extract<MerchantPhase, { at: "sale" }>;

/** `POST` to the status URL (636 to 640): only what proves the payment of this very sale releases the item. */
export function postConfirmation(site: MerchantSite, request: HttpRequest): MerchantStep {
  const posted = postedClaim(request);
  if (posted === undefined || !isServed(site, posted)) return answer(REFUSALS.malformed());
  return lookUp(posted, { SESSION: sessionOf(request), isDirect: false });
}

/** `POST` to the payment server's own status URL: a sealed confirmation, and nothing else. */
export function postDirectly(request: HttpRequest): MerchantStep {
  const posted = postedClaim(request);
  if (posted?.claim.kind !== "sealed") return answer(REFUSALS.malformed());
  return lookUp(posted, { SESSION: undefined, isDirect: true });
}

function lookUp({ IDTRX, claim }: PostedClaim, from: Pick<Claimed, "SESSION" | "isDirect">): MerchantStep {
  return { state: { at: "sale", claim, ...from }, outputs: [{ kind: "find-sale", IDTRX }] };
}

/** A transaction alone says something only where payments are confirmed directly. */
function isServed({ identity }: MerchantSite, { claim }: PostedClaim): boolean {
  return claim.kind !== "fetch" || profileOf(identity).direct;
}

export function onSale(
  site: MerchantSite,
  phase: Claimed,
  { sale }: Extract<MerchantInput, { kind: "sale" }>,
): MerchantStep {
  if (sale === undefined) return answer(REFUSALS.noSuchSale());
  if (phase.claim.kind === "fetch") return fetch(sale, phase.SESSION);
  if (isOver(sale)) return answer(REFUSALS.concluded(), [registered(sale, false, null)]);
  if (phase.claim.kind === "response") return compare(site, sale, phase.claim);
  const check = checkConfirmation(site.identity, sale, phase.claim);
  switch (check.kind) {
    case "unacceptable":
      return answer(REFUSALS.unacceptable(), [registered(sale, false, null)]);
    case "paid":
      return phase.isDirect ? payDirectly(sale) : conclude(sale, "released", [registered(sale, true, "0000")]);
    case "not-paid":
      return conclude(sale, "failed", [registered(sale, true, check.confirmation.CC)]);
    default:
      return unreachable(check);
  }
}

/** The sale waits for its user, however often the payment server says that it is paid. */
function payDirectly(sale: Sale): MerchantStep {
  const heard = registered(sale, true, "0000");
  return sale.status === "paid" ? answer(PAID, [heard]) : conclude(sale, "paid", [heard]);
}

/** Delivers what was paid directly, to the user who ordered it. */
function fetch(sale: Sale, SESSION: string | undefined): MerchantStep {
  if (SESSION !== sale.SESSION) return answer(REFUSALS.unacceptable());
  if (sale.status === "released") return answer(REFUSALS.concluded());
  return sale.status === "paid" ? conclude(sale, "released", []) : answer(REFUSALS.unpaid());
}

/** The merchant's own comparison (754). Whatever it finds but equality leaves the sale open. */
function compare(site: MerchantSite, sale: Sale, claim: Extract<Claimed["claim"], { kind: "response" }>): MerchantStep {
  const check = compareResponse(site.identity, sale, claim);
  switch (check.kind) {
    case "malformed":
      return answer(REFUSALS.malformed());
    case "unacceptable":
      return answer(REFUSALS.unacceptable(), [registered(sale, false, null)]);
    case "refused":
      return answer(REFUSALS.notPaid(), [registered(sale, false, check.CC)]);
    case "unequal":
      return answer(REFUSALS.unequal(), [compared(sale, false)]);
    case "equal":
      return conclude(sale, "released", [compared(sale, true), registered(sale, true, "0000")]);
    default:
      return unreachable(check);
  }
}

function isOver({ status }: Sale): boolean {
  return status === "released" || status === "failed";
}

function conclude(sale: Sale, status: SaleEnd, heard: readonly MerchantOutput[]): MerchantStep {
  return {
    state: { at: "conclusion", sale, status },
    outputs: [...heard, { kind: "conclude-sale", IDTRX: sale.IDTRX, status }],
  };
}

/** Of two confirmations at the same moment only the first one releases. */
export function onConcluded(
  site: MerchantSite,
  { sale, status }: Extract<MerchantPhase, { at: "conclusion" }>,
  { isFirst }: Extract<MerchantInput, { kind: "concluded" }>,
): MerchantStep {
  if (!isFirst) return answer(REFUSALS.concluded());
  switch (status) {
    case "failed":
      return answer(REFUSALS.notPaid());
    case "paid":
      return answer(PAID);
    case "released": {
      const item = site.catalogue.find(({ ITEM }) => ITEM === sale.ITEM);
      const released = { kind: "log", entry: "item-released", step: "640", IDTRX: sale.IDTRX } as const;
      return answer(purchasePage(item, sale), [{ ...released, fields: { ITEM: sale.ITEM } }]);
    }
    default:
      return unreachable(status);
  }
}

/** `accepted`: the proof is genuine and about this open sale; whether it says success is its CC. */
function registered({ IDTRX }: Sale, accepted: boolean, CC: string | null): MerchantOutput {
  return { kind: "log", entry: "confirmation-registered", step: "638", IDTRX, fields: { accepted, CC } };
}

function compared({ IDTRX }: Sale, equal: boolean): MerchantOutput {
  return { kind: "log", entry: "signatures-compared", step: "754", IDTRX, fields: { equal } };
}
