/** Card kind `exerciser`: the simulated reader exerciser (`test-cards.md` 4). */
import { z } from "zod";
import { fromHex } from "../../core/bytes.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { EXERCISER_ATR, EXERCISER_ATR_T0, serveExerciser } from "../../roles/exerciser/serve.ts";
import type { CardSpec } from "./card-kind.ts";
import { exerciserCase } from "./exerciser-case.ts";

const exerciserSpec = z.object({
  protocol: z.enum(["T=0", "T=1"]).optional(),
  ATR: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}){1,64}$/)
    .optional(),
  workMs: z.number().min(0).max(10_000).optional(),
});

export interface ExerciserOptions {
  /** Answer to reset; the exerciser's own when absent. It tells the protocol. */
  readonly atr?: Uint8Array;
  /** One unit of WORK, ms; 1 when absent. */
  readonly workMs?: number;
}

/** A new exerciser, for readers of every kind. */
export function exerciserCard(clock: Clock, options: ExerciserOptions = {}): VirtualCard {
  return { ...serveExerciser({ clock, ...options }), caseOf: exerciserCase };
}

/** As a request names it: `protocol` ("T=1" when absent), `ATR` in place of its own, `workMs`. */
export function exerciserOf(spec: CardSpec): VirtualCard {
  const parsed = exerciserSpec.safeParse(spec);
  if (!parsed.success) {
    throw new PursebenchError("USAGE", "a card of kind exerciser may have protocol, ATR, workMs and mischief", {
      mend: 'e.g. {"kind":"exerciser","protocol":"T=0","workMs":10}',
    });
  }
  const { protocol = "T=1", ATR, workMs } = parsed.data;
  const atr = ATR === undefined ? (protocol === "T=0" ? EXERCISER_ATR_T0 : EXERCISER_ATR) : fromHex(ATR);
  return exerciserCard(systemClock, { atr, ...(workMs === undefined ? {} : { workMs }) });
}
