/** A bench drawn as SVG, for pages: nothing in it but shapes and text, no style sheet, no script. */
import { type BenchPicture, boxesOf, type PictureBox } from "./picture.ts";

/** Lengths in user units, CSS pixels at full size. */
const SIZE = { width: 720, pc: 170, left: 350, line: 20, pad: 10, gap: 18, font: 14 } as const;
const INK = "#1b1f24";
const PAPER = "#ffffff";
const MARK = { fill: "#ffe08a", stroke: "#b42318" } as const;

/** The picture as an `svg` element with a title for screen readers. The box at `markedPlace` is filled, has a thick border, and says "here". */
export function drawPicture(picture: BenchPicture, markedPlace?: string): string {
  const placed = stack(picture.boxes, SIZE.gap);
  const pcHeight = (picture.pc.length + 2) * SIZE.line + 2 * SIZE.pad;
  const height = Math.max(placed.height, pcHeight + 2 * SIZE.gap);
  const body = placed.boxes.map(({ box, y }) => [
    box.wire === undefined ? "" : wire(y + SIZE.line, box.wire),
    draw(box, { x: SIZE.left, y, width: SIZE.width - SIZE.left - SIZE.gap }, markedPlace),
  ]);
  const isMarked = boxesOf(picture).some(({ place }) => place === markedPlace);
  const title = `The bench ${picture.name}${isMarked ? `; ${markedPlace} is marked` : ""}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" class="bench-picture" viewBox="0 0 ${SIZE.width} ${height}"`,
    ` font-family="system-ui, sans-serif" font-size="${SIZE.font}" fill="${INK}"><title>${escaped(title)}</title>`,
    `<rect width="${SIZE.width}" height="${height}" fill="${PAPER}"/>`,
    rect({ x: SIZE.gap, y: SIZE.gap, width: SIZE.pc, height: height - 2 * SIZE.gap }, false),
    ...[`PC`, `bench ${picture.name}`, ...picture.pc].map((text, index) =>
      words(SIZE.gap + SIZE.pad, SIZE.gap + (index + 1) * SIZE.line, text, SIZE.pc - 2 * SIZE.pad, index === 0),
    ),
    ...body.flat(),
    "</svg>",
  ].join("");
}

interface Placed {
  readonly boxes: readonly { readonly box: PictureBox; readonly y: number }[];
  readonly height: number;
}

function stack(boxes: readonly PictureBox[], gap: number): Placed {
  let y = gap;
  const placed = boxes.map((box) => {
    const at = { box, y };
    y += heightOf(box) + gap;
    return at;
  });
  return { boxes: placed, height: y };
}

/** Two lines of text, and what is inside. */
function heightOf({ holds }: PictureBox): number {
  return 2 * SIZE.line + SIZE.pad + (holds.length > 0 ? stack(holds, SIZE.pad).height : 0);
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function draw(box: PictureBox, { x, y, width }: Area, marked: string | undefined): string {
  const isMarked = box.place === marked;
  const inside = stack(box.holds, SIZE.pad);
  const top = y + 2 * SIZE.line + SIZE.pad / 2;
  const inner = (at: number): Area => ({ x: x + SIZE.pad, y: top + at, width: width - 2 * SIZE.pad });
  const text = width - 2 * SIZE.pad;
  return [
    rect({ x, y, width, height: heightOf(box) }, isMarked),
    words(x + SIZE.pad, y + SIZE.line, isMarked ? `▶ ${box.place}: here` : box.place, text, true),
    words(x + SIZE.pad, y + 2 * SIZE.line, box.label, text, false),
    ...inside.boxes.map((each) => draw(each.box, inner(each.y), marked)),
  ].join("");
}

function rect({ x, y, width, height }: Area & { readonly height: number }, isMarked: boolean): string {
  const [fill, stroke, thick] = isMarked ? [MARK.fill, MARK.stroke, 4] : [PAPER, INK, 1.5];
  const area = `x="${x}" y="${y}" width="${width}" height="${height}" rx="6"`;
  return `<rect ${area} fill="${fill}" stroke="${stroke}" stroke-width="${thick}"/>`;
}

function wire(y: number, text: string): string {
  const from = SIZE.gap + SIZE.pc;
  const line = `<line x1="${from}" y1="${y}" x2="${SIZE.left}" y2="${y}" stroke="${INK}" stroke-width="1.5"/>`;
  return line + words(from + 4, y - 5, text, SIZE.left - from - 8, false);
}

/** Text that is squeezed where it would be wider than `most`; cut where that would make it hard to read. */
function words(x: number, y: number, text: string, most: number, isBold: boolean): string {
  const glyph = SIZE.font * 0.56;
  const points = [...text];
  const fits = Math.floor((most / glyph) * 1.35);
  const shown = points.length > fits ? `${points.slice(0, fits - 1).join("")}…` : text;
  const squeeze = [...shown].length * glyph > most ? ` textLength="${most}" lengthAdjust="spacingAndGlyphs"` : "";
  const weight = isBold ? ' font-weight="600"' : "";
  return `<text x="${x}" y="${y}"${weight}${squeeze}>${escaped(shown)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
