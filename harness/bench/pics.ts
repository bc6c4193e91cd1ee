import { z } from "zod";
import { digits, wholeNumber } from "../core/checked-yaml.ts";
import { readYamlFile } from "./yaml-file.ts";

const Role = z.enum(["card", "psam", "reader", "terminal", "set-top-box", "head-end", "merchant", "payment-server"]);

/** What a device claims to support (implementation conformance statement). A field that is absent is not limited. */
export const PicsSchema = z.strictObject({
  format: z.literal("pursebench-pics/1"),
  role: Role,
  device: z.strictObject({ vendor: z.string(), product: z.string(), version: z.string() }),
  claims: z
    .strictObject({
      /** Signature algorithms, `card-edge.md`: 04 triple DES, 05 AES. */
      ALGIEP: z
        .array(z.enum(["04", "05"]))
        .min(1)
        .optional(),
      /** Authentication modes: 01 secret key, 02 public key. */
      AMIEP: z
        .array(z.enum(["01", "02"]))
        .min(1)
        .optional(),
      protocols: z
        .array(z.enum(["T=0", "T=1"]))
        .min(1)
        .optional(),
      /** Currencies, ISO 4217 numeric with a leading zero. */
      CURR: z.array(digits(4)).min(1).optional(),
      /** Records that the card's log keeps. */
      logRecords: wholeNumber(0, 255).optional(),
      /** Records that the terminal's data store keeps. */
      storeRecords: wholeNumber(0, 1_000_000).optional(),
    })
    .default({}),
});

export type Pics = z.output<typeof PicsSchema>;

/** Throws `USAGE` with file and line. */
export function loadPics(path: string): Pics {
  return readYamlFile(path, PicsSchema, "PICS");
}
