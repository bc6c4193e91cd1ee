import { PursebenchError } from "../core/errors.ts";
import type { CardHand } from "./lab-slot.ts";

/** The card is in a real reader: only a person could move it. */
export const noHand: CardHand = {
  restore: async () => undefined,
  insert: () => Promise.reject(cannot()),
  remove: () => Promise.reject(cannot()),
  lost: () => undefined,
  tear: () => Promise.reject(cannot()),
};

function cannot(): PursebenchError {
  return new PursebenchError("DEVICE_ABSENT", "the bench has no hand for the cards of a real reader", {
    mend: "run the case on the virtual lab",
  });
}
