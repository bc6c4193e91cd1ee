import { z } from "zod";
import { digits, hexBytes, oneOf, readCheckedYaml, wholeNumber } from "../../core/checked-yaml.ts";
import { PursebenchError } from "../../core/errors.ts";
import { algorithmOf, PUBLIC_KEY } from "../../crypto/algorithm.ts";
import { isDate } from "../../protocol/messages/calendar.ts";

/** What the certificates of a public key card say; all but the first are wrong on purpose. */
export const CERTIFICATE_KINDS = [
  /** By the CA of (PPIEP, VKIEP) and the issuer PPIEP, of the card's own key. */
  "genuine",
  /** The card's certificate is over; the card is not. */
  "expired",
  /** The card's certificate is another issuer's. */
  "other-issuer",
  /** The issuer's certificate is signed by another CA, in the name of the right one. */
  "other-ca",
  /** The card's certificate is of a key that the card does not have. */
  "other-key",
  /** The card's certificate has a type that there is not. */
  "malformed",
] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** Personalisation of a public key card: names of test keys, not keys. */
export interface PublicKeyData {
  /** The card's own key pair, by its name in the test key set. */
  readonly key: string;
  readonly certificates: CertificateKind;
  /** Last day of its certificates, YYMMDD. */
  readonly lastDay: string;
}

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
  /** Of a `supplied` card everything but SNIEP is zero. */
  readonly lifeCycle: "supplied" | "issued" | "blocked";
  /** Of a supplied card: the issuer (PPIEP) that it was made for. */
  readonly issuer?: string | undefined;
  /** Of public key cards (AMIEP 2). */
  readonly publicKey?: PublicKeyData | undefined;
  /** The transmission protocol that its answer to reset offers; T=1 when absent. */
  readonly protocol?: "T=0" | "T=1" | undefined;
}

/** AMIEP of a public key card. */
export const PUBLIC_KEY_MODE = 2;

const FOUR_BYTES = 0xffff_ffff;

const lastDay = digits(6).refine((date) => isDate(`20${date}`), "expected a day YYMMDD");

const PublicKeyFile = z.strictObject({
  key: z.string("expected the name of a test key").regex(/^[a-z0-9-]{1,40}$/, "expected the name of a test key"),
  certificates: oneOf(...CERTIFICATE_KINDS),
  lastDay,
});

const CardFile = z
  .strictObject({
    test: z.literal("true", "expected `test: true`; only test cards are personalised"),
    PPIEP: digits(6),
    IDIEP: digits(10),
    SNIEP: hexBytes(8),
    ALGIEP: wholeNumber(0, 0xff).refine((ALGIEP) => algorithmOf(ALGIEP) !== undefined, "expected 4, 5 or 16"),
    DEXPIEP: lastDay,
    BALIEP: wholeNumber(0, FOUR_BYTES),
    BALmaxIEP: wholeNumber(0, FOUR_BYTES),
    CURRIEP: digits(4),
    CEXPIEP: wholeNumber(0, 3),
    AMIEP: wholeNumber(1, 2),
    NTIEP: wholeNumber(1, 0xffff),
    VKIEP: wholeNumber(1, 0xfe),
    lifeCycle: oneOf("issued", "blocked"),
    publicKey: PublicKeyFile.optional(),
    protocol: oneOf("T=0", "T=1").optional(),
  })
  .refine(({ BALIEP, BALmaxIEP }) => BALIEP <= BALmaxIEP, { path: ["BALIEP"], error: "expected at most BALmaxIEP" })
  .refine(({ ALGIEP, AMIEP }) => (ALGIEP === PUBLIC_KEY) === (AMIEP === PUBLIC_KEY_MODE), {
    path: ["AMIEP"],
    error: "expected 2 with ALGIEP 16 and 1 with every other one",
  })
  .refine(({ ALGIEP, publicKey }) => (ALGIEP === PUBLIC_KEY) === (publicKey !== undefined), {
    path: ["publicKey"],
    error: "expected with ALGIEP 16 and with no other one",
  });

const SuppliedFile = z.strictObject({
  test: z.literal("true", "expected `test: true`; only test cards are personalised"),
  SNIEP: hexBytes(8),
  issuer: digits(6),
  lifeCycle: z.literal("supplied"),
});

/** What a card says of itself before it is issued. */
const BLANK = {
  PPIEP: "000000",
  IDIEP: "0000000000",
  ALGIEP: 0,
  DEXPIEP: "000000",
  BALIEP: 0,
  BALmaxIEP: 0,
  CURRIEP: "0000",
  CEXPIEP: 0,
  AMIEP: 0,
  NTIEP: 0,
  VKIEP: 0,
} as const;

/**
 * Reads `fixtures/cards/*.yaml`. The caller reads the file; `fileName` is for messages. Throws `USAGE` naming file, line
 * and field.
 */
export function loadCardData(text: string, fileName: string): CardData {
  const { lifeCycle } = readCheckedYaml(text, fileName, z.looseObject({ lifeCycle: z.unknown() }));
  const schema = lifeCycle === "supplied" ? SuppliedFile : CardFile;
  const { test: _marked, ...data } = readCheckedYaml<z.infer<typeof SuppliedFile> | z.infer<typeof CardFile>>(
    text,
    fileName,
    schema,
  );
  return data.lifeCycle === "supplied" ? { ...BLANK, ...data } : data;
}

/** Refuses data that no personalisation would write, for values that came from code. Throws `USAGE`. */
export function checkCardData(data: CardData): void {
  const scalar = (value: unknown) => (typeof value === "number" ? String(value) : value);
  const asText = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, scalar(value)]));
  const { SNIEP, issuer, lifeCycle } = asText;
  const result =
    lifeCycle === "supplied"
      ? SuppliedFile.safeParse({ SNIEP, issuer, lifeCycle, test: "true" })
      : CardFile.safeParse({ ...asText, test: "true" });
  if (result.success) return;
  const [issue] = result.error.issues;
  throw new PursebenchError("USAGE", `card data, ${issue?.path.join(".") || "all"}: ${issue?.message ?? "not valid"}`);
}
