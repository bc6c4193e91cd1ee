/** What a card of a test bench does wrong in T=1 on purpose (ISO/IEC 7816-3, 11), as data. */
import { z } from "zod";

export const t1Mischief = z.strictObject({
  /** The block that is meant: of those that the card would send since its reset, from 1. */
  nth: z.number().int().min(1).max(100_000),
  /** How many blocks in a row, that one first; 1 when absent. */
  times: z.number().int().min(1).max(100_000).optional(),
  act: z.enum([
    /** The last byte is wrong. */
    "corrupt-edc",
    /** Bit `value` is inverted, 0 (when absent) being the highest of NAD; the EDC is not mended. */
    "flip-bit",
    /** Nothing is sent. */
    "silence",
    /** The last `value` characters are not sent, 1 when absent. */
    "truncated",
    /** NAD is `value`, 12 when absent, with a right EDC. */
    "wrong-nad",
    /** N(S) or N(R) is the other one. */
    "wrong-sequence",
    /** The block twice, without a gap. */
    "duplicate",
    /** The block that came was not understood (error 1: EDC, 2: other) and is asked for again. */
    "r-block-error",
    "r-block-other",
    /** Before the block a request for `value` times BWT, 1 when absent. */
    "wtx",
    /** Before the block it is announced that the card takes `value` bytes, 32 when absent. */
    "ifs",
    /** S(ABORT request) in place of the block, and the answer is dropped. */
    "abort",
    /** From there on nothing but damaged blocks until S(RESYNCH request). */
    "resynch-needed",
  ]),
  value: z.number().int().min(0).max(2_071).optional(),
});

export type T1Mischief = z.infer<typeof t1Mischief>;

/** All that one card does wrong; where several are meant, the first one counts. */
export const t1MischiefList = z.array(t1Mischief).max(64);
