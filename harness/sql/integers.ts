import { PursebenchError } from "../core/errors.ts";

/**
 * A whole number as the engines hand it out: SQLite a number, PostgreSQL text (its `bigint` and `numeric` are wider than
 * a number of JavaScript). `STORAGE` for one that a number cannot hold exactly.
 */
export function wholeNumber(value: number | string | bigint | null): number {
  const number = Number(value ?? 0);
  if (Number.isSafeInteger(number)) return number;
  throw new PursebenchError("STORAGE", "the database holds a number that is too great", {
    mend: "restore the database; this program never writes that",
  });
}
