/** Tables: columns of fixed widths, a head that every page repeats, rows that stay whole where a page can hold them. */
import type { Column, Row, Text } from "../document/blocks.ts";
import { isList, type Line, linesOf, naturalWidth, type Paragraph, paragraphsOf, widestWord } from "./lines.ts";
import { BODY_HEIGHT, CONTENT_WIDTH, type Look, PAGE, SMALL } from "./look.ts";
import type { Paper } from "./paper.ts";
import { drawBox, drawLine, drawRule } from "./pen.ts";
import { Part } from "./sheet.ts";

const PADDING = { side: 3, above: 2.2, below: 2.4 } as const;
const HEAD: Look = { face: "bold", size: 7.2, ink: "soft" };
/** A column that must not wrap may take this share of the width. */
const MOST_UNWRAPPED = 0.26;
/** A column of ids this one: who searches a report for an id has to find it. */
const MOST_ID = 0.4;
/** All such columns together may take this share; where they need more, weights decide. */
const MOST_TIGHT = 0.72;
/** A row of more than this share of a page is broken over pages. */
const MOST_WHOLE = 0.4;
/** Columns above which letters are made smaller. */
const MANY_COLUMNS = 9;

export interface TableLook {
  /** The first cell of each row names the row. */
  readonly named?: boolean;
  /** Columns have no heads. */
  readonly headless?: boolean;
}

export function setTable(
  paper: Paper,
  columns: readonly Column[],
  rows: readonly Row[],
  parent: Part,
  { named = true, headless = false }: TableLook = {},
): void {
  const look = columns.length > MANY_COLUMNS ? { ...SMALL, size: 6.2 } : SMALL;
  const head = columns.length > MANY_COLUMNS ? { ...HEAD, size: 6 } : HEAD;
  const texts = rows.map(({ cells }) => cells.map((cell) => paragraphsOf(spread(cell), look, paper.faces)));
  const heads = columns.map(({ title }) => paragraphsOf(title, head, paper.faces));
  const widths = columnWidths(columns, [heads, ...texts]);
  const table = new Part("Table", parent);
  if (!headless) repeatHead(paper, columns, heads, widths, head, table);
  for (const [index, row] of rows.entries()) {
    const part = new Part("TR", table);
    const cells = (texts[index] ?? []).map((text, at) => linesOf(text, inner(widths[at]), look));
    const types = cells.map((_, at) => new Part(named && at === 0 ? "TH" : "TD", part));
    setRow(paper, { row, cells, types, columns, widths });
  }
  paper.flush();
  paper.repeat(undefined);
  paper.gap(8);
}

/** Links beside each other, as a cell of ids holds them, stand apart. */
function spread(text: Text): Text {
  if (!isList(text)) return text;
  return text.flatMap((inline, index) => {
    const before = text[index - 1];
    const touch = isLink(inline) && before !== undefined && isLink(before);
    return touch ? [" ", inline] : [inline];
  });
}

function isLink(inline: Exclude<Text, readonly unknown[]>): boolean {
  return typeof inline !== "string" && "kind" in inline && inline.kind === "link";
}

interface SetRow {
  readonly row: Row;
  readonly cells: readonly (readonly Line[])[];
  readonly types: readonly Part[];
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
}

function setRow(paper: Paper, { row, cells, types, columns, widths }: SetRow): void {
  const edges = PADDING.above + PADDING.below;
  const whole = Math.max(0, ...cells.map(heightOf)) + edges;
  let rest = cells;
  let isFirst = true;
  do {
    const mayBreak = whole > BODY_HEIGHT * MOST_WHOLE;
    if (mayBreak && paper.room < 60 && !paper.isAtTop) paper.newPage();
    const most = Math.max(paper.room, 60) - edges;
    const now = mayBreak ? rest.map((lines) => lines.slice(0, fitting(lines, most))) : rest;
    const height = Math.max(0, ...now.map(heightOf)) + edges;
    const y = paper.claim(height);
    if (isFirst) paper.mark(row.id, y);
    if (row.marked) drawBox(paper.sheet, PAGE.left, y, CONTENT_WIDTH, height, "marked");
    drawCells(paper, now, types, columns, widths, y + PADDING.above);
    drawRule(paper.sheet, PAGE.left, y + height, CONTENT_WIDTH);
    rest = rest.map((lines, index) => lines.slice(now[index]?.length));
    isFirst = false;
  } while (rest.some((lines) => lines.length > 0));
}

/** How many lines fit; one at least, so that something is set. */
function fitting(lines: readonly Line[], most: number): number {
  let height = 0;
  for (const [index, line] of lines.entries()) {
    height += line.height;
    if (height > most) return Math.max(1, index);
  }
  return lines.length;
}

function drawCells(
  paper: Paper,
  cells: readonly (readonly Line[])[],
  parts: readonly Part[],
  columns: readonly Column[],
  widths: readonly number[],
  top: number,
): void {
  let x: number = PAGE.left;
  for (const [index, lines] of cells.entries()) {
    const width = widths[index] ?? 0;
    const align = columns[index]?.look === "number" ? "right" : "left";
    let y = top;
    for (const line of lines) {
      drawLine(paper.sheet, line, x + (index === 0 ? 0 : PADDING.side), y, parts[index], inner(width), align);
      y += line.height;
    }
    x += width;
  }
}

function repeatHead(
  paper: Paper,
  columns: readonly Column[],
  heads: readonly (readonly Paragraph[])[],
  widths: readonly number[],
  look: Look,
  table: Part,
): void {
  const cells = heads.map((text, index) => linesOf(text, inner(widths[index]), look));
  const height = Math.max(0, ...cells.map(heightOf)) + PADDING.above + PADDING.below;
  const part = new Part("TR", table);
  const parts = cells.map(() => new Part("TH", part));
  const drawAs = (of: readonly Part[]) => (y: number) => {
    drawCells(paper, cells, of, columns, widths, y + PADDING.above);
    drawRule(paper.sheet, PAGE.left, y + height, CONTENT_WIDTH, "soft", 0.8);
  };
  paper.keepWithNext({
    height,
    draw: (y) => {
      drawAs(parts)(y);
      // Where it is repeated it decorates: who has the table read hears it once.
      paper.repeat({ height, draw: drawAs([]) });
    },
  });
}

/** Columns that must not wrap get what they need, up to a bound; the others share the rest by weight, none more than it needs. */
function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly (readonly Paragraph[])[])[],
): readonly number[] {
  const weights = columns.map((column) => column.weight ?? 1);
  const needs = columns.map(({ look }, index) => {
    // A column of ids may have several lines in a cell, but no id is broken.
    const widthOf = look === "wide" ? widestWord : naturalWidth;
    let need = 0;
    for (const row of rows) need = Math.max(need, widthOf(row[index] ?? []));
    return need + 2 * PADDING.side;
  });
  const isTight = columns.map(({ look }) => look !== undefined);
  const tight = needs.map((need, index) => (isTight[index] ? Math.min(need, CONTENT_WIDTH * most(columns[index])) : 0));
  const taken = tight.reduce((sum, width) => sum + width, 0);
  const isLoose = isTight.map((each) => !each);
  if (taken > CONTENT_WIDTH * MOST_TIGHT || !isLoose.includes(true)) return shared(CONTENT_WIDTH, weights);
  return satisfied(tight, isLoose, needs, weights, CONTENT_WIDTH - taken);
}

function most(column: Column | undefined): number {
  return column?.look === "wide" ? MOST_ID : MOST_UNWRAPPED;
}

/** Gives columns that need less than their share what they need, and shares what is left among the others. */
function satisfied(
  given: readonly number[],
  isLoose: readonly boolean[],
  needs: readonly number[],
  weights: readonly number[],
  room: number,
): readonly number[] {
  const shares = shared(
    room,
    weights.map((weight, index) => (isLoose[index] ? weight : 0)),
  );
  const modest = needs.map((need, index) => isLoose[index] === true && need < (shares[index] ?? 0));
  if (!modest.includes(true) || needs.every((_, index) => !isLoose[index] || modest[index])) {
    return given.map((width, index) => width + (shares[index] ?? 0));
  }
  const now = given.map((width, index) => (modest[index] ? (needs[index] ?? 0) : width));
  const used = needs.reduce((sum, need, index) => sum + (modest[index] ? need : 0), 0);
  const left = isLoose.map((loose, index) => loose && !modest[index]);
  return satisfied(now, left, needs, weights, room - used);
}

function shared(width: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (width * weight) / sum);
}

function inner(width: number | undefined): number {
  return (width ?? 0) - 2 * PADDING.side;
}

function heightOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { height }) => sum + height, 0);
}
