/** The signature that closes a run: whoever knows the public key can tell that not even the whole chain was rewritten. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { storageError } from "./run-directory.ts";

export const SEAL_FILE = "seal.json";
/** No key in PEM is longer. */
const MAX_KEY_BYTES = 65_536;

const Seal = z.strictObject({
  format: z.literal("pursebench-seal/1"),
  algorithm: z.literal("Ed25519"),
  /** Hash of the last line of the events. */
  head: z.string(),
  /** SPKI, PEM. */
  publicKey: z.string(),
  /** Over `pursebench-seal/1:` and head, as ASCII; base64. */
  signature: z.string(),
});

/** An Ed25519 private key in PEM. Throws `USAGE`. */
export function readSigningKey(path: string): KeyObject {
  try {
    const key = createPrivateKey(readBoundedFile(path, MAX_KEY_BYTES));
    if (key.asymmetricKeyType === "ed25519") return key;
    throw new Error(`this is a key for ${key.asymmetricKeyType}`);
  } catch (cause) {
    throw keyError(path, "private", cause);
  }
}

/** An Ed25519 public key in PEM. Throws `USAGE`. */
export function readVerifyingKey(path: string): KeyObject {
  try {
    return createPublicKey(readBoundedFile(path, MAX_KEY_BYTES));
  } catch (cause) {
    throw keyError(path, "public", cause);
  }
}

/** Signs the last hash of a closed run and writes `seal.json`. Throws `STORAGE`. */
export function writeSeal(dir: string, head: string, key: KeyObject): void {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  const signature = sign(null, signed(head), key).toString("base64");
  const seal = { format: "pursebench-seal/1", algorithm: "Ed25519", head, publicKey, signature };
  const path = join(dir, SEAL_FILE);
  try {
    writeFileSync(path, `${JSON.stringify(seal, null, 2)}\n`, { flag: "wx", flush: true });
  } catch (cause) {
    throw storageError(`${path} cannot be written: ${messageOf(cause)}`, cause);
  }
}

/** What is wrong with the seal of a run whose chain ends with `head`; undefined when nothing is. */
export function sealDamage(dir: string, head: string, trusted: KeyObject | undefined): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, SEAL_FILE), "utf8");
  } catch {
    return trusted ? "is missing: the run is not signed" : undefined;
  }
  try {
    const seal = Seal.parse(JSON.parse(text));
    if (seal.head !== head) return "is that of another run";
    const own = createPublicKey(seal.publicKey);
    if (trusted && !own.equals(trusted)) return "was made with another key";
    return verify(null, signed(head), own, Buffer.from(seal.signature, "base64")) ? undefined : "has a wrong signature";
  } catch (thrown) {
    return `cannot be read: ${messageOf(thrown)}`;
  }
}

function signed(head: string): Buffer {
  return Buffer.from(`pursebench-seal/1:${head}`, "ascii");
}

function keyError(path: string, which: string, cause: unknown): PursebenchError {
  const mend =
    "make a pair with: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub";
  return new PursebenchError("USAGE", `${path} holds no Ed25519 ${which} key: ${messageOf(cause)}`, { mend, cause });
}
