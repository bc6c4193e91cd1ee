/** Every message of a load from every source, and everything that can befall it. */
import type { Case } from "../../define/case.ts";
import { caseId } from "../../define/product.ts";
import { EVERY } from "../support/sources.ts";
import { cellCase, type Place } from "./cell.ts";
import { COLUMNS } from "./disturbances.ts";
import { wordsOf } from "./words.ts";

const PLACES: readonly Place[] = EVERY.flatMap((source) =>
  wordsOf(source).flatMap((word) =>
    COLUMNS.filter((column) => column.blows(word, source, []).length > 0).map((column) => ({ source, word, column })),
  ),
);

/** Steps through a group that meet all its places before any of them again. */
const STRIDE = 7;

/** Where time is dear: each source with each column once, each time with another message, and BANK and FUND once more. */
function selected(): ReadonlySet<Place> {
  const groups = new Map<string, Place[]>();
  for (const place of PLACES) {
    const key = `${place.source.id} ${place.column.id}`;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  const some = (group: readonly Place[], nth: number) => {
    const first = nth * STRIDE;
    const more = group[0]?.source.id === "BANK" ? [first + (group.length >> 1)] : [];
    return [first, ...more].flatMap((at) => group[at % group.length] ?? []);
  };
  return new Set([...groups.values()].flatMap(some));
}

const SELECTION = selected();

export const cases: readonly Case[] = PLACES.map((place) => {
  const id = caseId("LOAD-FAULT", { ...place });
  return cellCase(id, place, SELECTION.has(place) ? {} : { exhaustive: true });
});
