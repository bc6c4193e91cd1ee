/** Every message of every scheme, and everything that can befall it. */
import type { Case } from "../../define/case.ts";
import { caseId } from "../../define/product.ts";
import { cellCase } from "./cell.ts";
import { AFFLICTIONS } from "./disturbances.ts";
import type { Place } from "./place.ts";
import { SCHEMES } from "./schemes.ts";
import { wordsOf } from "./words.ts";

const PLACES: readonly Place[] = SCHEMES.flatMap((scheme) =>
  wordsOf(scheme).flatMap((word) =>
    AFFLICTIONS.filter(({ befalls }) => befalls(word, scheme)).map((affliction) => ({ scheme, word, affliction })),
  ),
);

/** A step through a group that meets all its places before any of them again. */
const STRIDE = 7;

/**
 * Where time is dear: each figure with each affliction once (of all that kill one), each time with another message, and with
 * the encryption layer every other time.
 */
function selected(): ReadonlySet<Place> {
  const groups = new Map<string, Place[]>();
  for (const place of PLACES) {
    const figure = place.scheme.id.replace("-AES", "");
    const affliction = place.affliction.kills === undefined ? place.affliction.id : "KILLED";
    const key = `${figure} ${affliction}`;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  return new Set([...groups.values()].flatMap((group, index) => group[(index * STRIDE) % group.length] ?? []));
}

const SELECTION = selected();

export const cases: readonly Case[] = PLACES.map((place) => {
  const { scheme, word, affliction } = place;
  const id = caseId(`${scheme.prefix}-FAULT`, { scheme, word, affliction });
  return cellCase(id, place, SELECTION.has(place) ? {} : { exhaustive: true });
});
