import { z } from "zod";
import { digits, hexBytes, wholeNumber } from "../core/checked-yaml.ts";
import { LINE_RATES } from "./claims.ts";
import { yesNo } from "./yaml-file.ts";

/** Values that testing one specimen needs (implementation extra information for testing). */
export const PixitFieldsSchema = z.strictObject({
  format: z.literal("pursebench-pixit/1"),
  /** Whose items may be given; those of all roles when absent. */
  role: z.enum(["card", "psam", "reader", "terminal"]).optional(),
  specimen: z.strictObject({
    /** Somebody vouches that this is a test specimen with test keys: without it no purchase is made on a real device. */
    test: yesNo,
    PPIEP: digits(6).optional(),
    IDIEP: digits(10).optional(),
    SNIEP: hexBytes(8).optional(),
    PPPSAM: digits(6).optional(),
    IDPSAM: hexBytes(4).optional(),
    IDTERM: hexBytes(4).optional(),
    /** Balance in minor units that a campaign may use up. */
    spendable: wholeNumber(0, 0xff_ffff_ff).optional(),
    /** Steps of NTIEP, of NTPSAM, that a campaign may use up. */
    transactions: wholeNumber(0, 0xffff_ffff).optional(),
    /** A part of the reader's name as PC/SC tells it. */
    reader: z.string().min(1, "expected a part of the reader's name").optional(),
    /** Slots of the reader that can be reached, counted from 1. */
    slots: wholeNumber(1, 255).optional(),
    /** Setting of the terminal's line, bit/s. */
    baud: z.enum(LINE_RATES).optional(),
  }),
});

export type Pixit = z.output<typeof PixitFieldsSchema>;
