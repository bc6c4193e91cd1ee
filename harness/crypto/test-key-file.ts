/** The form of `fixtures/keys/*.yaml`. */
import { z } from "zod";
import { digits, hexBytes, oneOf, wholeNumber } from "../core/checked-yaml.ts";
import { CIPHER_SUITES } from "../core/sale-profile.ts";

const version = () => wholeNumber(1, 254);
const holder = () => z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 characters A-Z 0-9");

/** Whether it is an RSA key is found out when it is first used: reading one takes most of a millisecond. */
const privateKey = z
  .string("expected a private key, PKCS#8 in base64")
  .transform((text) => text.replace(/\s+/g, ""))
  .refine((text) => /^[A-Za-z0-9+/=]{16,2048}$/.test(text), "expected a private key, PKCS#8 in base64");

const PublicKeys = z.strictObject({
  authorities: z
    .array(z.strictObject({ PPIEP: digits(6), VKIEP: version(), key: privateKey }))
    .max(16, "expected at most 16 authorities"),
  issuers: z.array(z.strictObject({ PPIEP: digits(6), key: privateKey })).max(16, "expected at most 16 issuers"),
  psam: privateKey,
  cards: z
    .array(z.strictObject({ name: z.string().regex(/^[a-z0-9-]{1,40}$/, "expected a name"), key: privateKey }))
    .max(16, "expected at most 16 cards"),
});

/** Of loading, collection and personalisation; a set for payments has none of them. */
const KeysOfEdition3 = {
  masterLoadKeys: z
    .array(
      z.strictObject({
        PPIEP: digits(6),
        ALGL: wholeNumber(4, 5),
        VKIEP: version(),
        MKL: hexBytes(16),
        /** Whether HSMs have it; they do when nothing is said. */
        hsm: oneOf("yes", "no").optional(),
      }),
    )
    .max(64, "expected at most 64 master load keys")
    .default([]),
  masterUpdateKeys: z
    .array(z.strictObject({ PPIEP: digits(6), MKU: hexBytes(16) }))
    .max(16, "expected at most 16 master update keys")
    .default([]),
  masterCollectionKey: hexBytes(16).optional(),
  localMasterKey: hexBytes(16).optional(),
  loadServers: z
    .array(z.strictObject({ IDACQ: digits(8), KLS: hexBytes(16) }))
    .max(16, "expected at most 16 load servers")
    .default([]),
  accountHolders: z
    .array(
      z.strictObject({
        IDMER: holder(),
        source: oneOf("bank", "pre-funded"),
        suite: oneOf(...CIPHER_SUITES),
        contract: oneOf("active", "ended"),
        KMER: hexBytes(16),
        KSH: hexBytes(16),
      }),
    )
    .max(64, "expected at most 64 account holders")
    .default([]),
};

export const KeySetFile = z.strictObject({
  test: z.literal("true", "expected `test: true`; only test key sets are accepted"),
  masterPurchaseKeys: z
    .array(z.strictObject({ PPIEP: digits(6), ALGIEP: wholeNumber(4, 5), VKIEP: version(), MKP: hexBytes(16) }))
    .max(64, "expected at most 64 master keys"),
  merchants: z
    .array(
      z.strictObject({
        IDMER: holder(),
        contract: oneOf("active", "ended"),
        /** Whose it is where the bench has no site of it. */
        server: oneOf("payment-server", "head-end-payment-server").optional(),
        KMER: hexBytes(16),
        KSH: hexBytes(16).optional(),
        KTA: hexBytes(16).optional(),
      }),
    )
    .max(256, "expected at most 256 merchants"),
  ...KeysOfEdition3,
  publicKeys: PublicKeys.optional(),
});

export type KeySet = z.infer<typeof KeySetFile>;
