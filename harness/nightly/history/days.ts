/** Days of the calendar, YYYY-MM-DD. */
const DAY_MS = 86_400_000;

/** The day that lies `count` days after `day` (before, when negative). */
export function dayAfter(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** `count` days that end with `last`, oldest first. */
export function daysUpTo(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayAfter(last, index + 1 - count));
}
