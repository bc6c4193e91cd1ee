/** What the seed document says of how often the parties speak to each other, held against what was counted. */
import { COUNTED_LINKS, type CountedLink } from "./traffic.ts";
import type { Figure, VariantFigures } from "./variants.ts";

/**
 * Round trips of one purchase. [0060]: "instead of two round trips of information between the terminal and payment server,
 * there is only one"; [0061]: "message exchange between the cable head end server and the payment server is reduced to one
 * round trip"; [0063]: FIG 7 "has all of the advantages of the previous embodiment". The merchant is asked for the page and
 * told of the outcome (602 to 606, 636 to 640); the set-top box selects, gives the card's information and the card's answer.
 */
export const SEED_ROUND_TRIPS: Readonly<Record<Figure, Readonly<Record<CountedLink, number>>>> = {
  "FIG 4": { cable: 3, "234": 2, "236": 2, LAN: 2, line: 2 },
  "FIG 5": { cable: 3, "234": 2, "236": 2, LAN: 1, line: 1 },
  "FIG 6": { cable: 3, "234": 2, "236": 1, LAN: 1, line: 1 },
  "FIG 7": { cable: 3, "234": 2, "236": 1, LAN: 1, line: 1 },
};

/** One sentence for each count that is not the seed's, and for each figure whose terminal is not free earlier than in FIG 4 ([0059]). */
export function seedFlaws(figures: readonly VariantFigures[]): readonly string[] {
  return figures.flatMap(({ figure, traffic, lineBaud, networkRoundTripMs, belowFig4 }) => {
    const where = `${figure} at ${lineBaud} bit/s and ${networkRoundTripMs} ms`;
    const wrong = COUNTED_LINKS.filter((link) => traffic[link].roundTrips !== SEED_ROUND_TRIPS[figure][link]);
    const counts = wrong.map(
      (link) =>
        `${where}: ${traffic[link].roundTrips} round trips on ${link}, expected ${SEED_ROUND_TRIPS[figure][link]}`,
    );
    const isLate = figure !== "FIG 4" && !(belowFig4 > 0);
    return isLate ? [...counts, `${where}: the terminal is not free earlier than in FIG 4`] : counts;
  });
}
