/**
 * RSA of 896 bits with exponent 65537 (keys-and-signatures.md, section 8). A public key is its modulus, 112 bytes; a
 * private key is PKCS#8 in base64, as the test key set has it.
 */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
} from "node:crypto";
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";

/** Bytes of a modulus, a signature and a block. */
export const RSA_LENGTH = 112;

/** Both halves of a key. */
export interface RsaKey {
  /** 112 bytes. */
  readonly modulus: Uint8Array;
  /** PKCS#8, base64. */
  readonly privateKey: string;
}

/** Whether 112 bytes can be a modulus: odd, with the highest bit set. */
export function isModulus(bytes: Uint8Array): boolean {
  return bytes.length === RSA_LENGTH && ((bytes[0] ?? 0) & 0x80) !== 0 && ((bytes[RSA_LENGTH - 1] ?? 0) & 1) === 1;
}

/** Modulus of a private key. Throws `USAGE` for a key of another kind or length, without telling anything of it. */
export function modulusOf(privateKey: string): Uint8Array {
  return readKey(privateKey).modulus.slice();
}

/** Private exponent of a private key, 112 bytes: for putting a test key onto a test card. Throws as `modulusOf`. */
export function privateExponentOf(privateKey: string): Uint8Array {
  const { d } = readKey(privateKey).key.export({ format: "jwk" });
  const exponent = Buffer.from(d ?? "", "base64url");
  return concat(new Uint8Array(RSA_LENGTH - exponent.length), exponent);
}

/** RSASSA-PKCS1-v1_5 with SHA-256 over `data`, 112 bytes. */
export function rsaSign(privateKey: string, data: Uint8Array): Uint8Array {
  return Uint8Array.from(sign("sha256", data, readKey(privateKey).key));
}

/** Whether `signature` is that of the key's holder over `data`. Never throws, whatever the three are. */
export function rsaVerify(modulus: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (!isModulus(modulus) || signature.length !== RSA_LENGTH) return false;
  try {
    return verify("sha256", data, publicKeyOf(modulus), signature);
  } catch {
    return false; // OpenSSL finds a number impossible as a modulus; then nothing was signed with it
  }
}

/** The public operation: `block`^e mod n. Both have 112 bytes, `block` is below n. Throws `PROTOCOL` otherwise. */
export function rsaPublic(modulus: Uint8Array, block: Uint8Array): Uint8Array {
  if (!isModulus(modulus) || !isBelow(block, modulus)) {
    throw new PursebenchError("PROTOCOL", "not 112 bytes below an odd modulus of 896 bits");
  }
  const key = { key: publicKeyOf(modulus), padding: constants.RSA_NO_PADDING };
  return Uint8Array.from(publicEncrypt(key, block));
}

/** The private operation on 112 bytes, or `null` for a block that is not below the modulus. */
export function rsaPrivate(privateKey: string, block: Uint8Array): Uint8Array | null {
  const { key, modulus } = readKey(privateKey);
  if (!isBelow(block, modulus)) return null;
  return Uint8Array.from(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block));
}

/** Compares public numbers of 112 bytes. */
function isBelow(block: Uint8Array, modulus: Uint8Array): boolean {
  return block.length === RSA_LENGTH && Buffer.compare(block, modulus) < 0;
}

function publicKeyOf(modulus: Uint8Array): KeyObject {
  const n = Buffer.from(modulus).toString("base64url");
  return createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
}

interface ReadKey {
  readonly key: KeyObject;
  /** 112 bytes. */
  readonly modulus: Uint8Array;
}

/** Reading a private key costs as much as using it, and a bench has few of them: the last ones stay read. */
const keysRead = new Map<string, ReadKey>();
const MAX_KEYS_READ = 64;

function readKey(privateKey: string): ReadKey {
  const known = keysRead.get(privateKey);
  if (known) return known;
  const key = privateKeyOf(privateKey);
  const read = { key, modulus: modulusIn(key) };
  if (keysRead.size >= MAX_KEYS_READ) keysRead.clear();
  keysRead.set(privateKey, read);
  return read;
}

function privateKeyOf(privateKey: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  } catch {
    throw noKey(); // without the cause, which may tell of the key
  }
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength === 8 * RSA_LENGTH && publicExponent === 65_537n) return key;
  throw noKey();
}

function modulusIn(privateKey: KeyObject): Uint8Array {
  const { n } = privateKey.export({ format: "jwk" });
  const modulus = Uint8Array.from(Buffer.from(n ?? "", "base64url"));
  if (isModulus(modulus)) return modulus;
  throw noKey();
}

function noKey(): PursebenchError {
  return new PursebenchError("USAGE", "a private key is no RSA key of 896 bits with exponent 65537 in PKCS#8, base64", {
    mend: "make it with openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:896",
  });
}
