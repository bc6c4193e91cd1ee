/** Dates as they travel: decimal digits, UTC. */

/** True when `text` is YYYYMMDDhhmmss and names a second of the calendar. */
export function isDateTime(text: string): boolean {
  if (!/^\d{14}$/.test(text) || !isDate(text.slice(0, 8))) return false;
  return Number(text.slice(8, 10)) < 24 && Number(text.slice(10, 12)) < 60 && Number(text.slice(12)) < 60;
}

/** True when `text` is YYYYMMDD and names a day of the calendar. */
export function isDate(text: string): boolean {
  if (!/^\d{8}$/.test(text)) return false;
  const month = Number(text.slice(4, 6));
  const day = Number(text.slice(6));
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(Number(text.slice(0, 4)), month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
