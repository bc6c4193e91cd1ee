/** What the process that watches pcscd says to the one that started it. */
import { z } from "zod";

const reader = z.object({
  name: z.string(),
  slot: z.enum(["empty", "card", "mute", "unknown"]),
  /** Upper-case hex. */
  atr: z.string(),
  inUse: z.boolean(),
});

/** A PC/SC reader and what is in it. */
export type AttachedReader = z.infer<typeof reader>;

export const watchMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("readers"), readers: z.array(reader) }),
  z.object({ kind: z.literal("ended"), reason: z.string(), mend: z.string().optional() }),
]);
export type WatchMessage = z.infer<typeof watchMessage>;
