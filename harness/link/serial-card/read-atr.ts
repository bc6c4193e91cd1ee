import { concat } from "../../core/bytes.ts";
import type { Deadline } from "../../core/deadline.ts";
import { INVERSE_TS_AS_SEEN, invertedAll } from "../../protocol/atr/convention.ts";
import { missingAtrBytes } from "../../protocol/atr/missing-bytes.ts";
import { type Atr, parseAtr } from "../../protocol/atr/parse-atr.ts";
import type { CharacterLine } from "./character-line.ts";
import { badAtr } from "./failures.ts";

/** Clock cycles within which a card begins its answer: 40,000, in etu of 372 cycles (ISO/IEC 7816-3, 6.2). */
const FIRST_ETU = 40_000 / 372;
/** Initial waiting time between two characters (8.1). */
const NEXT_ETU = 9_600;

/**
 * Collects the answer to the reset that was just made, character by character, on a line that is read in direct convention. Undefined: the
 * card is mute. `DEVICE_GARBLED`: no valid answer, wrong TCK included.
 */
export async function readAtr(line: CharacterLine, deadline: Deadline): Promise<Atr | undefined> {
  let seen: Uint8Array = await line.read(line.waitMs(FIRST_ETU), deadline);
  if (seen.length === 0) return undefined;
  const isInverse = seen[0] === INVERSE_TS_AS_SEEN;
  const bytes = () => (isInverse ? invertedAll(seen) : seen);
  while (isTs(bytes()[0]) && missingAtrBytes(bytes()) > 0) {
    const more = await line.read(line.waitMs(NEXT_ETU), deadline);
    if (more.length === 0) break;
    seen = concat(seen, more);
  }
  const parsed = parseAtr(bytes());
  if (!parsed.ok) throw badAtr(line.name, parsed.reason);
  return parsed.atr;
}

function isTs(byte: number | undefined): boolean {
  return byte === 0x3b || byte === 0x3f;
}
