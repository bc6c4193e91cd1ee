/** Text into words, and words into lines of a width. */
import type { Inline, Text } from "../document/blocks.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { hexGroups } from "../text/format.ts";
import type { Face, Faces, Run } from "./face.ts";
import { LEADING, type Look, outcomeInk } from "./look.ts";

/** Sums of widths are taken in different orders. */
const ROUNDING = 0.01;

/** A word, or a part of one, in one look. */
export interface Piece {
  readonly look: Look;
  readonly face: Face;
  readonly run: Run;
  /** In points. */
  readonly width: number;
  /** A blank stands before it, at which a line may end. */
  readonly spaced: boolean;
  readonly to?: string | undefined;
}

export interface Line {
  readonly pieces: readonly Piece[];
  /** Where each piece begins, from the beginning of the line, in points. */
  readonly at: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** Words between two places where a line has to end. */
export type Paragraph = readonly Piece[];

/** The paragraphs of a text. `eachOnItsOwn`: parts of the text stand apart, though not on lines of their own. */
export function paragraphsOf(text: Text, look: Look, faces: Faces): readonly Paragraph[] {
  const paragraphs: Piece[][] = [[]];
  let spaced = false;
  const add = (words: string, style: Look, to?: string): void => {
    const face = faces[style.face];
    for (const [row, line] of face
      .printable(words)
      .split(/\r\n|[\n\r\u2028\u2029]/)
      .entries()) {
      if (row > 0) paragraphs.push([]);
      for (const [column, word] of line.split(/[^\S\u00a0]+/).entries()) {
        if (row > 0 || column > 0) spaced = column > 0;
        if (word === "") continue;
        for (const run of face.runs(word)) {
          const width = (run.width * style.size) / 1000;
          paragraphs.at(-1)?.push({ look: style, face, run, width, spaced, to });
          spaced = false;
        }
      }
    }
  };
  const breakLine = (): void => {
    if (paragraphs.at(-1)?.length) paragraphs.push([]);
    spaced = false;
  };
  for (const inline of isList(text) ? text : [text]) addInline(inline, look, add, breakLine);
  return paragraphs;
}

function addInline(
  inline: Inline,
  look: Look,
  add: (words: string, style: Look, to?: string) => void,
  breakLine: () => void,
): void {
  if (typeof inline === "string") {
    add(inline, look);
    return;
  }
  switch (inline.kind) {
    case "strong":
      add(inline.text, { ...look, face: "bold" });
      break;
    case "code":
      add(inline.text, { ...look, ink: "link" });
      break;
    case "link":
      add(inline.text, { ...look, ink: "link" }, inline.to);
      break;
    case "status": {
      const { mark, word } = outcomeWords(inline.outcome);
      add(`${mark}\u00a0${word}`, { ...look, face: "bold", ink: outcomeInk(inline.outcome) }, inline.to);
      break;
    }
    case "untested":
      add("○\u00a0untested", { ...look, face: "bold", ink: "soft" });
      break;
    case "aside":
      breakLine();
      add(inline.text, { ...look, size: look.size * 0.92, ink: "soft" });
      breakLine();
      break;
    case "hex":
      add(hexGroups(inline.bytes), { ...look, size: look.size * 0.95, ink: "soft" });
      break;
    case "break":
      breakLine();
      break;
  }
}

export function isList(text: Text): text is readonly Inline[] {
  return Array.isArray(text);
}

/** Width of the widest paragraph when nothing is broken. */
export function naturalWidth(paragraphs: readonly Paragraph[]): number {
  return Math.max(0, ...paragraphs.map((pieces) => pieces.reduce((sum, piece) => sum + piece.width + gap(piece), 0)));
}

/** Width of the widest word. */
export function widestWord(paragraphs: readonly Paragraph[]): number {
  let most = 0;
  for (const pieces of paragraphs) {
    let word = 0;
    for (const { spaced, width } of pieces) {
      word = spaced ? width : word + width;
      most = Math.max(most, word);
    }
  }
  return most;
}

/** Breaks at blanks; what is wider than a line is broken inside, after a sign that joins its parts where there is one. */
export function linesOf(paragraphs: readonly Paragraph[], width: number, look: Look): readonly Line[] {
  const [only] = paragraphs;
  if (only && paragraphs.length === 1) return linesOfOne(only, width, look);
  return paragraphs.flatMap((pieces) => linesOfOne(pieces, width, look));
}

function linesOfOne(pieces: Paragraph, width: number, look: Look): readonly Line[] {
  const filling = new Filling(width, look);
  for (let first = 0; first < pieces.length; ) {
    // A word is as many pieces as no blank parts.
    let wordWidth = 0;
    let next = first;
    do wordWidth += pieces[next++]?.width ?? 0;
    while (next < pieces.length && !pieces[next]?.spaced);
    filling.begin(pieces[first], wordWidth);
    for (; first < next; first++) filling.add(pieces[first]);
  }
  return filling.end();
}

/** Lines while they are filled. */
class Filling {
  readonly #width: number;
  readonly #look: Look;
  readonly #lines: Line[] = [];
  #pieces: Piece[] = [];
  #at: number[] = [];
  #x = 0;

  constructor(width: number, look: Look) {
    this.#width = width + ROUNDING;
    this.#look = look;
  }

  /** A word of `width` follows: on a line of its own where this one has no room for it. */
  begin(first: Piece | undefined, width: number): void {
    if (this.#pieces.length > 0 && this.#x + gap(first) + width > this.#width) this.#endLine();
  }

  add(piece: Piece | undefined): void {
    let rest = piece;
    while (rest && this.#x + this.#gap(rest) + rest.width > this.#width) {
      const [head, tail] = split(rest, this.#width - this.#x - this.#gap(rest), this.#pieces.length === 0);
      if (head) this.#place(head);
      this.#endLine();
      rest = tail;
    }
    if (rest) this.#place(rest);
  }

  end(): readonly Line[] {
    if (this.#pieces.length > 0 || this.#lines.length === 0) this.#endLine();
    return this.#lines;
  }

  #gap(piece: Piece): number {
    return this.#pieces.length > 0 ? gap(piece) : 0;
  }

  #place(piece: Piece): void {
    this.#x += this.#gap(piece);
    this.#pieces.push(piece);
    this.#at.push(this.#x);
    this.#x += piece.width;
  }

  #endLine(): void {
    let size = this.#look.size;
    for (const { look } of this.#pieces) size = Math.max(size, look.size);
    this.#lines.push({ pieces: this.#pieces, at: this.#at, width: this.#x, height: size * LEADING });
    this.#pieces = [];
    this.#at = [];
    this.#x = 0;
  }
}

function gap(piece: Piece | undefined): number {
  return piece?.spaced ? (piece.face.space.width * piece.look.size) / 1000 : 0;
}

/**
 * As much of a piece as `room` holds, and the rest, if any. `isFirst`: the piece begins its line, so that at least a character
 * of it is taken, however narrow the line is.
 */
function split(piece: Piece, room: number, isFirst: boolean): readonly [head: Piece | undefined, tail?: Piece] {
  if (piece.run.kind === "sign") return isFirst ? [piece] : [undefined, piece];
  const { text } = piece.run;
  let used = 0;
  let fits = 0;
  let joint = 0;
  for (const character of text) {
    used += (piece.face.width(character) * piece.look.size) / 1000;
    if (used > room) break;
    fits += character.length;
    if (/[-/_.:,;=&)\]]/.test(character)) joint = fits;
  }
  const least = isFirst ? String.fromCodePoint(text.codePointAt(0) ?? 0).length : 0;
  const at = Math.max(least, joint * 2 >= fits ? joint : fits);
  if (at === 0) return [undefined, piece];
  const part = (words: string, spaced: boolean): Piece => {
    const [run = piece.run] = piece.face.runs(words);
    return { ...piece, run, spaced, width: (run.width * piece.look.size) / 1000 };
  };
  if (at >= text.length) return [piece];
  return [part(text.slice(0, at), piece.spaced), part(text.slice(at), false)];
}
