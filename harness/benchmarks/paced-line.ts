/** A serial line as it is: every character takes its time. */
import type { Clock } from "../core/clock.ts";
import type { ByteStream } from "../device/contracts.ts";
import { characterMs, pacedLine as lineAt } from "../link/paced-line.ts";

/** bit/s, 8E1 (`serial-line.md`). */
const BAUD = 9_600;

export const CHARACTER_MS = characterMs(BAUD);

/** Two ends of a line on which a write of n bytes takes n characters' time and is heard at its end. */
export function pacedLine(clock: Clock): [ByteStream, ByteStream] {
  return lineAt(clock, BAUD);
}
