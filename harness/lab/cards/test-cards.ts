/** Cards that are wrong on purpose, for tests of readers, of the bench and of what it says. */
import { z } from "zod";
import { fromHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import type { CardSpec } from "./card-kind.ts";

/** T=1, IFSC 254, BWI 4, CWI 5, LRC, historical bytes "test". */
const TEST_ATR = fromHex("3B84 81 31 FE 45 74657374 99");

/** Gives no answer to reset. */
export function muteCard(): VirtualCard {
  return { powerOn: () => null, reset: () => null, transmit: () => null };
}

/** Its answer to reset announces 15 historical bytes and ends after two. */
export function malformedAtrCard(): VirtualCard {
  const atr = fromHex("3B8F 81 4142");
  return { powerOn: () => atr, reset: () => atr, transmit: () => fromHex("6F00") };
}

const answersSpec = z.object({ sw: z.string().regex(/^[0-9A-Fa-f]{4}$/) });

/** Answers every command with the status word `sw` of the specification, e.g. "6A82". */
export function answersCard(spec: CardSpec): VirtualCard {
  const parsed = answersSpec.safeParse(spec);
  if (!parsed.success) {
    throw new PursebenchError("USAGE", "a card of kind answers needs sw, four hex digits", {
      mend: 'e.g. {"kind":"answers","sw":"6A82"}',
    });
  }
  const response = fromHex(parsed.data.sw);
  return { powerOn: () => TEST_ATR, reset: () => TEST_ATR, transmit: () => response };
}
