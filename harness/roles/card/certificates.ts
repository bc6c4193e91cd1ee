import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type Certificate, caName, cardName, issuerName } from "../../crypto/certificate.ts";
import { certifyOnce } from "../../crypto/certify-once.ts";
import { modulusOf, type RsaKey } from "../../crypto/rsa.ts";
import type { CardData, CertificateKind, PublicKeyData } from "./card-data.ts";
import type { PublicKeyPart } from "./state.ts";

/** Where the keys of public key cards come from; `TestKeySet` is one. */
export interface PublicKeys {
  /** PKCS#8, base64. */
  caPrivateKey(PPIEP: string, VKIEP: number): string | undefined;
  issuerKey(PPIEP: string): RsaKey | undefined;
  cardKey(name: string): RsaKey | undefined;
}

/** Test keys that no good card is certified with: another CA's version, another issuer, another card. */
const OTHER_CA_VERSION = 9;
const OTHER_ISSUER = "000999";
const OTHER_CARD_KEY = "rsa-second";

/** A last day that had passed before any test PSAM was updated. */
const PAST_DAY = "241231";

/** Key and certificates of a public key card. Throws `USAGE` when a test key is not there. */
export function publicKeyPart(card: CardData, data: PublicKeyData, keys: PublicKeys): PublicKeyPart {
  const { PPIEP, IDIEP, VKIEP } = card;
  const kind = data.certificates;
  const own = required(keys.cardKey(data.key), `card key ${data.key}`);
  const ca = required(keys.caPrivateKey(PPIEP, VKIEP), `CA key of PPIEP ${PPIEP}, VKIEP ${VKIEP}`);
  const issuer = required(keys.issuerKey(PPIEP), `issuer key of PPIEP ${PPIEP}`);
  const issuerCertificate = certifyOnce(caKeyOf(kind, ca, PPIEP, keys), {
    type: "issuer",
    authority: caName(PPIEP, VKIEP),
    subject: issuerName(PPIEP),
    lastDay: data.lastDay,
    modulus: issuer.modulus,
  });
  const certificate: Certificate = {
    type: "card",
    authority: issuerName(kind === "other-issuer" ? OTHER_ISSUER : PPIEP),
    subject: cardName(PPIEP, IDIEP),
    lastDay: kind === "expired" ? PAST_DAY : data.lastDay,
    modulus: certifiedModulus(kind, own, keys),
  };
  const cardCertificate = certifyOnce(issuerKeyOf(kind, issuer, keys), certificate);
  if (kind === "malformed") cardCertificate[0] = 0x7f;
  return {
    privateKey: own.privateKey,
    issuerCertificate: toHex(issuerCertificate),
    cardCertificate: toHex(cardCertificate),
    caModulus: toHex(modulusOf(ca)),
  };
}

function caKeyOf(kind: CertificateKind, right: string, PPIEP: string, keys: PublicKeys): string {
  if (kind !== "other-ca") return right;
  return required(keys.caPrivateKey(PPIEP, OTHER_CA_VERSION), "key of another CA");
}

function issuerKeyOf(kind: CertificateKind, right: RsaKey, keys: PublicKeys): string {
  if (kind !== "other-issuer") return right.privateKey;
  return required(keys.issuerKey(OTHER_ISSUER), "key of another issuer").privateKey;
}

function certifiedModulus(kind: CertificateKind, own: RsaKey, keys: PublicKeys): Uint8Array {
  if (kind !== "other-key") return own.modulus;
  return required(keys.cardKey(OTHER_CARD_KEY), "key of another card").modulus;
}

function required<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new PursebenchError("USAGE", `no ${what}`, {
    mend: "add it to the test key set or personalise the card for another key",
  });
}
