/** Head of the first page, contents, and what every page says at its head and foot. */
import type { Content } from "pdfmake";
import type { ReportDocument, Section } from "../document/blocks.ts";
import { moment } from "../text/format.ts";
import { linesOf, paragraphsOf } from "./lines.ts";
import { CONTENT_WIDTH, type Look, PAGE, SOFT } from "./look.ts";
import type { Entry, Paper } from "./paper.ts";
import { drawLine, drawRule, drawText } from "./pen.ts";
import { Part } from "./sheet.ts";

const LOGO = { width: 150, height: 48 } as const;
const NAME: Look = { face: "bold", size: 11, ink: "ink" };
const TITLE: Look = { face: "bold", size: 21, ink: "ink" };
const SUBJECT: Look = { face: "regular", size: 11, ink: "ink" };
const RUNNING: Look = { face: "regular", size: 7, ink: "soft" };
const LISTED: readonly Look[] = [
  { face: "bold", size: 8.6, ink: "ink" },
  { face: "regular", size: 8, ink: "ink" },
];
/** Contents of more entries name the clauses only. */
const MOST_LISTED = 42;

/** The picture, for pdfmake: it stands where `setLetterhead` leaves room. */
export function logoOf({ laboratory }: ReportDocument): Content {
  const logo = laboratory?.logo;
  if (!logo) return [];
  const place = { absolutePosition: { x: PAGE.left, y: 36 }, fit: [LOGO.width, LOGO.height] as [number, number] };
  const bytes = Buffer.from(logo.bytes);
  if (logo.type === "image/svg+xml") return { svg: bytes.toString("utf8"), ...place };
  return { image: `data:image/png;base64,${bytes.toString("base64")}`, ...place };
}

/** Logo, name and address of the laboratory, then title, item, number and date of the report. */
export function setLetterhead(paper: Paper, document: ReportDocument): void {
  const { laboratory, title, subject, number, dated } = document;
  paper.y = 36;
  const part = new Part("P", paper.root);
  if (laboratory) {
    const half = CONTENT_WIDTH - LOGO.width - 20;
    for (const [index, text] of [laboratory.name, ...laboratory.lines].entries()) {
      const look = index === 0 ? NAME : SOFT;
      for (const line of linesOf(paragraphsOf(text, look, paper.faces), half, look)) {
        drawLine(paper.sheet, line, PAGE.left + LOGO.width + 20, paper.y, part, half, "right");
        paper.y += line.height;
      }
    }
    paper.y = Math.max(paper.y, laboratory.logo ? 36 + LOGO.height : 0) + 8;
    drawRule(paper.sheet, PAGE.left, paper.y, CONTENT_WIDTH, "ink", 0.8);
    paper.y += 12;
  }
  for (const [text, look, role] of [
    [title, TITLE, "H1"],
    [subject, SUBJECT, "P"],
    [`Report ${number}, ${moment(dated)}`, SOFT, "P"],
  ] as const) {
    const line = new Part(role, paper.root);
    for (const each of linesOf(paragraphsOf(text, look, paper.faces), CONTENT_WIDTH, look)) {
      drawLine(paper.sheet, each, PAGE.left, paper.y, line);
      paper.y += each.height;
    }
    paper.y += 3;
  }
}

/** Leaves room for the contents; what is returned fills it when the pages are known. */
export function reserveContents(paper: Paper, sections: readonly Section[]): () => void {
  const below = sections.flatMap((section) => section.sections ?? []);
  const deepest = sections.length + below.length <= MOST_LISTED ? 1 : 0;
  const count = sections.length + (deepest > 0 ? below.length : 0);
  const heading: Look = { face: "bold", size: 10, ink: "ink" };
  const rowHeight = 12.5;
  paper.gap(10);
  const top = paper.claim(20 + count * rowHeight);
  const { sheet, faces } = paper;
  const part = new Part("TOC", paper.root);
  return () => {
    drawText(sheet, faces, "Contents", heading, PAGE.left, top, new Part("Caption", part));
    // The summary stands on this page: it is not among the entries.
    const listed = paper.outline.filter(({ depth, id }) => depth <= deepest && ids(sections).has(id));
    for (const [index, entry] of listed.slice(0, count).entries()) {
      setEntry(paper, sheet, entry, top + 20 + index * rowHeight, part);
    }
  };
}

function ids(sections: readonly Section[]): ReadonlySet<string> {
  return new Set(sections.flatMap(({ id, sections: below = [] }) => [id, ...below.map((each) => each.id)]));
}

function setEntry(
  paper: Paper,
  sheet: Paper["sheet"],
  { title, depth, id, page }: Entry,
  y: number,
  parent: Part,
): void {
  const look = LISTED[depth] ?? SOFT;
  const indent = depth * 14;
  const part = new Part("TOCI", parent);
  drawText(sheet, paper.faces, title, look, PAGE.left + indent, y, part, CONTENT_WIDTH - indent - 40);
  drawText(sheet, paper.faces, String(page + 1), look, PAGE.left, y, part, CONTENT_WIDTH, "right");
  sheet.links.push({ x: PAGE.left, y, width: CONTENT_WIDTH, height: 12, to: id });
}

/** Head of every page but the first, foot of all. */
export function setRunning(paper: Paper, { laboratory, title, subject, number, dated }: ReportDocument): void {
  const { faces, sheets } = paper;
  const half = CONTENT_WIDTH / 2 - 6;
  const foot = PAGE.height - 36;
  for (const [index, sheet] of sheets.entries()) {
    if (index > 0) {
      const whose = laboratory ? `${laboratory.name}: ${title}` : title;
      drawText(sheet, faces, whose, RUNNING, PAGE.left, 30, undefined, half);
      drawText(sheet, faces, subject, RUNNING, PAGE.left + CONTENT_WIDTH - half, 30, undefined, half, "right");
      drawRule(sheet, PAGE.left, 42, CONTENT_WIDTH);
    }
    drawRule(sheet, PAGE.left, foot - 4, CONTENT_WIDTH);
    drawText(sheet, faces, `Report ${number}`, RUNNING, PAGE.left, foot, undefined, CONTENT_WIDTH * 0.45);
    drawText(sheet, faces, moment(dated), RUNNING, PAGE.left, foot, undefined, CONTENT_WIDTH, "centre");
    const page = `page ${index + 1} of ${sheets.length}`;
    drawText(sheet, faces, page, RUNNING, PAGE.left, foot, undefined, CONTENT_WIDTH, "right");
  }
}
