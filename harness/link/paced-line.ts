/** A serial line as it is: every character takes its time. */
import type { Clock } from "../core/clock.ts";
import type { ByteStream } from "../device/contracts.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";

/** Start bit, 8 data bits, parity, stop bit (`serial-line.md`). */
const BITS_PER_CHARACTER = 11;

/** Time of one character, ms, at `baud` bit/s. */
export function characterMs(baud: number): number {
  return (BITS_PER_CHARACTER * 1_000) / baud;
}

/** Two ends of a line in process on which a write of n bytes takes n characters' time and is heard at its end. */
export function pacedLine(clock: Clock, baud: number): [ByteStream, ByteStream] {
  const [left, right] = byteStreamPair(`line at ${baud} 8E1`);
  return [pacedStream(left, clock, baud), pacedStream(right, clock, baud)];
}

/** One end of a line that is as slow as `baud` bit/s. */
export function pacedStream(inner: ByteStream, clock: Clock, baud: number): ByteStream {
  return {
    name: inner.name,
    closed: inner.closed,
    onBytes: (listener) => inner.onBytes(listener),
    async write(bytes, deadline) {
      await clock.timer(bytes.length * characterMs(baud)).elapsed;
      await inner.write(bytes, deadline);
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
