/** What a request may say of any card: another answer to reset, and what it does wrong in T=1. */
import { z } from "zod";
import { fromHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type T1Mischief, t1MischiefList } from "../../core/t1-mischief.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import type { CardSpec } from "./card-kind.ts";

type Answer = ReturnType<VirtualCard["reset"]>;

const dress = z.object({
  /** Hex, 1 to 64 bytes, well-formed or not. */
  ATR: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}){1,64}$/)
    .optional(),
  mischief: t1MischiefList.optional(),
});

/** What makes cards as `spec` wants them. `USAGE` when that cannot be read. */
export function dressOf(spec: CardSpec): (card: VirtualCard) => VirtualCard {
  const parsed = dress.safeParse(spec);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PursebenchError("USAGE", `bad ${issue?.path.join(".")} of a card: ${issue?.message}`, {
      mend: 'e.g. {"kind":"exerciser","ATR":"3B00","mischief":[{"nth":2,"act":"corrupt-edc"}]}',
    });
  }
  const { ATR, mischief } = parsed.data;
  if (ATR === undefined && mischief === undefined) return (card) => card;
  return (card) => dressed(card, ATR === undefined ? undefined : fromHex(ATR), mischief);
}

/** A mute card stays mute. */
function dressed(
  card: VirtualCard,
  atr: Uint8Array | undefined,
  mischief: readonly T1Mischief[] | undefined,
): VirtualCard {
  const answer = async (own: Answer): Promise<Uint8Array | null> => {
    const given = await own;
    return given && (atr ?? given);
  };
  return {
    powerOn: () => answer(card.powerOn()),
    reset: () => answer(card.reset()),
    powerOff: () => card.powerOff?.(),
    transmit: (command) => card.transmit(command),
    ...(card.tearAt ? { tearAt: card.tearAt.bind(card) } : {}),
    caseOf: card.caseOf,
    mischief: mischief ?? card.mischief,
  };
}
