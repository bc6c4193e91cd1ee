/** Draws a plot of times as SVG. Colours come from the page. */
import { shorten } from "../text/clean.ts";
import { type Markup, markup } from "../text/markup.ts";
import { type Bar, PLOT, type Plot, type PlotRow } from "./layout.ts";

/** Characters of a name that fit beside the axis. */
const NAME_FITS = 28;

/** One `<svg>` with a title; `id` must be unique on the page. The marks differ in shape: median, 95 %, 99 %. */
export function plotSvg(plot: Plot, id: string, title: string): Markup {
  const { width, height, ticks, rows } = plot;
  return markup`<svg class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title"><title id="${id}-title">${title}</title>
${ticks.map(({ x, label }) => markup`<line class="tick" x1="${fixed(x)}" y1="${PLOT.head - 4}" x2="${fixed(x)}" y2="${height - PLOT.foot}"/><text class="tick-label" x="${fixed(x)}" y="12" text-anchor="middle">${label}</text>`)}
${rows.map(drawRow)}
</svg>`;
}

function drawRow({ name, y, bars, median, p95, p99 }: PlotRow): Markup {
  return markup`<g><text class="plot-name" x="${PLOT.names - 12}" y="${y - 5}" text-anchor="end">${shorten(name, NAME_FITS)}</text>
<line class="base" x1="${PLOT.names}" y1="${y}" x2="${PLOT.width - PLOT.margin}" y2="${y}"/>${bars.map((bar) => drawBar(bar, y))}
<line class="median" x1="${fixed(median)}" y1="${y - PLOT.bar - 3}" x2="${fixed(median)}" y2="${y + 3}"/>
<path class="p95" d="M${fixed(p95)} ${y}l-4 5h8Z"/><rect class="p99" x="${fixed(p99 - 2.5)}" y="${y + 1}" width="5" height="5"/></g>`;
}

function drawBar({ x, width, height }: Bar, y: number): Markup {
  return markup`<rect class="bar" x="${fixed(x)}" y="${fixed(y - height)}" width="${fixed(Math.max(1, width - 0.6))}" height="${fixed(height)}"/>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
