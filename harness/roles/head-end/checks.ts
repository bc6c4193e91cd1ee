import { formatAmount } from "../../core/currency.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import type { Page } from "../../protocol/messages/layouts.ts";

/** Why no draw request leaves, with the sentence for the user. */
export interface CheckFailure {
  readonly CC: "A012" | "A013" | "A014";
  readonly TEXT: string;
}

type SaleTotal = Pick<Page, "MPDA" | "CURRPDA" | "CEXPPDA">;

/** The checks before the draw request (609, [0075]; messages.md 3), first that fails. `today`: YYMMDD. */
export function checkCard(card: InitResponse, sale: SaleTotal, today: string): CheckFailure | undefined {
  if (!hasCurrencyOf(card, sale)) return { CC: "A013", TEXT: otherCurrency(card, sale) };
  if (isExpired(card.DEXPIEP, today)) return { CC: "A012", TEXT: "The card has expired. Nothing was paid." };
  if (card.BALIEP < sale.MPDA) return { CC: "A014", TEXT: tooLow(card, sale) };
  return undefined;
}

export function hasCurrencyOf(card: InitResponse, { CURRPDA, CEXPPDA }: SaleTotal): boolean {
  return card.CURRIEP === CURRPDA && card.CEXPIEP === CEXPPDA;
}

/** DEXPIEP is the last day of use, in the years 2000 to 2099. */
export function isExpired(DEXPIEP: string, today: string): boolean {
  return DEXPIEP < today;
}

function otherCurrency(card: InitResponse, sale: SaleTotal): string {
  const has = formatAmount(card.BALIEP, card.CURRIEP, card.CEXPIEP);
  const costs = formatAmount(sale.MPDA, sale.CURRPDA, sale.CEXPPDA);
  return `The card holds ${has} and cannot pay ${costs}. Nothing was paid.`;
}

function tooLow(card: InitResponse, sale: SaleTotal): string {
  const has = formatAmount(card.BALIEP, card.CURRIEP, card.CEXPIEP);
  return `The balance of ${has} is too low for ${formatAmount(sale.MPDA, sale.CURRPDA, sale.CEXPPDA)}. Nothing was paid.`;
}
