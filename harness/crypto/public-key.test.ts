import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import { caName, cardName, certify, isCertifiedBy, issuerName, parseCertificate, psamName } from "./certificate.ts";
import {
  decipherSessionKey,
  encipherSessionKey,
  isSessionKeySigned,
  sigInput,
  signSessionKey,
} from "./key-transport.ts";
import { deriveCardKey, deriveSessionKeys } from "./purse-keys.ts";
import { signS2, signS3 } from "./purse-signatures.ts";
import { isModulus, type RsaKey, rsaPublic, rsaSign, rsaVerify } from "./rsa.ts";
import { loadTestKeys } from "./test-keys.ts";

type Names =
  | "card"
  | "PPIEP"
  | "IDIEP"
  | "PPPSAM"
  | "IDPSAM"
  | "issuerCertificate"
  | "cardCertificate"
  | "psamCertificate"
  | "INITRSP"
  | "z"
  | "EK"
  | "SK"
  | "SIG"
  | "KS2"
  | "KS3"
  | "debitData45"
  | "S2"
  | "CC"
  | "S3";

/** Computed by fixtures/vectors/compute.py with the RSA keys of the test key set. */
type Vector = Readonly<Record<Names, string>> & { readonly VKIEP: number; readonly BALIEPafter: number };

const read = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), "utf8");
const VECTORS: readonly Vector[] = JSON.parse(read("vectors/public-key-cards.json")).vectors;
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the test key set lacks a key");
  return value;
}

const CA = present(KEYS.caPrivateKey("000123", 1));
const CA_MODULUS = present(KEYS.caPublicKey("000123", 1));
const ISSUER = present(KEYS.issuerKey("000123"));
const PSAM = present(KEYS.psamKey("00A10001"));
const cardKey = ({ card }: Vector): RsaKey => present(KEYS.cardKey(card));

describe.each(VECTORS)("public key card $card, NTIEP of $INITRSP", (vector) => {
  const { PPIEP, IDIEP, VKIEP, PPPSAM, IDPSAM } = vector;
  const key = cardKey(vector);

  it("has a chain of certificates from its CA, as has the PSAM", () => {
    const ca = caName(PPIEP, VKIEP);
    const issuer = issuerName(PPIEP);
    const card = cardName(PPIEP, IDIEP);
    const psam = psamName(PPPSAM, IDPSAM);
    const chain = [
      [
        vector.issuerCertificate,
        CA,
        { type: "issuer", authority: ca, subject: issuer, lastDay: "351231", modulus: ISSUER.modulus },
      ],
      [
        vector.cardCertificate,
        ISSUER.privateKey,
        { type: "card", authority: issuer, subject: card, lastDay: "291231", modulus: key.modulus },
      ],
      [
        vector.psamCertificate,
        CA,
        { type: "psam", authority: ca, subject: psam, lastDay: "280229", modulus: PSAM.modulus },
      ],
    ] as const;
    for (const [bytes, authority, certificate] of chain) {
      expect(toHex(certify(authority, certificate))).toBe(bytes);
      expect(parseCertificate(fromHex(bytes))).toEqual(certificate);
    }
    expect(isCertifiedBy(CA_MODULUS, fromHex(vector.issuerCertificate))).toBe(true);
    expect(isCertifiedBy(ISSUER.modulus, fromHex(vector.cardCertificate))).toBe(true);
    expect(isCertifiedBy(CA_MODULUS, fromHex(vector.psamCertificate))).toBe(true);
    expect(isCertifiedBy(CA_MODULUS, fromHex(vector.cardCertificate))).toBe(false);
    expect(isCertifiedBy(present(KEYS.caPublicKey("000123", 9)), fromHex(vector.issuerCertificate))).toBe(false);
  });

  it("gets its session key from the PSAM", () => {
    const { EK, SK } = encipherSessionKey(key.modulus, fromHex(vector.z));
    expect([toHex(EK), toHex(SK)]).toEqual([vector.EK, vector.SK]);
    expect(decipherSessionKey(key.privateKey, EK)).toEqual(SK);
    expect(encipherSessionKey(key.modulus, fromHex(`FF${vector.z.slice(2)}`)).EK).toEqual(EK);
  });

  it("takes it only from the PSAM of the certificate, for this very INITRSP", () => {
    const [INITRSP, EK, SIG] = [fromHex(vector.INITRSP), fromHex(vector.EK), fromHex(vector.SIG)];
    expect(sigInput(vector, INITRSP, EK)).toHaveLength(147);
    expect(toHex(signSessionKey(PSAM.privateKey, vector, INITRSP, EK))).toBe(vector.SIG);
    expect(isSessionKeySigned(PSAM.modulus, vector, INITRSP, EK, SIG)).toBe(true);
    expect(isSessionKeySigned(PSAM.modulus, { PPPSAM, IDPSAM: "00A10002" }, INITRSP, EK, SIG)).toBe(false);
    expect(isSessionKeySigned(PSAM.modulus, vector, flipBit(INITRSP, 27 * 8 - 1), EK, SIG)).toBe(false);
    expect(isSessionKeySigned(PSAM.modulus, vector, INITRSP, flipBit(EK, 895), SIG)).toBe(false);
    expect(isSessionKeySigned(PSAM.modulus, vector, INITRSP, EK.subarray(1), SIG)).toBe(false);
    expect(isSessionKeySigned(key.modulus, vector, INITRSP, EK, SIG)).toBe(false);
  });

  it("signs with it as an AES card does with its own key", () => {
    const [INITRSP, debit] = [fromHex(vector.INITRSP), fromHex(vector.debitData45)];
    const NTIEP = Number.parseInt(vector.INITRSP.slice(40, 44), 16);
    const keys = deriveSessionKeys(0x10, fromHex(vector.SK), NTIEP, INITRSP.subarray(23));
    expect([toHex(keys.KS2), toHex(keys.KS3)]).toEqual([vector.KS2, vector.KS3]);
    expect(keys).toEqual(deriveSessionKeys(0x05, fromHex(vector.SK), NTIEP, INITRSP.subarray(23)));
    const completion = { CC: vector.CC, BALIEP: vector.BALIEPafter };
    expect(toHex(signS2(0x10, keys.KS2, INITRSP, debit))).toBe(vector.S2);
    expect(toHex(signS3(0x10, keys.KS3, INITRSP, debit, completion))).toBe(vector.S3);
  });

  it("has no key that comes from a master key", () => {
    expect(() => deriveCardKey(0x10, new Uint8Array(16), PPIEP, IDIEP)).toThrow(
      expect.objectContaining({ code: "PROTOCOL" }),
    );
  });
});

const [FIRST] = VECTORS;

describe("a certificate", () => {
  const genuine = fromHex(present(FIRST).cardCertificate);

  it("says something else with any bit changed, and then its signature is wrong", () => {
    fc.assert(
      fc.property(fc.nat({ max: 244 * 8 - 1 }), (bit) => {
        expect(isCertifiedBy(ISSUER.modulus, flipBit(genuine, bit))).toBe(false);
      }),
    );
  });

  it("is none with another type, length, date or modulus", () => {
    const altered = (at: number, ...bytes: readonly number[]) => {
      const copy = genuine.slice();
      copy.set(bytes, at);
      return parseCertificate(copy);
    };
    expect(altered(0, 0x02)).not.toBeNull();
    for (const type of [0x00, 0x04, 0xff]) expect(altered(0, type)).toBeNull();
    expect(altered(17, 0x29, 0x02, 0x29)).toBeNull();
    expect(altered(17, 0x2a, 0x12, 0x31)).toBeNull();
    expect(altered(20, 0x7f)).toBeNull();
    expect(altered(131, 0x02)).toBeNull();
    expect(parseCertificate(genuine.subarray(1))).toBeNull();
    expect(parseCertificate(new Uint8Array(0))).toBeNull();
  });

  it("is looked at without throwing, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 260 }), fc.boolean(), (bytes, whole) => {
        const certificate = whole ? Uint8Array.of(...genuine.subarray(0, 20), ...bytes).slice(0, 244) : bytes;
        parseCertificate(certificate);
        expect(isCertifiedBy(ISSUER.modulus, certificate)).toBe(false);
        expect(isCertifiedBy(certificate.subarray(20, 132), genuine)).toBe(false);
      }),
    );
  });

  it("is not made of elements that do not fit", () => {
    const certificate = present(parseCertificate(genuine) ?? undefined);
    expect(() => certify(CA, { ...certificate, subject: "00" })).toThrow(/125 bytes/);
  });
});

describe("RSA", () => {
  const key = present(KEYS.cardKey("rsa"));

  it("signs deterministically and verifies nothing but that", () => {
    const data = Uint8Array.of(1, 2, 3);
    const signature = rsaSign(key.privateKey, data);
    expect(rsaSign(key.privateKey, data)).toEqual(signature);
    expect(rsaVerify(key.modulus, data, signature)).toBe(true);
    expect(rsaVerify(key.modulus, Uint8Array.of(1, 2), signature)).toBe(false);
    expect(rsaVerify(PSAM.modulus, data, signature)).toBe(false);
    expect(rsaVerify(key.modulus, data, signature.subarray(1))).toBe(false);
    expect(rsaVerify(new Uint8Array(112), data, signature)).toBe(false);
    expect(rsaVerify(key.modulus, data, new Uint8Array(112).fill(0xff))).toBe(false);
  });

  it("deciphers no block that is not below the modulus", () => {
    expect(decipherSessionKey(key.privateKey, key.modulus)).toBeNull();
    expect(decipherSessionKey(key.privateKey, new Uint8Array(112).fill(0xff))).toBeNull();
    expect(decipherSessionKey(key.privateKey, new Uint8Array(111))).toBeNull();
    expect(decipherSessionKey(key.privateKey, new Uint8Array(112))).toHaveLength(16);
  });

  it("enciphers under a modulus of 896 bits alone", () => {
    const even = flipBit(key.modulus, 895);
    for (const modulus of [even, new Uint8Array(112), key.modulus.subarray(1)]) {
      expect(isModulus(modulus)).toBe(false);
      expect(() => rsaPublic(modulus, new Uint8Array(112))).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    }
    expect(() => rsaPublic(key.modulus, key.modulus)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });
});
