import { z } from "zod";
import { hexBytes, wholeNumber } from "../core/checked-yaml.ts";
import { readYamlFile, yesNo } from "./yaml-file.ts";

/** Values that testing one specimen needs (implementation extra information for testing). */
export const PixitSchema = z.strictObject({
  format: z.literal("pursebench-pixit/1"),
  specimen: z.strictObject({
    /** Somebody vouches that this is a test specimen with test keys: without it no purchase is made on a real device. */
    test: yesNo,
    PPIEP: hexBytes(3).optional(),
    IDIEP: hexBytes(5).optional(),
    IDPSAM: hexBytes(4).optional(),
    IDTERM: hexBytes(4).optional(),
    /** Balance in minor units that a campaign may use up. */
    spendable: wholeNumber(0, 0xff_ffff_ff).optional(),
  }),
});

export type Pixit = z.output<typeof PixitSchema>;

/** Throws `USAGE` with file and line. */
export function loadPixit(path: string): Pixit {
  return readYamlFile(path, PixitSchema, "PIXIT");
}
