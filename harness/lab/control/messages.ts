/** The control socket of the lab: one JSON value a line, requests from clients, responses and events from the lab. */
import { z } from "zod";
import type { CardTear } from "../../core/card-tear.ts";
import { readerDefect } from "../../core/reader-defect.ts";
import { cardSpec } from "../cards/card-kind.ts";

const slotNumber = z.number().int().min(0).max(255);

const atWrite = z.strictObject({
  write: z.number().int().min(1).max(10_000),
  part: z.enum(["before", "within", "after"]),
});

const cardTear: z.ZodType<CardTear> = z.strictObject({
  INS: z.number().int().min(0).max(255),
  P1: z.number().int().min(0).max(255),
  at: z.union([z.enum(["before-command", "after-command"]), atWrite]),
});

export const labRequest = z.discriminatedUnion("command", [
  z.object({ id: z.number().int(), command: z.literal("status") }),
  z.object({ id: z.number().int(), command: z.literal("insert"), slot: slotNumber, card: cardSpec }),
  /** Another card in the place of the one there, unseen by pcscd. */
  z.object({ id: z.number().int(), command: z.literal("exchange"), slot: slotNumber, card: cardSpec }),
  z.object({ id: z.number().int(), command: z.literal("remove"), slot: slotNumber }),
  /** The card leaves the contacts, and whoever plays it stays. */
  z.object({ id: z.number().int(), command: z.literal("pull"), slot: slotNumber }),
  /** The pulled card comes back. */
  z.object({ id: z.number().int(), command: z.literal("push"), slot: slotNumber }),
  /** Somebody has heard from pcscd that the slot is empty: the next card is shown at its next look. */
  z.object({ id: z.number().int(), command: z.literal("noticed"), slot: slotNumber }),
  /** The card of the slot loses its power at that moment, once, and is pulled then; null: not any more. */
  z.object({ id: z.number().int(), command: z.literal("tear"), slot: slotNumber, tear: cardTear.nullable() }),
  /** From now on the emulated reader has that defect; null: none. */
  z.object({ id: z.number().int(), command: z.literal("reader-defect"), defect: readerDefect.nullable() }),
  /** From now on events come too. */
  z.object({ id: z.number().int(), command: z.literal("subscribe") }),
  /** The response comes first; the connection closes when everything is gone. */
  z.object({ id: z.number().int(), command: z.literal("shutdown") }),
]);
export type LabRequest = z.infer<typeof labRequest>;

const details = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const slotReport = z.object({
  slot: slotNumber,
  reader: z.string(),
  /** Kind of the occupant, absent when nobody was put there. */
  kind: z.string().optional(),
  details: details.optional(),
  icc: z.enum(["active", "inactive", "absent"]),
});
export type SlotReport = z.infer<typeof slotReport>;

export const labEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("card-inserted"), slot: slotNumber }),
  z.object({ event: z.literal("card-removed"), slot: slotNumber }),
  /** A tear that was asked for has happened; the card was pulled. */
  z.object({ event: z.literal("card-torn"), slot: slotNumber }),
]);
export type LabEvent = z.infer<typeof labEvent>;

export const labResponse = z.discriminatedUnion("ok", [
  z.object({ id: z.number().int(), ok: z.literal(true), slots: z.array(slotReport) }),
  z.object({
    id: z.number().int(),
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    mend: z.string().optional(),
  }),
]);
export type LabResponse = z.infer<typeof labResponse>;

/** A line longer than this ends the connection. */
export const LINE_BOUND = 64 * 1024;
