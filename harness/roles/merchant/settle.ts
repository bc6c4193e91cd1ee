import { unreachable } from "../../core/errors.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import { answer, type MerchantStep, REFUSALS } from "./answers.ts";
import { checkConfirmation } from "./confirmation.ts";
import type { MerchantInput, MerchantOutput, MerchantPhase } from "./effects.ts";
import { formFields } from "./form.ts";
import { purchasePage } from "./shop-pages.ts";
import type { MerchantSite } from "./site.ts";

/** `POST` to the status URL (636 to 640): only an acceptable confirmation of success releases the item. */
export function postConfirmation(request: HttpRequest): MerchantStep {
  const form = formFields(request, ["transaction-id", "confirmation"]);
  if (form === undefined || !/^[0-9a-fA-F]{32}$/.test(form["transaction-id"])) return answer(REFUSALS.malformed());
  if (!/^([0-9a-fA-F]{2})+$/.test(form.confirmation)) return answer(REFUSALS.malformed());
  return {
    state: { at: "sale", CONF: form.confirmation },
    outputs: [{ kind: "find-sale", IDTRX: form["transaction-id"].toUpperCase() }],
  };
}

export function onSale(
  site: MerchantSite,
  phase: Extract<MerchantPhase, { at: "sale" }>,
  { sale }: Extract<MerchantInput, { kind: "sale" }>,
): MerchantStep {
  if (sale === undefined) return answer(REFUSALS.noSuchSale());
  if (sale.status !== "open") return answer(REFUSALS.concluded(), [registered(sale.IDTRX, false, null)]);
  const check = checkConfirmation(site.identity, sale, phase.CONF);
  switch (check.kind) {
    case "unacceptable":
      return answer(REFUSALS.unacceptable(), [registered(sale.IDTRX, false, null)]);
    case "paid":
    case "not-paid": {
      const isPaid = check.kind === "paid";
      return {
        state: { at: "conclusion", sale, isPaid },
        outputs: [
          registered(sale.IDTRX, true, check.confirmation.CC),
          { kind: "conclude-sale", IDTRX: sale.IDTRX, status: isPaid ? "released" : "failed" },
        ],
      };
    }
    default:
      return unreachable(check);
  }
}

/** Of two confirmations at the same moment only the first one releases. */
export function onConcluded(
  site: MerchantSite,
  { sale, isPaid }: Extract<MerchantPhase, { at: "conclusion" }>,
  { isFirst }: Extract<MerchantInput, { kind: "concluded" }>,
): MerchantStep {
  if (!isFirst) return answer(REFUSALS.concluded());
  if (!isPaid) return answer(REFUSALS.notPaid());
  const item = site.catalogue.find(({ ITEM }) => ITEM === sale.ITEM);
  const released = { kind: "log", entry: "item-released", step: "640", IDTRX: sale.IDTRX } as const;
  return answer(purchasePage(item, sale), [{ ...released, fields: { ITEM: sale.ITEM } }]);
}

/** `accepted`: the confirmation is genuine and about this open sale; whether it says success is its CC. */
function registered(IDTRX: string, accepted: boolean, CC: string | null): MerchantOutput {
  return { kind: "log", entry: "confirmation-registered", step: "638", IDTRX, fields: { accepted, CC } };
}
