import { z } from "zod";
import { digits, hexBytes, readCheckedYaml, wholeNumber } from "../../core/checked-yaml.ts";
import { PursebenchError } from "../../core/errors.ts";
import { algorithmOf, PUBLIC_KEY } from "../../crypto/algorithm.ts";
import { isDate } from "../../protocol/messages/calendar.ts";
import { MAX_TOTALS } from "../../protocol/messages/psam-read-totals.ts";

/** What a PSAM is personalised with (psam-edge.md, section 1). */
export interface PsamData {
  readonly PPPSAM: string;
  /** 8 hex digits. */
  readonly IDPSAM: string;
  /** Number of the next transaction; 1 on a new PSAM. */
  readonly NTPSAM: number;
  /** Number of the last collection; 0 when absent. */
  readonly NTCOL?: number | undefined;
  /** Date of the last update of keys and lists, YYYYMMDD. */
  readonly updated: string;
  /** Which master purchase keys it holds, and with ALGIEP 16 (`10` in hex) which CAs' keys; their values come from the key set. */
  readonly keys: readonly { readonly PPIEP: string; readonly ALGIEP: number; readonly VKIEP: number }[];
  /** Last day of its own certificates, YYMMDD; needed when it knows a CA. */
  readonly certificateLastDay?: string | undefined;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly blockedCards: readonly { readonly PPIEP: string; readonly IDIEP: string }[];
}

/** Longest list of blocked cards (psam-edge.md 4.10). */
export const MAX_BLOCKED_CARDS = 10_000;

const algorithm = wholeNumber(0, 0xff).refine((ALGIEP) => algorithmOf(ALGIEP) !== undefined, "expected 4, 5 or 16");

const PsamFile = z
  .strictObject({
    test: z.literal("true", "expected `test: true`; only test PSAMs are personalised"),
    PPPSAM: digits(6),
    IDPSAM: hexBytes(4),
    NTPSAM: wholeNumber(1, 0xffff_ffff),
    NTCOL: wholeNumber(0, 0xffff_ffff).optional(),
    updated: digits(8).refine(isDate, "expected a day YYYYMMDD"),
    keys: z
      .array(z.strictObject({ PPIEP: digits(6), ALGIEP: algorithm, VKIEP: wholeNumber(1, 0xfe) }))
      .min(1, "expected at least one key"),
    certificateLastDay: digits(6)
      .refine((date) => isDate(`20${date}`), "expected a day YYMMDD")
      .optional(),
    currencies: z
      .array(z.strictObject({ CURR: digits(4), CEXP: wholeNumber(0, 3) }))
      .min(1, "expected at least one currency"),
    blockedCards: z
      .array(z.strictObject({ PPIEP: digits(6), IDIEP: digits(10) }))
      .max(MAX_BLOCKED_CARDS, "expected at most 10,000"),
  })
  .refine(fitsTotals, {
    path: ["currencies"],
    error: `expected at most ${MAX_TOTALS} pairs of provider and currency: more totals do not fit one answer`,
  })
  .refine(hasDayForCertificates, {
    path: ["certificateLastDay"],
    error: "expected, because a key with ALGIEP 16 is there",
  });

/**
 * Reads `fixtures/psams/*.yaml`. The caller reads the file; `fileName` is for messages. Throws `USAGE` naming file, line
 * and field.
 */
export function loadPsamData(text: string, fileName: string): PsamData {
  const { test: _marked, ...data } = readCheckedYaml(text, fileName, PsamFile);
  return data;
}

/** Refuses more totals than READ TOTALS can answer, for values that came from code. Throws `USAGE`. */
export function checkPsamData(data: PsamData): void {
  if (!fitsTotals(data)) throw new PursebenchError("USAGE", `PSAM ${data.IDPSAM}: more totals than fit one answer`);
  if (!hasDayForCertificates(data)) {
    throw new PursebenchError("USAGE", `PSAM ${data.IDPSAM}: a key with ALGIEP 16 needs certificateLastDay`);
  }
  if (!isDate(data.updated)) throw new PursebenchError("USAGE", `PSAM ${data.IDPSAM}: updated is no day YYYYMMDD`);
}

function hasDayForCertificates({ keys, certificateLastDay }: Pick<PsamData, "keys" | "certificateLastDay">): boolean {
  return keys.every(({ ALGIEP }) => ALGIEP !== PUBLIC_KEY) || certificateLastDay !== undefined;
}

function fitsTotals({ keys, currencies }: Pick<PsamData, "keys" | "currencies">): boolean {
  return new Set(keys.map(({ PPIEP }) => PPIEP)).size * currencies.length <= MAX_TOTALS;
}
