/** The signature that closes a run: whoever knows the public key can tell that not even the whole directory was rewritten. */
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { fingerprint, publicPem } from "./keys.ts";

export const SEAL_FILE = "seal.json";

/** What a seal speaks of. */
export interface Sealed {
  /** Hash of the last line of the events. */
  readonly head: string;
  /** Number of lines of the events. */
  readonly lines: number;
  /** SHA-256 of `run.json`. */
  readonly run: string;
  /** SHA-256 of `manifest.json`. */
  readonly manifest: string;
}

/** The bytes of `seal.json`. */
export function sealText(sealed: Sealed, key: KeyObject): string {
  return textOf(sealed, publicPem(key), sign(null, signedText(sealed), key).toString("base64"));
}

/** What is wrong with a seal, at which line of `seal.json`, counted from 1. */
export interface SealDamage {
  readonly line?: number | undefined;
  readonly what: string;
}

/**
 * What is wrong with `text` as the seal of `sealed` by the key of that fingerprint; undefined when nothing is, to the byte. With
 * a `trusted` public key, it has to be made with the private half of that.
 */
export function sealDamage(
  text: string,
  sealed: Sealed,
  sealedBy: string | null,
  trusted?: KeyObject,
): SealDamage | undefined {
  const own = sealKey(text);
  const signature = Buffer.from(sealMember(text, "signature") ?? "", "base64");
  const expected = textOf(sealed, own ? publicPem(own) : "", signature.toString("base64")).split("\n");
  const lines = text.split("\n");
  const other = Array.from({ length: Math.max(lines.length, expected.length) }).findIndex(
    (_, index) => lines[index] !== expected[index],
  );
  if (other >= 0 || !own) return { line: other + 1, what: "does not belong to this run as it is" };
  if (sealedBy !== fingerprint(own))
    return { line: lineOf(lines, "publicKey"), what: "names another key than the run" };
  if (!verify(null, signedText(sealed), own, signature)) {
    return { line: lineOf(lines, "signature"), what: "is a wrong signature" };
  }
  if (trusted && !own.equals(trusted)) return { what: `was made with another key: ${sealedBy}` };
  return undefined;
}

/** The public key that the seal with this text names; undefined where it names none. */
export function sealKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey(sealMember(text, "publicKey") ?? "");
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** A string of the seal; undefined where it stands otherwise than we write it. */
export function sealMember(text: string, name: string): string | undefined {
  const found = new RegExp(`^ {2}"${name}": "([A-Za-z0-9+/=\\\\ -]*)",?$`, "m").exec(text)?.[1];
  return found?.replaceAll("\\n", "\n");
}

function lineOf(lines: readonly string[], name: string): number {
  return lines.findIndex((line) => line.startsWith(`  "${name}":`)) + 1;
}

function textOf({ head, lines, run, manifest }: Sealed, publicKey: string, signature: string): string {
  const seal = { format: "pursebench-seal/2", algorithm: "Ed25519", head, lines, run, manifest, publicKey, signature };
  return `${JSON.stringify(seal, null, 2)}\n`;
}

/** 5 lines of ASCII; the first says what is signed, so that the signature stands for nothing else. */
function signedText({ head, lines, run, manifest }: Sealed): Buffer {
  return Buffer.from(`pursebench-seal/2\nhead ${head}\nlines ${lines}\nrun ${run}\nmanifest ${manifest}\n`, "ascii");
}
