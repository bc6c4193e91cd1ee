/**
 * Currencies of ISO 4217 by numeric code, as far as purses are issued in them. Amounts are integers of minor units;
 * the exponent that goes with an amount is the card's or the sale's (CEXP), not the table's.
 */
export interface Currency {
  /** Three digits, e.g. "978". */
  readonly numeric: string;
  /** Three letters, e.g. "EUR". */
  readonly alphabetic: string;
  /** Decimals of the unit in ISO 4217; 0 where the standard gives none (XTS). */
  readonly decimals: number;
}

// numeric alphabetic decimals
const TABLE = `
032 ARS 2|036 AUD 2|048 BHD 3|124 CAD 2|152 CLP 0|156 CNY 2|203 CZK 2|208 DKK 2|344 HKD 2|348 HUF 2|352 ISK 0|356 INR 2
360 IDR 2|376 ILS 2|392 JPY 0|400 JOD 3|410 KRW 0|414 KWD 3|458 MYR 2|484 MXN 2|512 OMR 3|554 NZD 2|578 NOK 2|643 RUB 2
682 SAR 2|702 SGD 2|704 VND 0|710 ZAR 2|752 SEK 2|756 CHF 2|764 THB 2|784 AED 2|788 TND 3|818 EGP 2|826 GBP 2|840 USD 2
901 TWD 2|946 RON 2|949 TRY 2|963 XTS 0|978 EUR 2|980 UAH 2|985 PLN 2|986 BRL 2`;

const CURRENCIES: ReadonlyMap<string, Currency> = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((row) => row.split(" "))
    .map(([numeric = "", alphabetic = "", decimals = "0"]) => [
      numeric,
      { numeric, alphabetic, decimals: Number(decimals) },
    ]),
);

/** The currency of `CURR`: three digits ("978") or four as CURRIEP and CURRPDA are coded ("0978"). */
export function currencyOf(CURR: string): Currency | undefined {
  return CURRENCIES.get(CURR.length === 4 && CURR.startsWith("0") ? CURR.slice(1) : CURR);
}

/** ISO 4217 gives 999 to transactions without a currency: purses of loyalty points have it, with exponent 0. */
const NO_CURRENCY = "0999";

/** The verb that goes with an amount: "12.50 EUR was debited", "12 points were debited". */
export function verbOf(minor: number, CURR: string, CEXP: number): "was" | "were" {
  return CURR === NO_CURRENCY && CEXP === 0 && minor !== 1 ? "were" : "was";
}

/** `minor` units with `CEXP` decimals and the currency's letters: "12.50 EUR"; "12 points"; "12.50 (currency 0123)" where unknown. */
export function formatAmount(minor: number, CURR: string, CEXP: number): string {
  const digits = String(Math.abs(minor)).padStart(CEXP + 1, "0");
  const units = digits.slice(0, digits.length - CEXP);
  const number = `${minor < 0 ? "-" : ""}${units}${CEXP > 0 ? `.${digits.slice(-CEXP)}` : ""}`;
  if (CURR === NO_CURRENCY && CEXP === 0) return `${number} ${number === "1" ? "point" : "points"}`;
  return `${number} ${currencyOf(CURR)?.alphabetic ?? `(currency ${CURR})`}`;
}
