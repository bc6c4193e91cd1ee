import { toHex } from "../../core/bytes.ts";
import type { Deadline } from "../../core/deadline.ts";
import type { ByteStream } from "../../device/contracts.ts";
import { byteStreamPair } from "../../device/virtual/byte-stream-pair.ts";

/** What the line makes of one write; `offset`: bytes written in this direction before it. No element: nothing arrives. */
export type Noise = (from: "near" | "far", bytes: Uint8Array, offset: number) => readonly Uint8Array[];

export const CLEAR: Noise = (_from, bytes) => [bytes];

/** Two ends of a line in process that does `noise` to what passes. */
export function noisyLine(noise: Noise = CLEAR): [near: ByteStream, far: ByteStream] {
  const [near, far] = byteStreamPair("test line");
  return [noisyEnd(near, "near", noise), noisyEnd(far, "far", noise)];
}

function noisyEnd(inner: ByteStream, from: "near" | "far", noise: Noise): ByteStream {
  let offset = 0;
  return {
    name: inner.name,
    closed: inner.closed,
    onBytes: (listener) => inner.onBytes(listener),
    async write(bytes: Uint8Array, deadline: Deadline) {
      const chunks = noise(from, bytes, offset);
      offset += bytes.length;
      await Promise.all(chunks.map((chunk) => inner.write(chunk, deadline)));
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** A far end by hand: answers the n-th block it hears with the n-th of `answers`, as it is; "" is silence. Hex. */
export function scripted(far: ByteStream, answers: readonly string[], write: (hex: string) => void): readonly string[] {
  const heard: string[] = [];
  far.onBytes((bytes) => {
    const answer = answers[heard.length];
    heard.push(toHex(bytes));
    if (answer) write(answer);
  });
  return heard;
}
