/** Sentences for the user by completion and reason code (messages.md 6), where nothing better is known. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["A001", "A message could not be understood."],
  ["A002", "The payment server does not know this merchant."],
  ["A003", "This merchant cannot take cards at the moment."],
  ["A004", "This purchase was already worked off. Please order again."],
  ["A005", "The payment server does not serve this currency."],
  ["A006", "The merchant's page could not be verified."],
  ["A007", "The payment server is busy. Please try again later."],
  ["A008", "A payment terminal does not answer."],
  ["A009", "The payment server does not know this transaction."],
  ["A00A", "A message came out of turn."],
  ["A00B", "The merchant's page asks for a way of payment that was not agreed."],
  ["A00C", "A message could not be deciphered."],
  ["A010", "There was no answer in time."],
  ["A016", "The card failed or is no purse."],
  ["A017", "The merchant gave no page that can be paid."],
  ["A018", "The merchant did not accept the confirmation of the payment."],
  ["A019", "A server could not be reached."],
  ["A01A", "The payment could not be completed. Whether the card was debited will be settled later."],
  ["9302", "A signature is wrong."],
  ["9303", "The card is blocked."],
  ["9401", "The balance is too low."],
  ["9403", "The payment server does not know the keys of this card."],
  ["9404", "The card was not debited."],
  ["9409", "The card has another currency."],
  ["9410", "Cards of this provider are not accepted here."],
  ["9412", "This card is on the list of blocked cards."],
  ["9413", "The card has expired."],
  ["9414", "The payment server does not serve this currency."],
  ["9416", "This purchase was already worked off."],
]);

export function textOf(CC: string): string {
  return TEXTS.get(CC) ?? `The payment was refused (code ${CC}).`;
}

/** `text` cut to `limit` bytes of UTF-8, never within a character. */
export function fitted(text: string, limit: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
