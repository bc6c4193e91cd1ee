/** Paragraphs, headings, captions and lists. */
import type { Block, Section, Text } from "../document/blocks.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { type Line, linesOf, paragraphsOf } from "./lines.ts";
import { CAPTION, CONTENT_WIDTH, HEADINGS, LEADING, type Look, outcomeInk, PAGE, TEXT } from "./look.ts";
import type { Paper } from "./paper.ts";
import { drawBox, drawLine, drawRule } from "./pen.ts";
import { Part } from "./sheet.ts";

/** Lines of a paragraph that stay together at either end of a page. */
const TOGETHER = 2;

export function setParagraph(paper: Paper, text: Text, parent: Part): void {
  setText(paper, text, TEXT, new Part("P", parent));
  paper.gap(5);
}

function setText(paper: Paper, text: Text, look: Look, part: Part, indent = 0): void {
  const lines = linesOf(paragraphsOf(text, look, paper.faces), CONTENT_WIDTH - indent, look);
  setLines(paper, lines, part, indent);
}

function setLines(paper: Paper, lines: readonly Line[], part: Part, indent: number): void {
  for (let at = 0; at < lines.length; ) {
    const left = lines.length - at;
    const group = lines.slice(at, at + (left < 2 * TOGETHER ? left : at === 0 ? TOGETHER : 1));
    let y = paper.claim(heightOf(group));
    for (const line of group) {
      drawLine(paper.sheet, line, PAGE.left + indent, y, part);
      y += line.height;
    }
    at += group.length;
  }
}

function heightOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { height }) => sum + height, 0);
}

export function setHeading(paper: Paper, section: Section, depth: number, parent: Part): void {
  const look = HEADINGS[Math.min(depth, HEADINGS.length - 1)] ?? TEXT;
  const title = section.number === "" ? section.title : `${section.number} ${section.title}`;
  const lines = linesOf(paragraphsOf(title, look, paper.faces), CONTENT_WIDTH, look);
  const part = new Part(`H${Math.min(depth + 1, 6)}`, parent);
  const below = depth === 0 ? 10 : 4;
  paper.gap(depth === 0 ? 18 : 9);
  paper.keepWithNext({
    height: heightOf(lines) + below,
    draw: (y) => {
      paper.mark(section.id, y);
      paper.outline.push({ title, depth, id: section.id, page: paper.page, y });
      let at = y;
      for (const line of lines) {
        drawLine(paper.sheet, line, PAGE.left, at, part);
        at += line.height;
      }
      if (depth === 0) drawRule(paper.sheet, PAGE.left, at + 2, CONTENT_WIDTH, "ink", 1);
    },
  });
}

/** Stays with what it is the caption of. */
export function setCaption(paper: Paper, caption: string, parent: Part, id?: string): void {
  if (caption === "" && id === undefined) return;
  const lines = linesOf(paragraphsOf(caption, CAPTION, paper.faces), CONTENT_WIDTH, CAPTION);
  const part = new Part("Caption", parent);
  paper.gap(4);
  paper.keepWithNext({
    height: heightOf(lines) + 3,
    draw: (y) => {
      paper.mark(id, y);
      let at = y;
      for (const line of lines) {
        drawLine(paper.sheet, line, PAGE.left, at, part);
        at += line.height;
      }
    },
  });
}

export function setList(paper: Paper, items: readonly Text[], parent: Part, look: Look = TEXT): void {
  const list = new Part("L", parent);
  for (const item of items) {
    const part = new Part("LI", list);
    const body = new Part("LBody", part);
    const [bullet] = linesOf(paragraphsOf("•", look, paper.faces), 10, look);
    const lines = linesOf(paragraphsOf(item, look, paper.faces), CONTENT_WIDTH - 12, look);
    for (const [index, line] of lines.entries()) {
      const y = paper.claim(line.height);
      if (index === 0 && bullet) drawLine(paper.sheet, bullet, PAGE.left, y, new Part("Lbl", part));
      drawLine(paper.sheet, line, PAGE.left + 12, y, body);
    }
    paper.gap(2);
  }
  paper.gap(4);
}

/** The large one of the first page: its mark and word in a frame, the sentence under it. */
export function setVerdict(paper: Paper, { outcome, text }: Extract<Block, { kind: "verdict" }>, parent: Part): void {
  const { mark, word } = outcomeWords(outcome);
  const look: Look = { face: "bold", size: 26, ink: outcomeInk(outcome) };
  const [line] = linesOf(paragraphsOf(`${mark}\u00a0${word}`, look, paper.faces), CONTENT_WIDTH, look);
  if (!line) return;
  const height = line.height + 14;
  const y = paper.claim(height + 8);
  const width = line.width + 36;
  drawBox(paper.sheet, PAGE.left, y, width, height, look.ink);
  drawBox(paper.sheet, PAGE.left + 2, y + 2, width - 4, height - 4, "paper");
  drawLine(paper.sheet, line, PAGE.left + 18, y + 6, new Part("P", parent));
  setParagraph(paper, text, parent);
}

/** What limits the value of the report, beside a bar that nobody overlooks. */
export function setReservations(paper: Paper, items: readonly Text[], parent: Part): void {
  if (items.length === 0) return;
  const part = new Part("P", parent);
  for (const item of items) {
    const lines = linesOf(paragraphsOf(item, TEXT, paper.faces), CONTENT_WIDTH - 22, TEXT);
    for (const line of lines) {
      const y = paper.claim(TEXT.size * LEADING + 1);
      drawBox(paper.sheet, PAGE.left, y, CONTENT_WIDTH, line.height + 1.2, "panel");
      drawBox(paper.sheet, PAGE.left, y, 3, line.height + 1.2, "inconc");
      drawLine(paper.sheet, line, PAGE.left + 12, y, part);
    }
    paper.y += 2;
  }
  paper.gap(6);
}
