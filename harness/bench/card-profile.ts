import { z } from "zod";
import { digits, hexBytes, wholeNumber } from "../core/checked-yaml.ts";
import { readYamlFile, yesNo } from "./yaml-file.ts";

const FOUR_BYTES = 0xffff_ffff;

/** YYMMDD that is a day of the calendar. */
function isDay(YYMMDD: string): boolean {
  const [year, month, day] = [0, 2, 4].map((at) => Number(YYMMDD.slice(at, at + 2)));
  const date = new Date(Date.UTC(2000 + (year ?? 0), (month ?? 0) - 1, day));
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}

/** What an issuer makes of a supplied card (`card-edge.md` 5.7), as a file. */
const ProfileSchema = z
  .strictObject({
    format: z.literal("pursebench-profile/1"),
    /** Somebody says that this is a test card for test keys. */
    test: yesNo.refine((isTest) => isTest, "expected `test: true`; only test cards are personalised"),
    /** A file of `fixtures/keys/` without its ending, or a path beside the profile. */
    keys: z.string().min(1, "expected the name of a key set"),
    PPIEP: digits(6),
    IDIEP: digits(10),
    /** Only the card with this serial number. */
    SNIEP: hexBytes(8).optional(),
    ALGIEP: z.enum(["04", "05"]).transform(Number),
    DEXPIEP: digits(6).refine(isDay, "expected a day YYMMDD"),
    BALIEP: wholeNumber(0, FOUR_BYTES),
    BALmaxIEP: wholeNumber(0, FOUR_BYTES),
    CURRIEP: digits(4),
    CEXPIEP: wholeNumber(0, 3),
    VKIEP: wholeNumber(1, 0xfe),
  })
  .refine(({ BALIEP, BALmaxIEP }) => BALIEP <= BALmaxIEP, { path: ["BALIEP"], error: "expected at most BALmaxIEP" });

export type CardProfile = z.output<typeof ProfileSchema>;

/** Throws `USAGE` with file and line. */
export function loadCardProfile(path: string): CardProfile {
  return readYamlFile(path, ProfileSchema, "card profile");
}
