/** A security card of the case's own, as a public key card wants to see one (`card-edge.md` 5.3a, `keys-and-signatures.md` 8). */
import { sign } from "node:crypto";
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { seededRandom } from "../../../harness/core/random.ts";
import { encipherSessionKey } from "../../../harness/crypto/key-transport.ts";
import type { DeviceContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { certify, NAMES } from "../../payment/algorithms/certificate.ts";
import { ownKey } from "../../support/own-key.ts";
import type { CardFacts } from "./facts.ts";

export const IDPSAM = "00C0FFEE";
const LAST_DAY = "291231";

/** A security card that the CA of that card has certified. */
export interface OwnPsam {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** 244 bytes. */
  readonly certificate: Uint8Array;
  /** Modulus, 112 bytes. */
  readonly modulus: Uint8Array;
  /** PKCS#8 in base64. */
  readonly privateKey: string;
}

export function newPsam(t: DeviceContext, facts: CardFacts): OwnPsam {
  const ca = t.keys.caPrivateKey(facts.PPIEP, facts.VKIEP) ?? inconclusive("no test key of the card's CA", "bench");
  const { modulus, privateKey } = ownKey("security card of the suite card");
  const identity = { PPPSAM: facts.PPIEP, IDPSAM };
  return { ...identity, modulus, privateKey, certificate: certify(ca, NAMES.psam(facts, identity), LAST_DAY, modulus) };
}

/** SESSKEY (224 bytes) for the card with that modulus, and the SK in it. */
export function sessionKeyFor(
  psam: Pick<OwnPsam, "PPPSAM" | "IDPSAM" | "privateKey">,
  cardModulus: Uint8Array,
  INITRSP: Uint8Array,
): { readonly SESSKEY: Uint8Array; readonly SK: Uint8Array } {
  const fresh = seededRandom(toHex(INITRSP)); // another for each transaction, and the same when evidence is judged again
  const { EK, SK } = encipherSessionKey(cardModulus, fresh(112));
  return { SESSKEY: concat(EK, signatureOver(psam, INITRSP, EK)), SK };
}

/** SIG, 112 bytes. */
export function signatureOver(
  { PPPSAM, IDPSAM: number, privateKey }: Pick<OwnPsam, "PPPSAM" | "IDPSAM" | "privateKey">,
  INITRSP: Uint8Array,
  EK: Uint8Array,
  label = "1F",
): Uint8Array {
  const key = { key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" } as const;
  return new Uint8Array(sign("sha256", concat(fromHex(label + PPPSAM + number), INITRSP, EK), key));
}

/** Halves of a private key's numbers in hex: what no answer may hold. */
export function secretNumbers(privateKey: string): readonly string[] {
  const der = toHex(new Uint8Array(Buffer.from(privateKey, "base64")));
  // the private exponent and the primes stand behind the public exponent 65537
  const behind = der.slice(der.indexOf("0203010001") + "0203010001".length);
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((place) => {
    const at = Math.floor((behind.length * place) / 2) * 2;
    return behind.slice(at, at + 16);
  });
}
