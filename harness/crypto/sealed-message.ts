/** SEALED: a whole message under the TSK (keys-and-signatures.md, section 7). */
import { concat, fromHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { open, seal } from "./seal.ts";

/** SEALED with `inner`, an encoded message whose first byte is its tag. `nonce`: `nonceLength(suite)` fresh bytes. */
export function sealMessage(
  suite: CipherSuite,
  TSK: Uint8Array,
  IDTRX: string,
  nonce: Uint8Array,
  inner: Uint8Array,
): Uint8Array {
  return seal(suite, TSK, nonce, bound(inner[0] ?? 0, IDTRX), inner);
}

/**
 * The message inside, or `null` when SEALED does not open for this IDTRX (32 hex digits) with one of `tags`, those of the
 * messages that are due. Never throws on hostile SEALED.
 */
export function openMessage(
  suite: CipherSuite,
  TSK: Uint8Array,
  IDTRX: string,
  sealed: Uint8Array,
  tags: readonly number[],
): Uint8Array | null {
  for (const tag of tags) {
    const inner = open(suite, TSK, bound(tag, IDTRX), sealed);
    if (inner !== null) return inner[0] === tag ? inner : null;
  }
  return null;
}

/** What a message is bound to: its tag and the transaction, so that none passes for another. */
function bound(tag: number, IDTRX: string): Uint8Array {
  return concat(Uint8Array.of(tag), fromHex(IDTRX));
}
