/** How a negative result has to end, read off `load.md` 5 alone. */
import type { Place } from "./dimensions.ts";

/** A log entry of the load server, with the field that tells it from others of that name. */
export type Noted = readonly [entry: string, field?: string];

export interface Ending {
  readonly status: "loaded" | "not-loaded" | "unresolved";
  /** DU: whether BALIEP is that of the original request, and the HSM's word on both S1; undefined: it is not asked. */
  readonly first: { readonly balance: "original" | "received"; readonly isRight: boolean } | undefined;
  /** DO over the held S3: under the code that arrived or under 0000, and the HSM's word on it. */
  readonly held: { readonly as: "negative" | "loaded"; readonly isRight: boolean } | undefined;
  /** What the load server notes of its judgement, in order. */
  readonly noted: readonly Noted[];
}

export function endingOf(place: Place): Ending {
  const { counter, answer } = place;
  if (counter.difference < 0) return unasked(["negative-replayed"]);
  if (!answer.isNegative) return unasked(["negative-mismatch", "CC"]);
  const isRight = bothAreRight(place);
  const first = { balance: counter.difference === 0 ? "original" : "received", isRight } as const;
  const compared: Noted = ["counters-compared"];
  return isRight
    ? released({ first, noted: [compared, ["negative-verified"]] }, place)
    : changed({ first, noted: [compared, ["s1-mismatch"]] }, place);
}

type Judged = Pick<Ending, "first" | "noted">;

function unasked(found: Noted): Ending {
  return { status: "unresolved", first: undefined, held: undefined, noted: [found, ["load-unresolved"]] };
}

/**
 * The original S1 has to hold over the balance in DU and the lowered counter, the new one over the balance in DU and the counter that
 * the card signed. Equal counters bring the balance before the load, higher ones that which the card has now.
 */
function bothAreRight({ counter, s1, deed }: Place): boolean {
  const isBalanceAsBefore = deed.id === "REFUSED";
  switch (s1.id) {
    case "VALID":
      return isBalanceAsBefore;
    case "REPLAYED":
      return counter.difference === 0; // the card has signed the number and the balance from before the load
    case "WRONG":
    case "OTHER-CARD":
    case "MISSING":
      return false;
  }
}

/** The card's negative answer goes to the HSM as it came. */
function released({ first, noted }: Judged, { deed, answer }: Place): Ending {
  const isRight = deed.id === "REFUSED" && answer.isSigned;
  const held = { as: "negative", isRight } as const;
  if (isRight) return { status: "not-loaded", first, held, noted: [...noted, ["confirmation-sent", "negative"]] };
  return { status: "unresolved", first, held, noted: [...noted, ["s3-mismatch"], ["load-unresolved"]] };
}

/** No proof that nothing was loaded: perhaps S3 proves that the card was ([0131]). */
function changed({ first, noted }: Judged, { deed, answer }: Place): Ending {
  const isRight = deed.id === "LOADED" && answer.isSigned;
  const held = { as: "loaded", isRight } as const;
  const tried: readonly Noted[] = [...noted, ["result-code-changed"]];
  if (isRight)
    return { status: "loaded", first, held, noted: [...tried, ["loaded-proven"], ["confirmation-sent", "0000"]] };
  return { status: "unresolved", first, held, noted: [...tried, ["negative-unproven"], ["load-unresolved"]] };
}
