/** Every message of every scheme, and everything that can befall it. */
import type { Case } from "../../define/case.ts";
import { caseId } from "../../define/product.ts";
import { cellCase } from "./cell.ts";
import { befalls, COLUMNS } from "./columns.ts";
import type { Place } from "./place.ts";
import { SCHEMES } from "./schemes.ts";
import { wordsOf } from "./words.ts";

const PLACES: readonly Place[] = SCHEMES.flatMap((scheme) =>
  wordsOf(scheme).flatMap((word) =>
    COLUMNS.filter((column) => befalls(column, word, scheme)).map((column) => ({ scheme, word, column })),
  ),
);

/** Steps through a group that meet all its places before any of them again. */
const STRIDE = 7;

/** Where time is dear: each figure with each column twice, each time with another message, in clear or under the encryption layer as it comes. */
function selected(): ReadonlySet<Place> {
  const groups = new Map<string, Place[]>();
  for (const place of PLACES) {
    const key = `${place.scheme.id.replace("-AES", "")} ${place.column.id}`;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  const two = (group: readonly Place[], nth: number) =>
    [nth * STRIDE, nth * STRIDE + (group.length >> 1)].flatMap((at) => group[at % group.length] ?? []);
  return new Set([...groups.values()].flatMap(two));
}

const SELECTION = selected();

export const cases: readonly Case[] = PLACES.map((place) => {
  const id = caseId(`${place.scheme.prefix}-FAULT`, { ...place });
  return cellCase(id, place, SELECTION.has(place) ? {} : { exhaustive: true });
});
