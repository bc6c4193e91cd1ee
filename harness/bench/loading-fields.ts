/** What a bench description says of loading and clearing: each field right by itself. */
import { z } from "zod";
import { digits, wholeNumber } from "../core/checked-yaml.ts";
import { CIPHER_SUITES } from "../core/sale-profile.ts";
import { text } from "./site-fields.ts";
import { yesNo } from "./yaml-file.ts";

const MINOR_UNITS = wholeNumber(0, 0xffff_ffff);

/** An account of a user at an account holder (`load.md` 7), as it is when the bench is built up. */
const Account = z.strictObject({
  ACCOUNT: z.string().regex(/^[A-Z0-9-]{1,34}$/, "expected 1 to 34 of A-Z, 0-9 and -"),
  /** Minor units. */
  funds: MINOR_UNITS,
  CURR: digits(4),
  CEXP: wholeNumber(0, 3),
});

/** Where value can be loaded: `load.md` 1. */
export const LoadSite = z.strictObject({
  SITE: text(64),
  IDMER: z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 letters A-Z or digits"),
  origin: z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]+$/, 'expected an origin like "https://127.0.0.1:8543"'),
  source: z.enum(["bank", "pre-funded"]),
  /** The head end asks the load server itself, without a page over the Internet (FIG 3, 861). */
  direct: yesNo.default(false),
  encryption: z.enum(CIPHER_SUITES).default("AES-128-GCM"),
  /** Highest amount of one load, minor units. */
  limit: MINOR_UNITS.default(0xffff_ffff),
  /** The bank keeps the amounts and settles them itself (`load.md` 7): the issuer's pool gets none of them. */
  keeps: yesNo.default(false),
  /** Confirmations go to another server as well (1091). */
  additionalServer: yesNo.default(false),
  accounts: z.array(Account).min(1, "expected at least one account"),
});

/** Who is who in clearing (`clearing.md`): terminals of the merchants' payment server are of one acquirer, the cable provider's of another. */
export const Clearing = z
  .strictObject({
    acquirer: digits(8).default("00000021"),
    headEndAcquirer: digits(8).default("00000022"),
    /** The payment servers collect by themselves, at this interval; only when they are asked when absent. */
    intervalMs: wholeNumber(1, 604_800_000).optional(),
  })
  .default({ acquirer: "00000021", headEndAcquirer: "00000022" });

export type LoadSiteFields = z.output<typeof LoadSite>;
export type ClearingFields = z.output<typeof Clearing>;
