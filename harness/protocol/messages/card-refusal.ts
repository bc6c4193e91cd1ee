/**
 * True when the status word of DEBIT IEP, given without data, says that the card did not debit. `9000`, `61xx` and warnings
 * (`62xx`, `63xx`) leave it open, as `0000` does (no answer at all): then the right answer may still come (`messages.md` 5).
 */
export function isRefusalOfCard(SW: string): boolean {
  const status = Number.parseInt(SW, 16);
  return status >= 0x6400 && status !== 0x9000;
}
