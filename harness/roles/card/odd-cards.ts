import { fromHex } from "../../core/bytes.ts";
import { cardAtr, malformedAtr } from "./atr.ts";
import { type ServeCardOptions, type SimulatedCard, serveCard } from "./serve.ts";

/** A card that answers neither reset nor commands. */
export interface MuteCard {
  powerOn(): null;
  reset(): null;
  transmit(command: Uint8Array): null;
}

/** Contacts without a chip that works. */
export function muteCard(): MuteCard {
  return { powerOn: () => null, reset: () => null, transmit: () => null };
}

/** A purse whose answer to reset ends with a wrong check byte. */
export function malformedAtrCard(options: ServeCardOptions): SimulatedCard {
  return serveCard({ ...options, atr: malformedAtr() });
}

/** A card of another kind: a good answer to reset, and no purse in it. */
export function noPurseCard(): Pick<SimulatedCard, "powerOn" | "reset" | "transmit"> {
  return { powerOn: cardAtr, reset: cardAtr, transmit: () => fromHex("6A82") };
}
