/** What the emulated card reader of the lab does wrong on purpose, at the level of CCID, as data. Numbers may be text, as in YAML. */
import { z } from "zod";

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
/** TPDUs of more bytes than that. */
const above = number(0, 300);
/** Each so many-th time; 1 is always. */
const every = number(1, 1_000_000);
const slot = number(0, 4);

export const readerDefect = z.discriminatedUnion("name", [
  /** The last byte of what the card sends is lost. */
  z.strictObject({ name: z.literal("drops-last-byte"), above }),
  /** What goes to the card is cut after `above` bytes. */
  z.strictObject({ name: z.literal("cuts-block"), above }),
  /** The byte in the middle is another one; over T=1 the EDC is made to fit, so that nobody notices there. */
  z.strictObject({ name: z.literal("alters-byte"), towards: z.enum(["card", "host"]), above }),
  /** Of two blocks of a chain the first one ends the message. */
  z.strictObject({ name: z.literal("drops-more-bit"), towards: z.enum(["card", "host"]) }),
  /** The answer to reset is passed on without TCK, with another last historical byte (TCK made to fit), or without historical bytes. */
  z.strictObject({ name: z.literal("changes-atr"), how: z.enum(["no-tck", "historical-byte", "no-historical"]) }),
  /** A card that is gone is still shown. */
  z.strictObject({ name: z.literal("hides-removal") }),
  /** A card that came, or went, is told at the look after so many; pcscd looks every 0.4 s. */
  z.strictObject({ name: z.literal("late-insertion"), looks: number(1, 100) }),
  z.strictObject({ name: z.literal("late-removal"), looks: number(1, 100) }),
  /** Commands for one slot reach the card in another. */
  z.strictObject({ name: z.literal("wrong-slot"), slot, reaches: slot }),
  /** Blocks of one slot are answered with what the card in another one said last. */
  z.strictObject({ name: z.literal("mixes-slots"), every }),
  /** The supply stays on: a cold reset is a warm one. */
  z.strictObject({ name: z.literal("warm-for-cold") }),
  /** A powered card is not reset: the old answer to reset is given. */
  z.strictObject({ name: z.literal("no-reset") }),
  /** A card that asks for time is mute. */
  z.strictObject({ name: z.literal("no-time-extension") }),
  /** A block reaches the card twice, and the second answer counts. */
  z.strictObject({ name: z.literal("repeats-block"), every }),
  /** Frames to the host are damaged; the host's NAK is answered with the frame again, or by nothing. */
  z.strictObject({ name: z.literal("garbles-frames"), every, nak: z.enum(["answered", "swallowed"]) }),
  /** A hardware error in place of the card's answer. */
  z.strictObject({ name: z.literal("fails"), every }),
  /** Each block takes so much longer. */
  z.strictObject({ name: z.literal("slow"), ms: number(1, 60_000) }),
]);

export type ReaderDefect = z.infer<typeof readerDefect>;
