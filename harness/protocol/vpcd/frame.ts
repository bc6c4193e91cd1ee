/**
 * The vpcd protocol of the vsmartcard project, both ends: every message is a 2-byte big-endian length and that many
 * bytes. The card program connects; the reader speaks first. See `message.ts` for what the bytes mean.
 */
import { concat, uintToBytes } from "../../core/bytes.ts";

/** Length bytes before each message. */
const LENGTH_BYTES = 2;

/** `message` (0 to 65535 bytes) behind its length. Throws `RangeError` when it is longer. */
export function encodeVpcdFrame(message: Uint8Array): Uint8Array {
  return concat(uintToBytes(message.length, LENGTH_BYTES), message);
}

export type VpcdFrame =
  | { readonly kind: "message"; readonly message: Uint8Array }
  /** More bytes are announced than the bound allows; the stream cannot be followed any further. */
  | { readonly kind: "oversized"; readonly announced: number };

/** Cuts a byte stream into messages of at most `bound` bytes. After `oversized` it stays deaf. */
export class VpcdAccumulator {
  #pending: Uint8Array = new Uint8Array(0);
  #isDeaf = false;
  readonly #bound: number;

  constructor(bound = 0xffff) {
    this.#bound = bound;
  }

  push(bytes: Uint8Array): VpcdFrame[] {
    if (this.#isDeaf) return [];
    let rest = this.#pending.length === 0 ? bytes : concat(this.#pending, bytes);
    const frames: VpcdFrame[] = [];
    for (;;) {
      const [high, low] = rest;
      if (high === undefined || low === undefined) break;
      const length = high * 256 + low;
      if (length > this.#bound) {
        this.#isDeaf = true;
        rest = new Uint8Array(0);
        frames.push({ kind: "oversized", announced: length });
        break;
      }
      if (rest.length < LENGTH_BYTES + length) break;
      frames.push({ kind: "message", message: rest.slice(LENGTH_BYTES, LENGTH_BYTES + length) });
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    this.#pending = rest.slice();
    return frames;
  }
}
