/** What a card of a test bench does wrong in T=1 on purpose (ISO/IEC 7816-3, 11), as data. */
import { z } from "zod";

/** Acts without a parameter of their own; see `T1Mischief`. */
const PLAIN_ACTS = [
  "corrupt-edc",
  "silence",
  "wrong-sequence",
  "r-block-error",
  "r-block-other",
  "abort",
  "resynch-needed",
  "duplicate",
] as const;

const place = {
  /** The block that is meant: of those that the card would send since its reset, from 1. */
  nth: z.number().int().min(1).max(100_000),
  /** How many blocks in a row, that one first; 1 when absent. */
  times: z.number().int().min(1).max(100_000).optional(),
};

const byte = z.number().int().min(0).max(255);

export const t1Mischief = z.discriminatedUnion("act", [
  z.strictObject({ ...place, act: z.enum(PLAIN_ACTS) }),
  /** Bit `bit` of the block is inverted, 0 being the highest of NAD; the EDC is not. */
  z.strictObject({ ...place, act: z.literal("flip-bit"), bit: z.number().int().min(0).max(2_071) }),
  /** The last `drop` characters are not sent. */
  z.strictObject({ ...place, act: z.literal("truncated"), drop: z.number().int().min(1).max(258) }),
  /** NAD is `nad`, with a right EDC. */
  z.strictObject({ ...place, act: z.literal("wrong-nad"), nad: byte }),
  /** Before the block an S-block that asks for that much time, or announces that size. */
  z.strictObject({ ...place, act: z.enum(["wtx", "ifs"]), value: byte }),
]);

/**
 * `corrupt-edc`: the last byte is wrong. `silence`: nothing is sent. `wrong-sequence`: N(S) or N(R) is the other one.
 * `r-block-error`, `r-block-other`: the block that came was not understood, and is asked for again (error 1 and 2).
 * `abort`: S(ABORT request) in place of the block, and the answer is dropped. `resynch-needed`: from there on nothing but damaged blocks
 * until S(RESYNCH request). `duplicate`: the block twice, without a gap.
 */
export type T1Mischief = z.infer<typeof t1Mischief>;

/** Most of them that one card may have. */
export const t1MischiefList = z.array(t1Mischief).max(64);
