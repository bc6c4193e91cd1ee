/** Readers that are wrong in what they tell of their cards, in what they carry, and in the T=1 that they speak. */
import type { Behaviour } from "./behaviour.ts";
import { READER_CARD_BEHAVIOURS } from "./device-reader-card.ts";
import { READER_CARRYING_BEHAVIOURS } from "./device-reader-carrying.ts";
import { READER_T1_BEHAVIOURS } from "./device-reader-t1.ts";
import { LAB_READER_BEHAVIOURS } from "./lab-reader.ts";

export const DEVICE_READER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...READER_CARD_BEHAVIOURS,
  ...READER_CARRYING_BEHAVIOURS,
  ...READER_T1_BEHAVIOURS,
  ...LAB_READER_BEHAVIOURS,
};
