/** Distributions of times on one logarithmic axis: a row of bars for each name, with its percentiles in numbers. */
import type { Spread } from "../document/blocks.ts";
import { CONTENT_WIDTH, INKS, type Look, PAGE } from "./look.ts";
import type { Paper } from "./paper.ts";
import { drawRule, drawText, n } from "./pen.ts";
import { Part } from "./sheet.ts";

const NAME_WIDTH = 128;
const NUMBERS_WIDTH = 138;
const GAP = 8;
const PLOT = { x: PAGE.left + NAME_WIDTH + GAP, width: CONTENT_WIDTH - NAME_WIDTH - NUMBERS_WIDTH - 2 * GAP } as const;
const ROW = 30;
const AXIS = 16;
const NAME: Look = { face: "bold", size: 7.6, ink: "ink" };
const NUMBER: Look = { face: "regular", size: 6.8, ink: "soft" };

export function setSpreads(paper: Paper, spreads: readonly Spread[], caption: string, parent: Part): void {
  if (spreads.length === 0) return;
  const part = new Part("Figure", parent, caption);
  // Times of zero have no place on a logarithmic axis: it begins with the least that has.
  const positive = spreads.flatMap(({ minMs, maxMs }) => [minMs, maxMs]).filter((ms) => ms > 0);
  const least = positive.length > 0 ? Math.min(...positive) : 1;
  const most = Math.max(...positive, least * 1.001);
  const place = (ms: number): number =>
    PLOT.x + (PLOT.width * Math.log(Math.max(ms, least) / least)) / Math.log(most / least);
  for (const spread of spreads) {
    const y = paper.claim(ROW);
    drawText(paper.sheet, paper.faces, spread.name, NAME, PAGE.left, y + 7, part, NAME_WIDTH);
    drawText(paper.sheet, paper.faces, `${spread.count} times`, NUMBER, PAGE.left, y + 17, part, NAME_WIDTH);
    drawBars(paper, spread, y, part);
    drawMarks(paper, spread, y, place, part);
    drawNumbers(paper, spread, y, part);
  }
  drawAxis(paper, least, most, place, part);
  paper.gap(8);
}

function drawBars(paper: Paper, { bins }: Spread, y: number, part: Part): void {
  const highest = Math.max(1, ...bins);
  const width = PLOT.width / Math.max(1, bins.length);
  for (const [index, count] of bins.entries()) {
    if (count === 0) continue;
    // The rarest time is seen too.
    const height = Math.max(0.8, ((ROW - 8) * count) / highest);
    const bar = `${n(PLOT.x + index * width)} ${n(y + ROW - 2 - height)} ${n(width * 0.9)} ${n(height)} re f`;
    paper.sheet.draw(part, `0.55 0.68 0.8 rg ${bar}`);
  }
  drawRule(paper.sheet, PLOT.x, y + ROW - 2, PLOT.width);
}

/** Median solid, 95 % dashed, 99 % dotted. */
function drawMarks(paper: Paper, spread: Spread, y: number, place: (ms: number) => number, part: Part): void {
  const marks = [
    [spread.medianMs, "[] 0 d"],
    [spread.p95Ms, "[3 1.5] 0 d"],
    [spread.p99Ms, "[1 1.5] 0 d"],
  ] as const;
  for (const [ms, dashes] of marks) {
    const x = n(place(ms));
    paper.sheet.draw(part, `${INKS.fail} RG 0.9 w ${dashes} ${x} ${n(y + 4)} m ${x} ${n(y + ROW - 2)} l S [] 0 d`);
  }
}

function drawNumbers(paper: Paper, spread: Spread, y: number, part: Part): void {
  const x = PAGE.left + CONTENT_WIDTH - NUMBERS_WIDTH;
  const rows = [
    `median ${time(spread.medianMs)}, 95 % ${time(spread.p95Ms)}`,
    `99 % ${time(spread.p99Ms)}, ${time(spread.minMs)} to ${time(spread.maxMs)}`,
  ];
  for (const [index, text] of rows.entries()) {
    drawText(paper.sheet, paper.faces, text, NUMBER, x, y + 7 + index * 10, part, NUMBERS_WIDTH);
  }
}

/** Decades, or the ends where there is none between them. */
function drawAxis(paper: Paper, least: number, most: number, place: (ms: number) => number, part: Part): void {
  const y = paper.claim(AXIS);
  const decades: number[] = [];
  for (let power = Math.ceil(Math.log10(least)); 10 ** power <= most; power++) decades.push(10 ** power);
  for (const ms of decades.length > 1 ? decades : [least, most]) {
    const x = place(ms);
    paper.sheet.draw(part, `${INKS.soft} RG 0.5 w ${n(x)} ${n(y - 2)} m ${n(x)} ${n(y + 1)} l S`);
    drawText(paper.sheet, paper.faces, time(ms), NUMBER, x - 30, y + 3, part, 60, "centre");
  }
}

function time(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return ms >= 0.1 || ms === 0 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms * 1000).toPrecision(3))} µs`;
}
