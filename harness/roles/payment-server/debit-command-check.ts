import { type DebitData, parseDebitData } from "../../protocol/messages/debit-data.ts";
import type { DrawRequest, TDebit } from "../../protocol/messages/layouts.ts";
import type { Sale } from "./phase.ts";

/**
 * DEBITDATA of the terminal's answer when it is the debit command of this very sale on this terminal, with all that was
 * asked for and nothing else, else `undefined`. A command for another amount or transaction must not reach a card, whoever
 * made it.
 */
export function debitCommandFor(
  sale: Sale,
  { COMPARE, CERTS }: Pick<DrawRequest, "COMPARE" | "CERTS">,
  IDTERM: string,
  answer: TDebit,
): DebitData | undefined {
  const parsed = parseDebitData(answer.DEBITDATA);
  if (!parsed.ok || answer.IDTERM !== IDTERM || answer.IDTRX !== sale.IDTRX) return undefined;
  const command = parsed.value;
  const isOfTheSale =
    command.IDTRX === sale.IDTRX &&
    command.MPDA === sale.MPDA &&
    command.CURRPDA === sale.CURRPDA &&
    command.CEXPPDA === sale.CEXPPDA;
  const isAsAsked =
    goTogether(COMPARE, answer.EXPECTED) && goTogether(CERTS, answer.PSAMCERT) && goTogether(CERTS, answer.SESSKEY);
  return isOfTheSale && isAsAsked ? command : undefined;
}

function goTogether(asked: unknown, given: unknown): boolean {
  return (asked === undefined) === (given === undefined);
}
