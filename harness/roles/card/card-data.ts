import { z } from "zod";
import { digits, hexBytes, oneOf, readCheckedYaml, wholeNumber } from "../../core/checked-yaml.ts";
import { PursebenchError } from "../../core/errors.ts";
import { isDate } from "../../protocol/messages/calendar.ts";

/** What a purse is personalised with (card-edge.md, section 2). Amounts in minor units, BCD as digits. */
export interface CardData {
  readonly PPIEP: string;
  readonly IDIEP: string;
  /** 16 hex digits. */
  readonly SNIEP: string;
  readonly ALGIEP: number;
  readonly DEXPIEP: string;
  readonly BALIEP: number;
  readonly BALmaxIEP: number;
  readonly CURRIEP: string;
  readonly CEXPIEP: number;
  readonly AMIEP: number;
  /** Number of the next transaction; 1 on a new card. */
  readonly NTIEP: number;
  readonly VKIEP: number;
  readonly lifeCycle: "issued" | "blocked";
}

const FOUR_BYTES = 0xffff_ffff;

const CardFile = z
  .strictObject({
    test: z.literal("true", "expected `test: true`; only test cards are personalised"),
    PPIEP: digits(6),
    IDIEP: digits(10),
    SNIEP: hexBytes(8),
    ALGIEP: wholeNumber(4, 5),
    DEXPIEP: digits(6).refine((date) => isDate(`20${date}`), "expected a day YYMMDD"),
    BALIEP: wholeNumber(0, FOUR_BYTES),
    BALmaxIEP: wholeNumber(0, FOUR_BYTES),
    CURRIEP: digits(4),
    CEXPIEP: wholeNumber(0, 3),
    AMIEP: wholeNumber(1, 2),
    NTIEP: wholeNumber(1, 0xffff),
    VKIEP: wholeNumber(1, 0xfe),
    lifeCycle: oneOf("issued", "blocked"),
  })
  .refine(({ BALIEP, BALmaxIEP }) => BALIEP <= BALmaxIEP, { path: ["BALIEP"], error: "expected at most BALmaxIEP" });

/**
 * Reads `fixtures/cards/*.yaml`. The caller reads the file; `fileName` is for messages. Throws `USAGE` naming file, line
 * and field.
 */
export function loadCardData(text: string, fileName: string): CardData {
  const { test: _marked, ...data } = readCheckedYaml(text, fileName, CardFile);
  return data;
}

/** Refuses data that no personalisation would write, for values that came from code. Throws `USAGE`. */
export function checkCardData(data: CardData): void {
  const asText = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, String(value)]));
  const result = CardFile.safeParse({ ...asText, test: "true" });
  if (result.success) return;
  const [issue] = result.error.issues;
  throw new PursebenchError("USAGE", `card data, ${issue?.path.join(".") || "all"}: ${issue?.message ?? "not valid"}`);
}
