/** Session keys that a run has seen, and where they stand again, in whatever form. */
import { fromHex } from "../../core/bytes.ts";

const KEY_BYTES = 16;
const HEAD_BYTES = 4;
const HEX_LENGTH = 2 * KEY_BYTES;
/** Characters of base64 that are the key's alone; the next one holds its last two bits. */
const BASE64_LENGTH = 21;
/** A "key" of fewer different bytes is a filler, and would be found everywhere. */
const LEAST_VARIETY = 4;

/** From `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class KnownKeys {
  /** By their first four bytes, for a quick look at each place of a message. */
  readonly #byHead = new Map<number, Uint8Array[]>();
  readonly #hex = new Set<string>();
  readonly #base64 = new Set<string>();

  get isEmpty(): boolean {
    return this.#hex.size === 0;
  }

  /** `hex`: of a key; what is none is passed over. */
  learn(hex: string): void {
    const upper = hex.toUpperCase();
    if (!/^[0-9A-F]{32}$/.test(upper) || this.#hex.has(upper)) return;
    const key = fromHex(upper);
    if (new Set(key).size < LEAST_VARIETY) return;
    this.#hex.add(upper);
    const head = headOf(key);
    this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), key]);
    for (const alphabet of ["base64", "base64url"] as const) {
      this.#base64.add(Buffer.from(key).toString(alphabet).slice(0, BASE64_LENGTH));
    }
  }

  /** The keys that stand in `bytes` as they are. */
  inBytes(bytes: Uint8Array): readonly Span[] {
    const spans: Span[] = [];
    let head = 0;
    for (let at = 0; at < bytes.length; at++) {
      head = (head << 8) | (bytes[at] ?? 0);
      const start = at - HEAD_BYTES + 1;
      const isThere = (key: Uint8Array) => key.every((byte, index) => byte === bytes[start + index]);
      if (this.#byHead.get(head)?.some(isThere)) spans.push({ start, end: start + KEY_BYTES });
    }
    return spans;
  }

  /** The keys that are written in `text`, in hex of either case or in base64. */
  inText(text: string): readonly Span[] {
    const spans: Span[] = [];
    for (const { 0: run, index } of text.matchAll(/[0-9A-Za-z+/_-]{21,}/g)) {
      const upper = run.toUpperCase();
      for (let at = 0; at + BASE64_LENGTH <= run.length; at++) {
        const start = index + at;
        if (this.#hex.has(upper.slice(at, at + HEX_LENGTH))) spans.push({ start, end: start + HEX_LENGTH });
        if (!this.#base64.has(run.slice(at, at + BASE64_LENGTH))) continue;
        spans.push({ start, end: Math.min(start + BASE64_LENGTH + 1, index + run.length) });
      }
    }
    return spans;
  }
}

function headOf(key: Uint8Array): number {
  return key.subarray(0, HEAD_BYTES).reduce((head, byte) => (head << 8) | byte, 0);
}
