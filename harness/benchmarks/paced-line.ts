/** A serial line as it is: every character takes its time. */
import type { Clock } from "../core/clock.ts";
import type { ByteStream } from "../device/contracts.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";

/** 9600 bit/s, 8E1: start bit, 8 data bits, parity, stop bit (`serial-line.md`). */
export const CHARACTER_MS = 11_000 / 9600;

/** Two ends of a line on which a write of n bytes takes n characters' time and is heard at its end. */
export function pacedLine(clock: Clock): [ByteStream, ByteStream] {
  const [left, right] = byteStreamPair("line at 9600 8E1");
  return [paced(left, clock), paced(right, clock)];
}

function paced(inner: ByteStream, clock: Clock): ByteStream {
  return {
    name: inner.name,
    closed: inner.closed,
    onBytes: (listener) => inner.onBytes(listener),
    async write(bytes, deadline) {
      await clock.timer(bytes.length * CHARACTER_MS).elapsed;
      await inner.write(bytes, deadline);
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
