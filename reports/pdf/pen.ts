/** Drawing on a sheet, as operators of a content stream (ISO 32000-1, annex A). */
import type { Faces } from "./face.ts";
import { type Line, linesOf, type Piece, paragraphsOf } from "./lines.ts";
import { BASE, INKS, type Ink, type Look } from "./look.ts";
import type { Part, Sheet } from "./sheet.ts";

export type Align = "left" | "right" | "centre";

/** Draws a line of text whose upper left corner is at x and y, in `width`. */
export function drawLine(
  sheet: Sheet,
  line: Line,
  x: number,
  y: number,
  part: Part | undefined,
  width = line.width,
  align: Align = "left",
): void {
  const { pieces } = line;
  const room = width - line.width;
  const left = x + (align === "left" ? 0 : align === "right" ? room : room / 2);
  let size = 0;
  for (const { look } of pieces) size = Math.max(size, look.size);
  for (let first = 0; first < pieces.length; ) {
    let next = first + 1;
    while (next < pieces.length && joins(pieces[first], pieces[next])) next++;
    drawPieces(sheet, line, first, next, left, y + size * BASE, part);
    first = next;
  }
}

/** One line that is cut where it is too long. */
export function drawText(
  sheet: Sheet,
  faces: Faces,
  text: string,
  look: Look,
  x: number,
  y: number,
  part: Part | undefined,
  width = Number.POSITIVE_INFINITY,
  align: Align = "left",
): void {
  const [line, ...more] = linesOf(paragraphsOf(text, look, faces), width, look);
  if (!line) return;
  if (more.length === 0) {
    drawLine(sheet, line, x, y, part, align === "left" ? line.width : width, align);
    return;
  }
  const [cut] = linesOf(paragraphsOf("…", look, faces), width, look);
  drawLine(sheet, line, x, y, part);
  if (cut) drawLine(sheet, cut, x + Math.min(line.width, width - cut.width), y, part);
}

export function drawRule(sheet: Sheet, x: number, y: number, width: number, ink: Ink = "rule", weight = 0.5): void {
  sheet.draw(undefined, `${INKS[ink]} RG ${weight} w ${n(x)} ${n(y)} m ${n(x + width)} ${n(y)} l S`);
}

export function drawBox(sheet: Sheet, x: number, y: number, width: number, height: number, ink: Ink): void {
  sheet.draw(undefined, `${INKS[ink]} rg ${n(x)} ${n(y)} ${n(width)} ${n(height)} re f`);
}

/** Neighbours in one look, with one aim. */
function joins(first: Piece | undefined, next: Piece | undefined): boolean {
  if (!first || !next || first.look !== next.look || first.to !== next.to) return false;
  return first.run.kind === "glyphs" && next.run.kind === "glyphs";
}

/** The pieces from `from` to before `to`, which look alike. */
function drawPieces(
  sheet: Sheet,
  { pieces, at }: Line,
  from: number,
  to: number,
  left: number,
  base: number,
  part: Part | undefined,
): void {
  const first = pieces[from];
  if (!first) return;
  const { size, ink } = first.look;
  const start = at[from] ?? 0;
  const x = left + start;
  if (first.run.kind === "sign") drawSign(sheet, first, x, base, part);
  else {
    let body = "";
    for (let index = from; index < to; index++) {
      const { run, spaced = false, face } = pieces[index] ?? first;
      // A blank at the beginning of a line is none; any other stays in the text, so that who copies or hears it has the words apart.
      if (spaced && (at[index] ?? 0) > 0) body += face.space.body;
      if (run.kind === "glyphs") body += run.body;
    }
    const blank = first.spaced && start > 0 ? (first.face.space.width * size) / 1000 : 0;
    const place = `1 0 0 -1 ${n(x - blank)} ${n(base)} Tm`;
    sheet.draw(part, `BT /${first.face.font.id} ${n(size)} Tf ${INKS[ink]} rg ${place} [${body}] TJ ET`);
  }
  if (first.to === undefined) return;
  const width = (at[to - 1] ?? 0) + (pieces[to - 1]?.width ?? 0) - start;
  sheet.links.push({ x, y: base - size * BASE, width, height: size * 1.25, to: first.to });
}

/** As a shape. Who copies or hears it has the character: that of a blank which is not painted, under its own name (14.9.4). */
function drawSign(sheet: Sheet, { run, look, face }: Piece, x: number, base: number, part: Part | undefined): void {
  if (run.kind !== "sign") return;
  const scale = look.size / 1000;
  const paths = run.sign.strokes.map((points) =>
    points
      .map(([px, py], index) => `${n(x + px * scale)} ${n(base - py * scale)} ${index === 0 ? "m" : "l"}`)
      .join(" "),
  );
  const code = run.text.charCodeAt(0).toString(16).padStart(4, "0");
  const blank = `BT /${face.font.id} ${n(look.size)} Tf 3 Tr 1 0 0 -1 ${n(x)} ${n(base)} Tm [${face.space.body}] TJ 0 Tr ET`;
  const shape = `${INKS[look.ink]} RG ${n(look.size * 0.105)} w 1 j 1 J ${paths.join(" ")} S`;
  sheet.draw(part, `/Span <</ActualText <feff${code}>>> BDC ${blank} ${shape} EMC`);
}

/** Two digits behind the point are 0.004 mm. */
export function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}
