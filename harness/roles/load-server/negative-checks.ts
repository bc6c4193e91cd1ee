import type { CardResponse } from "../../protocol/messages/card-response.ts";
import type { LoadResponse } from "../../protocol/messages/load-response.ts";
import type { SentLoad, SignedRequest } from "./phase.ts";
import { minutesBetween } from "./request-checks.ts";

/** What a zero value load request must have in common with the original one (`load.md` 5). */

export interface Mismatch {
  readonly entry: "negative-mismatch" | "negative-replayed";
  /** The element that does not fit. */
  readonly what: string;
}

/** Minutes that a zero value load request may come after the original. */
const MOST_LATER = 60;

const CARD_ELEMENTS = ["PPIEP", "IDIEP", "ALGIEP", "VKIEP", "DEXPIEP", "CURRIEP", "CEXPIEP"] as const;

/** What was asked of the card, by a zero value load request of the head end's own making. */
export function mismatchOfRequest({ init: original, card }: SentLoad, fresh: SignedRequest): Mismatch | undefined {
  const { init } = fresh;
  const named = (["IDTRX", "IDACQ"] as const).find((name) => init[name] !== original[name]);
  if (named !== undefined) return mismatch(named);
  if (init.MLDA !== 0) return mismatch("MLDA");
  const element = CARD_ELEMENTS.find((name) => fresh.card[name] !== card[name]);
  if (element !== undefined) return mismatch(element);
  const currency = (["CURRLDA", "CEXPLDA"] as const).find((name) => init[name] !== original[name]);
  if (currency !== undefined) return mismatch(currency);
  const later = minutesBetween(original.DTHR, init.DTHR);
  return later < 0 || later > MOST_LATER ? mismatch("DTHR") : undefined;
}

/** What the card said: that it is the same card, and not in an older state. */
export function mismatchOfCard({ card }: SentLoad, fresh: LoadResponse): Mismatch | undefined {
  const element = CARD_ELEMENTS.find((name) => fresh[name] !== card[name]);
  if (element !== undefined) return mismatch(element);
  return fresh.NTIEP < card.NTIEP ? { entry: "negative-replayed", what: "NTIEP" } : undefined;
}

/** The answer itself: a negative one, to this transaction. */
export function mismatchOfAnswer({ card }: SentLoad, answer: CardResponse): Mismatch | undefined {
  if (answer.CC === "0000") return mismatch("CC");
  return answer.NTIEP === card.NTIEP ? undefined : mismatch("NTIEP");
}

function mismatch(what: string): Mismatch {
  return { entry: "negative-mismatch", what };
}
