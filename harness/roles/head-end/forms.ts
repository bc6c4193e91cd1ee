/** Forms of the confirmation at the merchant (messages.md 3c, 4). */
import { toHex } from "../../core/bytes.ts";
import { clearText } from "../../crypto/confirmation.ts";
import type { DebitResult } from "../../protocol/messages/layouts.ts";
import type { HeadEndSale } from "./state.ts";

/** Fields of a form in their order. */
export type StatusForm = readonly (readonly [name: string, value: string])[];

/** The confirmation for the merchant: the sealed one where there is one. Without any, the merchant has its own already. */
export function confirmationForm(IDTRX: string, { CONF, CLEARCONF }: DebitResult): StatusForm {
  const transaction = ["transaction-id", IDTRX] as const;
  if (CONF) return [transaction, ["confirmation", toHex(CONF)]];
  return CLEARCONF ? [transaction, ["clear-confirmation", toHex(CLEARCONF)]] : [transaction];
}

/** Why a clear confirmation is not about this very sale and result; undefined when it is, or when there is none. */
export function clearFlaw(sale: HeadEndSale, { CC = "0000", CLEARCONF }: DebitResult): string | undefined {
  if (!CLEARCONF) return undefined;
  const said = clearText(CLEARCONF);
  if (!said) return "CLEARCONF is no confirmation";
  if (said.CC !== CC) return `CLEARCONF says ${said.CC}, the debit result ${CC}`;
  const isOther = SALE_ELEMENTS.find((name) => sale[name] !== undefined && sale[name] !== said[name]);
  return isOther && `${isOther} of CLEARCONF is not that of the sale`;
}

/** A recovery knows only the first two. */
const SALE_ELEMENTS = ["IDTRX", "IDMER", "MPDA", "CURRPDA", "CEXPPDA"] as const;
