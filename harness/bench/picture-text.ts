/** A bench drawn with box characters. */
import type { BenchPicture, PictureBox } from "./picture.ts";

/** What hangs on the PC stands so far to the right. */
const INDENT = 5;
/** Columns between the borders of a device. */
const INNER = 56;

/** Lines of at most 79 columns, each ended by a line feed. The box at `markedPlace` has a double border and an arrow. */
export function textPicture({ name, pc, boxes }: BenchPicture, markedPlace?: string): string {
  const wired = boxes.filter(({ wire }) => wire !== undefined);
  const loose = boxes.filter(({ wire }) => wire === undefined);
  const lines = [
    ...frame(`PC, bench ${name}`, pc, false, INNER),
    ...wired.flatMap((box, index) => hang(box, index === wired.length - 1, markedPlace)),
    ...loose.flatMap((box) => ["", ...draw(box, markedPlace, INNER).map((line) => " ".repeat(INDENT) + line)]),
  ];
  const arrowAt = lines.findIndex((line) => line.includes("╔")) + 1;
  return lines.map((line, at) => `${at > 0 && at === arrowAt ? `${line} ◀ HERE` : line}\n`).join("");
}

/** A device under the PC, at the end of its wire. */
function hang(box: PictureBox, isLast: boolean, marked: string | undefined): string[] {
  const below = isLast ? "     " : "  │  ";
  const drawn = draw(box, marked, INNER).map((line, at) => {
    if (at === 0) return `  │  ${line}`;
    return at === 1 ? `  ${isLast ? "└" : "├"}──${joined(line)}` : below + line;
  });
  return [`  │ ${box.wire}`, ...drawn];
}

function joined(line: string): string {
  return line.replace(/^│/, "┤").replace(/^║/, "╢");
}

function draw({ place, label, holds }: PictureBox, marked: string | undefined, inner: number): string[] {
  const inside = holds.flatMap((box) => draw(box, marked, inner - 4));
  return frame(place === label ? place : `${place}: ${label}`, inside, place === marked, inner);
}

/** A border around a title and lines, with `inner` columns between its sides. */
function frame(title: string, inside: readonly string[], isDouble: boolean, inner: number): string[] {
  const [side, level, corners] = isDouble ? (["║", "═", "╔╗╚╝"] as const) : (["│", "─", "┌┐└┘"] as const);
  const row = (text: string) => `${side} ${sized(text, inner - 1)}${side}`;
  const flat = level.repeat(inner);
  return [`${corners[0]}${flat}${corners[1]}`, row(title), ...inside.map(row), `${corners[2]}${flat}${corners[3]}`];
}

/** Exactly so many columns: cut with an ellipsis, or filled up with blanks. */
function sized(text: string, columns: number): string {
  const points = [...text];
  if (points.length > columns) return `${points.slice(0, columns - 1).join("")}…`;
  return text + " ".repeat(columns - points.length);
}
