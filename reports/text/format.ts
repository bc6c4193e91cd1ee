/** Numbers with their units. */

/** "840 ms", "12.4 s" or "3 min 20 s". */
export function duration(milliseconds: number): string {
  if (Math.round(milliseconds) < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Time since the start of a transaction, "+0.0 ms" upwards. */
export function offset(milliseconds: number): string {
  return milliseconds < 10_000 ? `+${milliseconds.toFixed(1)} ms` : `+${(milliseconds / 1000).toFixed(2)} s`;
}

/** ISO 8601 to "2024-05-06 07:08:09 UTC"; other text unchanged. */
export function moment(iso: string): string {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return found ? `${found[1]} ${found[2]} UTC` : iso;
}

/** ISO 4217 numeric codes of the currencies that test purses usually hold. */
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ["0036", "AUD"],
  ["0124", "CAD"],
  ["0208", "DKK"],
  ["0392", "JPY"],
  ["0578", "NOK"],
  ["0752", "SEK"],
  ["0756", "CHF"],
  ["0826", "GBP"],
  ["0840", "USD"],
  ["0978", "EUR"],
]);

/** "EUR" for "0978"; "currency 0999" where the letters are not known. */
export function currencyName(CURR: string): string {
  return CURRENCIES.get(CURR) ?? `currency ${CURR}`;
}

/** Minor units, "0978" and 2 to "12.50 EUR". */
export function amount(minorUnits: number, CURR: string, CEXP: number): string {
  const digits = String(Math.abs(minorUnits)).padStart(CEXP + 1, "0");
  const whole = digits.slice(0, digits.length - CEXP);
  const fraction = CEXP > 0 ? `.${digits.slice(-CEXP)}` : "";
  return `${minorUnits < 0 ? "-" : ""}${whole}${fraction} ${currencyName(CURR)}`;
}

/** Hex in groups of two bytes, so that a line can break anywhere sensible. */
export function hexGroups(hex: string): string {
  return hex.replace(/([0-9A-Fa-f]{4})(?=.)/g, "$1 ");
}
