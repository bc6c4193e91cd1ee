import { z } from "zod";

/** Of a line of an address, a name or a remark. */
const MAX_LENGTH = 200;
/** Lines of an address. */
const MAX_LINES = 8;

/** One line of text that is printed as it stands in the file: a name, a line of an address. */
export const printedLine = z
  .string()
  .transform((text) => text.trim())
  .refine(
    (text) => text.length > 0 && text.length <= MAX_LENGTH && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text),
    `expected one line of 1 to ${MAX_LENGTH} characters`,
  );

/** Lines of a postal address. */
export const addressLines = z.array(printedLine).max(MAX_LINES, `expected at most ${MAX_LINES} lines`).default([]);
