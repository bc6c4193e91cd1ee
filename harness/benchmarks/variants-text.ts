import { SEED_ROUND_TRIPS, seedFlaws } from "./seed-trips.ts";
import { COUNTED_LINKS } from "./traffic.ts";
import type { VariantFigures, VariantTable } from "./variants.ts";

/** Two tables: what passes, which no speed changes, and what it costs at each speed. */
export function variantsText({ figures, boxes, cardDebitMs }: VariantTable): string {
  const [first] = figures;
  const once = figures.filter(
    ({ lineBaud, networkRoundTripMs }) =>
      lineBaud === first?.lineBaud && networkRoundTripMs === first.networkRoundTripMs,
  );
  const flaws = seedFlaws(figures);
  return [
    "One purchase by FIG 4 to 7, round trips / messages / bytes (on the line with the blocks of T=1; HTTP and TLS framing not counted):",
    row("", COUNTED_LINKS),
    ...once.map(({ figure, traffic }) =>
      row(
        figure,
        COUNTED_LINKS.map((link) => {
          const { roundTrips, messages, bytes } = traffic[link];
          return `${roundTrips} / ${messages} / ${bytes}`;
        }),
      ),
    ),
    ...Object.entries(SEED_ROUND_TRIPS).map(([figure, trips]) =>
      row(
        `  seed, ${figure}`,
        COUNTED_LINKS.map((link) => String(trips[link])),
      ),
    ),
    `One terminal on virtual time; a card takes ${cardDebitMs} ms for its debit, computers take none; ${boxes} set-top boxes queue for it:`,
    row("", ["line, bit/s", "round trip, ms", "occupied, ms", "below FIG 4", "sales/s"]),
    ...figures.map(speedRow),
    ...flaws.map((flaw) => `FLAW ${flaw}`),
    "",
  ].join("\n");
}

function speedRow({
  figure,
  lineBaud,
  networkRoundTripMs,
  occupancyMs,
  belowFig4,
  salesPerSecond,
}: VariantFigures): string {
  return row(figure, [
    String(lineBaud),
    String(networkRoundTripMs),
    occupancyMs.toFixed(1),
    figure === "FIG 4" ? "-" : `${(100 * belowFig4).toFixed(1)} %`,
    salesPerSecond.toFixed(2),
  ]);
}

function row(head: string, cells: readonly string[]): string {
  return `  ${head.padEnd(14)}${cells.map((cell) => cell.padStart(16)).join("")}`;
}
