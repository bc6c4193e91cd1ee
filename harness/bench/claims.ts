/** What devices of each kind may claim, item by item of the proforma (`proforma.ts`). An item that is left out is not limited. */
import { z } from "zod";
import { digits, wholeNumber } from "../core/checked-yaml.ts";
import { yesNo } from "./yaml-file.ts";

const protocols = z.array(z.enum(["T=0", "T=1"])).min(1, "expected at least one protocol");
const ALGIEP = z.array(z.enum(["04", "05", "10"])).min(1, "expected at least one algorithm");
const CURR = z.array(digits(4)).min(1, "expected at least one currency");

/** Rates of `serial-line.md`, bit/s. */
export const LINE_RATES = ["9600", "19200", "38400", "57600", "115200"] as const;

export const CardClaims = z.strictObject({
  /** Signature algorithms: 04 triple DES, 05 AES, 10 RSA. */
  ALGIEP: ALGIEP.optional(),
  /** Authentication modes: 01 secret key, 02 public key. */
  AMIEP: z
    .array(z.enum(["01", "02"]))
    .min(1, "expected at least one mode")
    .optional(),
  protocols: protocols.optional(),
  /** Bytes of information that the card takes in a block. */
  IFSC: wholeNumber(32, 254).optional(),
  BWI: wholeNumber(0, 4).optional(),
  /** ISO 4217 numeric with a leading zero. */
  CURR: CURR.optional(),
  logRecords: wholeNumber(10, 254).optional(),
  /** It comes supplied and takes PERSONALISE. */
  personalise: yesNo.optional(),
});

export const PsamClaims = z.strictObject({
  ALGIEP: ALGIEP.optional(),
  protocols: protocols.optional(),
  /** Providers whose cards it takes. */
  PPIEP: z.array(digits(6)).min(1, "expected at least one provider").optional(),
  CURR: CURR.optional(),
  /** Key generations that it has room for, over all providers. */
  keyGenerations: wholeNumber(1, 65_535).optional(),
  blockedCards: wholeNumber(1, 10_000).optional(),
  /** Confirmed transactions whose IDTRX it remembers. */
  confirmedRecords: wholeNumber(1_000, 1_000_000).optional(),
});

export const ReaderClaims = z.strictObject({
  slots: wholeNumber(1, 255).optional(),
  protocols: protocols.optional(),
  /** Bytes of information that the reader takes in a block. */
  IFSD: wholeNumber(32, 254).optional(),
  /** What it exchanges with its host, as its driver or descriptor says. */
  exchange: z.enum(["character", "TPDU", "short APDU", "extended APDU"]).optional(),
  tellsRemoval: yesNo.optional(),
  warmReset: yesNo.optional(),
  /** Highest rate of the card's line, bit/s; 9600 at 3.57 MHz when it changes no parameters. */
  cardBaud: wholeNumber(9_600, 3_000_000).optional(),
});

export const TerminalClaims = z.strictObject({
  kind: z.enum(["smart", "dumb"]).optional(),
  /** bit/s of its line. */
  bauds: z.array(z.enum(LINE_RATES)).min(1, "expected at least one rate").optional(),
  /** Records that its data store keeps; 0: it has none. */
  storeRecords: wholeNumber(0, 1_000_000).optional(),
  /** It takes transactions back after their end (T-cancel). */
  reversal: yesNo.optional(),
  /** Its PSAM can be exchanged. */
  exchangeablePsam: yesNo.optional(),
  /** What its slot for the PSAM speaks. */
  psamProtocols: protocols.optional(),
});

/** Other roles are certified by their messages; a PICS of theirs only names the device. */
export const NoClaims = z.strictObject({});

export type CardClaims = z.output<typeof CardClaims>;
export type PsamClaims = z.output<typeof PsamClaims>;
export type ReaderClaims = z.output<typeof ReaderClaims>;
export type TerminalClaims = z.output<typeof TerminalClaims>;
