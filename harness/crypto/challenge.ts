import { createHash } from "node:crypto";
import { fromHex, toHex } from "../core/bytes.ts";

export interface Challenge {
  /** 4 bytes. */
  readonly R: Uint8Array;
  /** What the next challenge is made from, 64 hex digits. */
  readonly entropy: string;
}

/**
 * The card's source of challenges as a value: a hash chain over the entropy that it was given. It makes the card model a
 * function of its state, and R unpredictable to anybody who has only seen earlier ones.
 */
export function nextChallenge(entropy: string): Challenge {
  const R = hash("challenge", fromHex(entropy)).subarray(0, 4);
  return { R, entropy: toHex(hash("next", fromHex(entropy))) };
}

export interface Secret {
  /** As many bytes as were asked for. */
  readonly secret: Uint8Array;
  /** What the next one is made from, 64 hex digits. */
  readonly entropy: string;
}

/** The same source for secrets of any length, such as the number that an RSA session key is made from. */
export function nextSecret(entropy: string, length: number): Secret {
  const secret = new Uint8Array(length);
  for (let at = 0; at < length; at += HASH_LENGTH) {
    const block = hash("secret", fromHex(entropy), Uint8Array.of(at / HASH_LENGTH));
    secret.set(block.subarray(0, length - at), at);
  }
  return { secret, entropy: toHex(hash("next", fromHex(entropy))) };
}

/** Entropy after `fresh` bytes were mixed in; nothing that was there is lost. */
export function mixEntropy(entropy: string, fresh: Uint8Array): string {
  return toHex(hash("mix", fromHex(entropy), fresh));
}

const HASH_LENGTH = 32;

function hash(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const sum = createHash("sha256").update(label);
  for (const part of parts) sum.update(part);
  return new Uint8Array(sum.digest());
}
