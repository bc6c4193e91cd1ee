import { beforeAll, describe, expect, test } from "vitest";
import { SEED_ROUND_TRIPS, seedFlaws } from "./seed-trips.ts";
import { COUNTED_LINKS } from "./traffic.ts";
import { FIGURES, measureVariants, type VariantTable } from "./variants.ts";
import { variantsText } from "./variants-text.ts";

const BAUD = 9_600;
const ROUND_TRIP_MS = 50;
const CARD_MS = 300;
const BOXES = 6;

describe("FIG 4 to 7 side by side", () => {
  let table: VariantTable;
  beforeAll(async () => {
    table = await measureVariants({
      lineBauds: [BAUD],
      networkRoundTripsMs: [ROUND_TRIP_MS],
      cardDebitMs: CARD_MS,
      boxes: BOXES,
    });
  });

  test("speak to each other as often as the seed says", () => {
    expect(table.figures.map(({ figure }) => figure)).toEqual(FIGURES);
    for (const { figure, traffic } of table.figures) {
      const counted = Object.fromEntries(COUNTED_LINKS.map((link) => [link, traffic[link].roundTrips]));
      expect(counted, figure).toEqual(SEED_ROUND_TRIPS[figure]);
    }
    expect(seedFlaws(table.figures)).toEqual([]);
  });

  test("take a terminal as long as characters, network and card take, and no longer", () => {
    const onLine = (bytes: number) => (bytes * 11_000) / BAUD;
    const [base, ...others] = table.figures;
    // in FIG 4 the terminal waits for 236 and the cable, there and back, and for the card
    expect(base?.occupancyMs).toBeCloseTo(onLine(base?.traffic.line.bytes ?? 0) + 2 * ROUND_TRIP_MS + CARD_MS, 6);
    for (const { occupancyMs, traffic, figure } of others) {
      expect(occupancyMs, figure).toBeCloseTo(onLine(traffic.line.bytes), 6);
    }
  });

  test("and a terminal that is wanted by many sells without a pause", () => {
    for (const { figure, occupancyMs, salesPerSecond, belowFig4 } of table.figures) {
      expect(salesPerSecond, figure).toBeCloseTo(1000 / occupancyMs, 6);
      const below = 1 - occupancyMs / (table.figures[0]?.occupancyMs ?? 0);
      expect(belowFig4, figure).toBeCloseTo(below, 12);
    }
  });

  test("are printed with the seed's counts and by how much the terminal is free earlier", () => {
    const text = variantsText(table);
    expect(text).toMatch(/FIG 4 .* 2 \/ 4 \/ 327$/m);
    expect(text).toMatch(/seed, FIG 6 +3 +2 +1 +1 +1$/m);
    const [, second] = table.figures;
    expect(text).toContain(`${(100 * (second?.belowFig4 ?? 0)).toFixed(1)} %`);
  });

  test("a count that is not the seed's is a flaw, and so is a terminal that is not free earlier", () => {
    const [, , third] = table.figures;
    if (!third) throw new Error("unreachable: four figures were measured");
    const { traffic } = third;
    const twice = { ...third, traffic: { ...traffic, "236": { ...traffic["236"], roundTrips: 2 } } };
    expect(seedFlaws([twice])).toEqual([
      `FIG 6 at ${BAUD} bit/s and ${ROUND_TRIP_MS} ms: 2 round trips on 236, expected 1`,
    ]);
    expect(seedFlaws([{ ...third, belowFig4: 0 }])).toHaveLength(1);
    expect(variantsText({ ...table, figures: [twice] })).toContain("FLAW FIG 6");
  });
});
