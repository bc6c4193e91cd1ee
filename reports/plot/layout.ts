/** Where everything of a plot of times stands; lengths in SVG user units (CSS pixels at full size). */
import type { Spread } from "../document/blocks.ts";
import { axisOf, placeOn, ticksOf, timeText } from "./axis.ts";

export const PLOT = { names: 196, width: 720, head: 22, row: 34, bar: 22, foot: 10, margin: 26 } as const;

export interface Bar {
  readonly x: number;
  readonly width: number;
  /** From the base line of its row upwards. */
  readonly height: number;
}

export interface PlotRow {
  readonly name: string;
  /** Base line. */
  readonly y: number;
  readonly bars: readonly Bar[];
  /** Where the marks stand. */
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly rows: readonly PlotRow[];
}

/** One row for each name; all have the same axis. */
export function layOutSpreads(spreads: readonly Spread[]): Plot {
  const axis = axisOf(spreads);
  const length = PLOT.width - PLOT.names - PLOT.margin;
  const at = (ms: number) => PLOT.names + placeOn(axis, ms) * length;
  return {
    width: PLOT.width,
    height: PLOT.head + PLOT.row * spreads.length + PLOT.foot,
    ticks: ticksOf(axis).map((ms) => ({ x: at(ms), label: timeText(ms) })),
    rows: spreads.map(({ name, bins, medianMs, p95Ms, p99Ms }, index) => ({
      name,
      y: PLOT.head + PLOT.row * (index + 1) - 4,
      bars: barsOf(bins, length),
      median: at(medianMs),
      p95: at(p95Ms),
      p99: at(p99Ms),
    })),
  };
}

/** As high as their share of the fullest bin; what is there at all can be seen. */
function barsOf(bins: readonly number[], length: number): readonly Bar[] {
  const most = Math.max(1, ...bins);
  const width = length / bins.length;
  return bins.flatMap((count, index) =>
    count === 0 ? [] : [{ x: PLOT.names + index * width, width, height: Math.max(1.5, (count / most) * PLOT.bar) }],
  );
}
