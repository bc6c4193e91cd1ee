/** A sequence picture as lines and text: who says what to whom. */
import { type Lifeline, type Picture, type Row, SIZE } from "../sequence/layout.ts";
import { shorten, visible } from "../text/clean.ts";
import { BODY_HEIGHT, CONTENT_WIDTH, INKS, type Look, PAGE } from "./look.ts";
import type { Paper } from "./paper.ts";
import { drawBox, drawText, n } from "./pen.ts";
import { Part, type Sheet } from "./sheet.ts";

/** Of the letters of a picture at full size, and of the least that can be read. */
const LETTERS = 11;
/** Mean width of a letter, in its sizes. */
const LETTER_WIDTH = 0.54;
const LONGEST_ROLE = 26;

/** Everything that drawing a picture takes; lengths of the picture times `scale` are points. */
interface Frame {
  readonly paper: Paper;
  readonly sheet: Sheet;
  readonly part: Part;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export function setPicture(paper: Paper, picture: Picture, title: string, parent: Part): void {
  const scale = Math.min(0.75, CONTENT_WIDTH / picture.width, (BODY_HEIGHT - 60) / picture.height);
  const top = paper.claim(picture.height * scale + 8);
  const part = new Part("Figure", parent, title);
  const frame: Frame = { paper, sheet: paper.sheet, part, left: PAGE.left, top, scale };
  for (const lifeline of picture.lifelines) drawLifeline(frame, lifeline, picture.height);
  for (const row of picture.rows) drawRow(frame, row, picture.width);
}

function drawLifeline(frame: Frame, { role, x }: Lifeline, height: number): void {
  const { sheet, part, scale } = frame;
  stroke(frame, `${INKS.rule} RG 0.8 w ${at(frame, x, 30)} m ${at(frame, x, height)} l S`);
  const box = `${at(frame, x - SIZE.box / 2, 4)} ${n(SIZE.box * scale)} ${n(26 * scale)} re`;
  sheet.draw(part, `${INKS.panel} rg ${INKS.soft} RG 0.6 w ${box} B`);
  const name = shorten(visible(role).replaceAll("-", " "), LONGEST_ROLE);
  const size = Math.min(LETTERS, (SIZE.box - 8) / (name.length * LETTER_WIDTH));
  write(frame, name, { face: "bold", size, ink: "ink" }, x - SIZE.box / 2, 21, SIZE.box, "centre");
}

function drawRow(frame: Frame, row: Row, width: number): void {
  write(frame, row.time, look("soft", 10), 0, row.y + 4, SIZE.gutter - 14, "right");
  if (row.kind === "fault") drawFault(frame, row, width);
  else drawMessage(frame, row, width);
}

function drawMessage(frame: Frame, row: Extract<Row, { kind: "message" }>, width: number): void {
  const { x1, x2, y, step, name } = row;
  const forward = x2 >= x1;
  const tip = forward ? x2 - 1 : x2 + 1;
  const back = forward ? tip - 8 : tip + 8;
  stroke(frame, `${INKS.ink} RG 0.9 w ${at(frame, x1, y)} m ${at(frame, back, y)} l S`);
  stroke(frame, `${INKS.ink} rg ${at(frame, tip, y)} m ${at(frame, back, y - 4)} l ${at(frame, back, y + 4)} l f`);
  drawLabel(frame, { x1, x2, y, step, name }, width);
}

/** Centred over its arrow, wider than it where the name is long, and kept inside of the picture, on a ground of its own. */
function drawLabel(
  frame: Frame,
  { x1, x2, y, step, name }: { x1: number; x2: number; y: number; step: string; name: string },
  width: number,
): void {
  const letter = LETTERS * LETTER_WIDTH;
  const room = Math.max(Math.abs(x2 - x1), SIZE.lane * 1.4);
  const label = shorten(visible(step === "" ? name : `${step} ${name}`), Math.floor(room / letter));
  const half = (label.length * letter) / 2;
  const middle = Math.min(Math.max((x1 + x2) / 2, SIZE.gutter + half), width - half);
  const { left, top, scale } = frame;
  const ground = half - 2;
  drawBox(
    frame.sheet,
    left + (middle - ground) * scale,
    top + (y - 17) * scale,
    2 * ground * scale,
    13 * scale,
    "paper",
  );
  write(frame, label, look("ink"), middle - half - 20, y - 6, 2 * half + 40, "centre");
}

function drawFault(frame: Frame, { y, name }: Row, width: number): void {
  const room = width - SIZE.gutter - SIZE.margin;
  const box = `${at(frame, SIZE.gutter, y - 13)} ${n(room * frame.scale)} ${n(22 * frame.scale)} re`;
  stroke(frame, `${INKS.paper} rg ${INKS.inconc} RG 0.8 w [3 2] 0 d ${box} B [] 0 d`);
  write(frame, `bench: ${name}`, { ...look("inconc"), face: "bold" }, SIZE.gutter + 8, y + 3, room - 16, "left");
}

function look(ink: "ink" | "soft" | "inconc", size = LETTERS): Look {
  return { face: "regular", size, ink };
}

/** One line whose base line is at `base`. */
function write(
  { paper, sheet, part, left, top, scale }: Frame,
  text: string,
  style: Look,
  x: number,
  base: number,
  width: number,
  align: "left" | "right" | "centre",
): void {
  const size = style.size * scale;
  const y = top + base * scale - size * 0.97;
  drawText(sheet, paper.faces, text, { ...style, size }, left + x * scale, y, part, width * scale, align);
}

function stroke({ sheet, part }: Frame, operators: string): void {
  sheet.draw(part, operators);
}

function at({ left, top, scale }: Frame, x: number, y: number): string {
  return `${n(left + x * scale)} ${n(top + y * scale)}`;
}
