import { expect, test } from "vitest";
import { product } from "../../define/product.ts";
import { ANSWERS, COUNTERS, canBe, DEEDS, FIRST_SIGNATURES, IMPOSSIBLE } from "./dimensions.ts";
import { endingOf } from "./oracle.ts";
import { cases } from "./table.suite.ts";

const PLACES = product({ counter: COUNTERS, s1: FIRST_SIGNATURES, deed: DEEDS, answer: ANSWERS });
const possible = PLACES.filter(({ deed, answer }) => canBe(deed, answer));

test("every combination has a case for both sources, or a reason why it cannot be", () => {
  expect(cases).toHaveLength(2 * possible.length);
  expect(PLACES.length - possible.length).toBe(COUNTERS.length * FIRST_SIGNATURES.length * IMPOSSIBLE.length);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

test("where time is dear, a selection of at most 30 stands for the table", () => {
  expect(cases.filter(({ needs }) => needs?.exhaustive !== true).length).toBeLessThanOrEqual(30);
});

test("no card that was loaded is ever taken for one that was not, nor the other way round", () => {
  for (const place of possible) {
    const { status } = endingOf(place);
    expect(status === "not-loaded" && place.deed.id === "LOADED").toBe(false);
    expect(status === "loaded" && place.deed.id === "REFUSED").toBe(false);
  }
});

test("only a valid S1 of just this moment, or one from before the load, is followed by the negative answer itself", () => {
  const endings = possible.map((place) => ({ place, ending: endingOf(place) }));
  const released = endings.filter(({ ending }) => ending.held?.as === "negative").map(({ place }) => place.s1.id);
  expect(new Set(released)).toEqual(new Set(["VALID", "REPLAYED"]));
  const counts = ["loaded", "not-loaded", "unresolved"].map(
    (status) => endings.filter(({ ending }) => ending.status === status).length,
  );
  expect(counts).toEqual([14, 4, 102]);
});
