/** The logarithmic axis of a plot of times. */
import type { Spread } from "../document/blocks.ts";

/** Evidence keeps microseconds: what took less is drawn there. */
const LEAST_MS = 0.001;

export interface Axis {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From the least to the greatest time of all of them. */
export function axisOf(spreads: readonly Pick<Spread, "minMs" | "maxMs">[]): Axis {
  let [leastMs, mostMs] = [Number.POSITIVE_INFINITY, LEAST_MS];
  for (const { minMs, maxMs } of spreads) {
    leastMs = Math.min(leastMs, Math.max(minMs, LEAST_MS));
    mostMs = Math.max(mostMs, maxMs);
  }
  return { leastMs: Math.min(leastMs, mostMs), mostMs };
}

/** 0 at the beginning of the axis, 1 at its end; in the middle where it has no length. */
export function placeOn({ leastMs, mostMs }: Axis, ms: number): number {
  const span = Math.log(mostMs / leastMs);
  if (span === 0) return 0.5;
  return Math.min(1, Math.max(0, Math.log(Math.max(ms, leastMs) / leastMs) / span));
}

/** Counts in `bins` bins of equal width. */
export function binned(values: Float64Array, axis: Axis, bins: number): readonly number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(placeOn(axis, value) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The least value that `share` per cent of the values do not exceed (nearest rank); 0 of none. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

/** Round times on the axis: 1, 2 and 5 of every decade, or only 1 where that would be many; its ends where it is short. */
export function ticksOf(axis: Axis): readonly number[] {
  const { leastMs, mostMs } = axis;
  const decades = Math.log10(mostMs / leastMs);
  const steps = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(leastMs)); power <= Math.ceil(Math.log10(mostMs)); power++) {
    for (const step of steps) {
      const tick = Number(`${step}e${power}`);
      if (tick >= leastMs && tick <= mostMs) ticks.push(tick);
    }
  }
  return ticks.length >= 2 ? ticks : [...new Set([leastMs, mostMs])];
}

/** "4 µs", "1.5 ms", "2 s": three digits. */
export function timeText(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1) return `${digits(ms * 1000)} µs`;
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
