/** Draws a sequence picture as SVG. Colours come from the page, so that light, dark and print all fit. */
import { shorten } from "../text/clean.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { type Lifeline, type Picture, type Row, SIZE } from "./layout.ts";

/** Mean width of a character of the label font, in user units. */
const CHARACTER = 5.9;

/** Characters of a role's name that its box holds, and at most. */
const ROLE_FITS = 18;
const LONGEST_ROLE = 26;

/** One `<svg>` with a title; `id` must be unique on the page. */
export function sequenceSvg(picture: Picture, id: string, title: string): Markup {
  const { width, height } = picture;
  return markup`<svg class="sequence" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
 role="img" aria-labelledby="${id}-title"><title id="${id}-title">${title}</title>
${picture.lifelines.map((lifeline) => drawLifeline(lifeline, height))}
${picture.rows.map((row) => drawRow(row, width))}
</svg>`;
}

function drawLifeline({ role, x }: Lifeline, height: number): Markup {
  return markup`<line class="life" x1="${x}" y1="30" x2="${x}" y2="${height}"/>
<rect class="role" x="${x - SIZE.box / 2}" y="4" width="${SIZE.box}" height="26" rx="4"/>
${drawRoleName(role.replaceAll("-", " "), x)}`;
}

/** In its box; a name that is too long for it is drawn closer, not cut. */
function drawRoleName(role: string, x: number): Markup {
  const name = shorten(role, LONGEST_ROLE);
  if (name.length <= ROLE_FITS)
    return markup`<text class="role-name" x="${x}" y="21" text-anchor="middle">${name}</text>`;
  return markup`<text class="role-name" x="${x}" y="21" text-anchor="middle" textLength="${SIZE.box - 8}"
 lengthAdjust="spacingAndGlyphs">${name}</text>`;
}

function drawRow(row: Row, width: number): Markup {
  return markup`<g>${row.marked ? drawMark(row, width) : nothing}${drawTime(row)}${row.kind === "message" ? drawArrow(row, width) : drawFault(row, width)}</g>`;
}

/** A frame around the row, and a word before it. */
function drawMark({ y }: Row, width: number): Markup {
  return markup`<rect class="marked" x="2" y="${fixed(y - 18)}" width="${width - 4}" height="${SIZE.row - 9}" rx="3"/>
<text class="marked-text" x="6" y="${fixed(y - 7)}">verdict</text>`;
}

function drawTime({ time, y }: Row): Markup {
  return markup`<text class="time" x="${SIZE.gutter - 14}" y="${fixed(y + 4)}" text-anchor="end">${time}</text>`;
}

function drawArrow(row: Extract<Row, { kind: "message" }>, width: number): Markup {
  const { x1, x2, y } = row;
  const forward = x2 >= x1;
  const tip = forward ? x2 - 1 : x2 + 1;
  const back = forward ? tip - 8 : tip + 8;
  return markup`<line class="arrow" x1="${x1}" y1="${fixed(y)}" x2="${back}" y2="${fixed(y)}"/>
<path class="tip" d="M${tip} ${fixed(y)}L${back} ${fixed(y - 4)}L${back} ${fixed(y + 4)}Z"/>
${drawLabel(row, width)}`;
}

/** The label is centred over its arrow, wider than it where the name is long, and kept inside the picture. */
function drawLabel(row: Extract<Row, { kind: "message" }>, width: number): Markup {
  const room = Math.max(Math.abs(row.x2 - row.x1), SIZE.lane * 1.4);
  const name = shorten(row.name, Math.floor(room / CHARACTER) - row.step.length - 1);
  const half = ((name.length + row.step.length + 1) * CHARACTER) / 2;
  const middle = Math.min(Math.max((row.x1 + row.x2) / 2, SIZE.gutter + half), width - half);
  const step = row.step === "" ? nothing : markup`<tspan class="step">${row.step}</tspan> `;
  return markup`<text class="label" x="${fixed(middle)}" y="${fixed(row.y - 6)}" text-anchor="middle">${step}${name}</text>`;
}

function drawFault({ y, name }: Row, width: number): Markup {
  const room = Math.floor((width - SIZE.gutter - 40) / CHARACTER);
  return markup`<rect class="fault" x="${SIZE.gutter}" y="${fixed(y - 13)}" width="${width - SIZE.gutter - SIZE.margin}" height="22"/>
<text class="fault-text" x="${SIZE.gutter + 8}" y="${fixed(y + 3)}">bench: ${shorten(name, room)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
