import { concat, uintToBytes } from "../../core/bytes.ts";

/** Length bytes before each message: 4 between servers, 2 on the LAN between payment server and concentrator. */
export type LengthBytes = 2 | 4;

/**
 * The longest message that a peer may announce, in bytes: twice the longest of the specification, so that one that is a
 * little too long is still heard and refused, and no crowd of peers can fill the memory.
 */
export const MESSAGE_BOUND = 2 * 65_536;

/** `message` behind its big-endian length. Throws `RangeError` above the bound, or above 65535 bytes with two length bytes. */
export function encodeMessageFrame(message: Uint8Array, lengthBytes: LengthBytes): Uint8Array {
  if (message.length > MESSAGE_BOUND) throw new RangeError(`${message.length} bytes are more than a message may have`);
  return concat(uintToBytes(message.length, lengthBytes), message);
}

export type MessageFrame =
  | { readonly kind: "message"; readonly message: Uint8Array }
  /** The announced length is above the bound; the stream cannot be followed any further. */
  | { readonly kind: "oversized"; readonly announced: number };

/** Cuts a byte stream into messages. Copies each byte once, however the stream is fragmented. */
export class MessageAccumulator {
  readonly #lengthBytes: LengthBytes;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #isDeaf = false;

  constructor(lengthBytes: LengthBytes) {
    this.#lengthBytes = lengthBytes;
  }

  /** True in the middle of a message. */
  get isPartial(): boolean {
    return this.#held > 0;
  }

  push(bytes: Uint8Array): MessageFrame[] {
    if (this.#isDeaf) return [];
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    const frames: MessageFrame[] = [];
    for (;;) {
      const announced = this.#announced();
      if (announced === undefined) return frames;
      if (announced > MESSAGE_BOUND) {
        this.#isDeaf = true;
        this.#chunks = [];
        return [...frames, { kind: "oversized", announced }];
      }
      if (this.#held < this.#lengthBytes + announced) return frames;
      frames.push({ kind: "message", message: this.#take(this.#lengthBytes + announced).subarray(this.#lengthBytes) });
    }
  }

  #announced(): number | undefined {
    if (this.#held < this.#lengthBytes) return undefined;
    const [first] = this.#chunks;
    if (!first || first.length < this.#lengthBytes) this.#chunks = [concat(...this.#chunks)];
    const head = this.#chunks[0]?.subarray(0, this.#lengthBytes) ?? new Uint8Array(0);
    return head.reduce((value, byte) => value * 256 + byte, 0);
  }

  #take(length: number): Uint8Array {
    const [only] = this.#chunks;
    const whole = only && this.#chunks.length === 1 ? only : concat(...this.#chunks);
    this.#chunks = [whole.subarray(length)];
    this.#held -= length;
    return whole.slice(0, length);
  }
}
