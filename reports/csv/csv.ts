/** Comma-separated values (RFC 4180): for spreadsheets, with a header line, quotes where they are needed and CR LF. */
import { visible } from "../text/clean.ts";

/** What a spreadsheet would take for a formula; a device must not put one into a lab's sheet. */
const FORMULA = /^[=+\-@\t\r]/;

export function csvText(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Numbers are ours and stay what they are; text that looks like a formula gets an apostrophe, as spreadsheets write it themselves. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = visible(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
