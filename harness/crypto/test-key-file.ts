/** The form of `fixtures/keys/*.yaml`. */
import { z } from "zod";
import { digits, hexBytes, oneOf, wholeNumber } from "../core/checked-yaml.ts";

const version = () => wholeNumber(1, 254);

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

export const KeySetFile = z.strictObject({
  test: z.literal("true", "expected `test: true`; only test key sets are accepted"),
  masterPurchaseKeys: z
    .array(z.strictObject({ PPIEP: digits(6), ALGIEP: wholeNumber(4, 5), VKIEP: version(), MKP: hexBytes(16) }))
    .max(64, "expected at most 64 master keys"),
  merchants: z
    .array(
      z.strictObject({
        IDMER: z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 characters A-Z 0-9"),
        contract: oneOf("active", "ended"),
        /** Whose it is where the bench has no site of it. */
        server: oneOf("payment-server", "head-end-payment-server").optional(),
        KMER: hexBytes(16),
        KSH: hexBytes(16).optional(),
        KTA: hexBytes(16).optional(),
      }),
    )
    .max(256, "expected at most 256 merchants"),
  publicKeys: PublicKeys.optional(),
});

export type KeySet = z.infer<typeof KeySetFile>;
