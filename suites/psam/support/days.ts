/** Days of the calendar as text. */

/** The day so many days after `day`; YYYYMMDD both. */
export function dayAfter(day: string, days: number): string {
  const at = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)) + days);
  return new Date(at).toISOString().slice(0, 10).replaceAll("-", "");
}
