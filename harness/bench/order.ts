/** For whom a device is tested and what was brought: the file of the order (`--order`). */
import { z } from "zod";
import { day } from "./day.ts";
import { addressLines, printedLine } from "./printed-line.ts";
import { readYamlFile } from "./yaml-file.ts";

const MAX_REMARKS = 2_000;

const OrderSchema = z.strictObject({
  format: z.literal("pursebench-order/1"),
  /** The laboratory's number of the order; printed on every page of a report. */
  number: printedLine,
  client: z.strictObject({ name: printedLine, address: addressLines }),
  /** When the items were received, YYYY-MM-DD. */
  received: day.optional(),
  remarks: z
    .string()
    .transform((text) => text.trim())
    .refine((text) => text.length <= MAX_REMARKS, `expected at most ${MAX_REMARKS} characters`)
    .refine((text) => !/[^\P{Cc}\n\t]/u.test(text), "expected text without control characters")
    .optional(),
});

/** As `run.json` holds it. */
export type LoadedOrder = Omit<z.output<typeof OrderSchema>, "format">;

/** Throws `USAGE` with file and line. */
export function loadOrder(path: string): LoadedOrder {
  const { format: _, ...order } = readYamlFile(path, OrderSchema, "order");
  return order;
}
