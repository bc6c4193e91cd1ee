import { z } from "zod";

/** A day of the calendar, YYYY-MM-DD. */
export const day = z.string().refine(isDay, "expected a day, as 2026-02-28");

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // Date takes 30 February for 2 March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
