/** What no answer of a security card may show: every key that it holds or makes, as far as the harness has it. */
import { createPrivateKey } from "node:crypto";
import { toHex } from "../../../harness/core/bytes.ts";
import { deriveCollectionKey, type PsamIdentity } from "../../../harness/crypto/collection.ts";
import type { DeviceContext } from "../../define/case.ts";
import { HELD_KEYS, PUBLIC_PROGRAM } from "./personalisation.ts";

/** A key leaks as well when half of it does. */
const HALF = 8;

/** Keys by name. Answers are searched for each half of 8 bytes: bytes of chance match one in 2^64. */
export class Secrets {
  readonly #halves = new Map<string, string>();

  add(name: string, key: Uint8Array): void {
    for (let at = 0; at + HALF <= key.length; at += HALF) this.#halves.set(toHex(key.subarray(at, at + HALF)), name);
  }

  /** Name of a key that shows in `bytes` (hex), at whatever place. */
  shownIn(bytes: string): string | undefined {
    for (const [half, name] of this.#halves) if (bytes.includes(half)) return name;
    return undefined;
  }
}

/** The long-lived keys of that security card. */
export function secretsOf(t: DeviceContext, psam: PsamIdentity): Secrets {
  const secrets = new Secrets();
  for (const { PPIEP, ALGIEP, VKIEP } of HELD_KEYS) {
    const MKP = t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
    if (MKP) secrets.add(`MKP ${PPIEP}/${ALGIEP}/${VKIEP}`, MKP);
  }
  const MKC = t.keys.masterCollectionKey();
  if (MKC) {
    secrets.add("MKC", MKC);
    secrets.add("KDC", deriveCollectionKey(MKC, psam));
  }
  const CA = t.keys.caPrivateKey(PUBLIC_PROGRAM.PPIEP, PUBLIC_PROGRAM.VKIEP);
  if (CA !== undefined) addPrivateKey(secrets, "key of the CA", CA);
  return secrets;
}

/** Exponent and primes of a key, PKCS#8 in base64. */
function addPrivateKey(secrets: Secrets, name: string, key: string): void {
  const jwk = createPrivateKey({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }).export({
    format: "jwk",
  });
  for (const part of [jwk.d, jwk.p, jwk.q]) {
    if (typeof part === "string") secrets.add(name, new Uint8Array(Buffer.from(part, "base64url")));
  }
}
