/** The laboratory's key pair: Ed25519, in PEM, so that every other tool can use it too. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";

/** No key in PEM is longer. */
const MAX_KEY_BYTES = 65_536;

/** Both halves as PEM: PKCS #8 and SPKI. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicPem(publicKey),
    fingerprint: fingerprint(publicKey),
  };
}

/** SHA-256 of the public key as SPKI in DER (44 bytes), 64 lower-case hex digits. Of a private key: of its public half. */
export function fingerprint(key: KeyObject): string {
  return createHash("sha256")
    .update(publicHalf(key).export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** SPKI in PEM, 113 characters. */
export function publicPem(key: KeyObject): string {
  return publicHalf(key).export({ type: "spki", format: "pem" }).toString();
}

/** An Ed25519 private key in PEM. Throws `USAGE`. */
export function readSigningKey(path: string): KeyObject {
  try {
    return ed25519(createPrivateKey(readBoundedFile(path, MAX_KEY_BYTES)));
  } catch (cause) {
    throw keyError(path, "private", cause);
  }
}

/** An Ed25519 public key in PEM; of a private key, its public half. Throws `USAGE`. */
export function readVerifyingKey(path: string): KeyObject {
  try {
    return ed25519(createPublicKey(readBoundedFile(path, MAX_KEY_BYTES)));
  } catch (cause) {
    throw keyError(path, "public", cause);
  }
}

export function publicHalf(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`this is a key for ${key.asymmetricKeyType}`);
}

function keyError(path: string, which: string, cause: unknown): PursebenchError {
  const mend = "make a pair with: pursebench keys new";
  return new PursebenchError("USAGE", `${path} holds no Ed25519 ${which} key: ${messageOf(cause)}`, { mend, cause });
}
