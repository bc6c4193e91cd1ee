/** The table of `load.md` 5: every zero value load request with every answer of the card that can be, for both sources of funds. */
import type { Case } from "../../define/case.ts";
import { casesOf, product } from "../../define/product.ts";
import { BOTH } from "../../load/support/sources.ts";
import { cellCase } from "./cell.ts";
import { ANSWERS, COUNTERS, canBe, DEEDS, FIRST_SIGNATURES } from "./dimensions.ts";

const PLACES = product({ counter: COUNTERS, s1: FIRST_SIGNATURES, deed: DEEDS, answer: ANSWERS, source: BOTH }).filter(
  ({ deed, answer }) => canBe(deed, answer),
);

export const cases: readonly Case[] = casesOf("NEG-TABLE", PLACES, ({ source, ...place }, id) =>
  cellCase(id, place, source),
);
