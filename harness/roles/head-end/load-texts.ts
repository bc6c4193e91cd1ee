/** What the user is told of a load: why, the amount, and where it is now. */
import { formatAmount } from "../../core/currency.ts";
import type { LoadAmountOf, LoadState } from "./load-state.ts";

const CAUSES: ReadonlyMap<string, string> = new Map([
  ["A001", "A message could not be understood."],
  ["A002", "The load server does not know the account holder."],
  ["A003", "Accounts of this account holder cannot be used at the moment."],
  ["A004", "This load was already worked off. Please start again."],
  ["A005", "The load server does not serve this currency."],
  ["A006", "The account holder's word could not be verified."],
  ["A009", "The load server does not know this load."],
  ["A00A", "A message came out of turn."],
  ["A00B", "The account holder asks for a way of loading that was not agreed."],
  ["A00C", "A message could not be deciphered."],
  ["A010", "There was no answer in time."],
  ["A011", "The load was cancelled."],
  ["A012", "The card has expired."],
  ["A013", "The card has another currency than the account."],
  ["A015", "There is no card in the reader."],
  ["A016", "The card failed or is no purse."],
  ["A017", "The account holder gave no page that a card can be loaded with."],
  ["A019", "A server could not be reached."],
  ["A01A", "The load could not be completed."],
  ["A020", "There is no money in the account."],
  ["A021", "The card holds its maximum already."],
  ["A022", "This amount cannot be loaded."],
  ["A023", "The card did not execute the load."],
  ["A024", "The card's signature is wrong."],
  ["A025", "The load request is out of date, or for another load server."],
  ["A026", "The security module of the load server does not answer."],
  ["9302", "A signature is wrong."],
  ["9303", "The card is blocked."],
  ["9403", "The load server does not know the keys of this card."],
  ["9409", "The card has another currency."],
  ["940A", "The card was not given an amount."],
  ["940B", "The card cannot hold that much."],
  ["9410", "Cards of this provider are not loaded here."],
]);

export function causeOf(CC: string): string {
  return CAUSES.get(CC) ?? `The load was refused (code ${CC}).`;
}

/** Where the amount is after a load that failed. */
export type Whereabouts = "unknown" | "returned" | "held";

const PLACES: Readonly<Record<Whereabouts, string>> = {
  unknown: "Whether the card was loaded is not certain yet; this will be settled.",
  returned: "The amount is back in the account.",
  held: "The amount stays reserved in the account until this is settled.",
};

/** Never a sentence that depends on how many units there are: 1 point, 12 points. */
export function failureText(load: LoadState, cause: string, where: Whereabouts): string {
  const { amount, held } = load;
  if (!amount || !held) return `${cause} Nothing was loaded.`;
  const took = where === "unknown" ? "was not completed" : "did not take place";
  return `${cause} The load of ${amountText(amount)} ${took}. ${PLACES[where]}`;
}

export function successText({ amount }: LoadState): string {
  return amount ? `The card was loaded with ${amountText(amount)}.` : "The card was loaded.";
}

function amountText({ MLDA, CURRLDA, CEXPLDA }: LoadAmountOf): string {
  return formatAmount(MLDA, CURRLDA, CEXPLDA);
}
