/** The test cards of the lab, made from a specification. */
import { z } from "zod";
import { fromHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { answeringCard } from "../../device/virtual/wrong-cards.ts";
import type { CardSpec } from "./card-kind.ts";

const answersSpec = z.object({
  sw: z.string().regex(/^[0-9A-Fa-f]{4}$/),
  delayMs: z.number().int().min(0).max(60_000).optional(),
});

/** Answers every command with the status word `sw`, e.g. "6A82", after `delayMs` milliseconds when they are given. */
export function answersCard(spec: CardSpec): VirtualCard {
  const parsed = answersSpec.safeParse(spec);
  if (!parsed.success) {
    throw new PursebenchError("USAGE", "a card of kind answers needs sw, four hex digits, and may have delayMs", {
      mend: 'e.g. {"kind":"answers","sw":"6A82"}',
    });
  }
  const { sw, delayMs } = parsed.data;
  const ready = delayMs === undefined ? undefined : () => systemClock.timer(delayMs).elapsed;
  return answeringCard(fromHex(sw), ready);
}
