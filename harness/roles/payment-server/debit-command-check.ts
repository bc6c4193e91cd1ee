import { type DebitData, parseDebitData } from "../../protocol/messages/debit-data.ts";
import type { TDebit } from "../../protocol/messages/layouts.ts";
import type { Sale } from "./phase.ts";

/**
 * DEBITDATA of the terminal's answer when it is the debit command of this very sale on this terminal, else `undefined`. A
 * command for another amount or transaction must not reach a card, whoever made it.
 */
export function debitCommandFor(sale: Sale, IDTERM: string, answer: TDebit): DebitData | undefined {
  const parsed = parseDebitData(answer.DEBITDATA);
  if (!parsed.ok || answer.IDTERM !== IDTERM || answer.IDTRX !== sale.IDTRX) return undefined;
  const command = parsed.value;
  const isOfTheSale =
    command.IDTRX === sale.IDTRX &&
    command.MPDA === sale.MPDA &&
    command.CURRPDA === sale.CURRPDA &&
    command.CEXPPDA === sale.CEXPPDA;
  return isOfTheSale ? command : undefined;
}
