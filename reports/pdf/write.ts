/** Sheets as pages of a PDF, with links, outline and structure. */
import { type Kit, type KitFont, useFont } from "./kit.ts";
import type { Entry, Paper } from "./paper.ts";
import type { Part, Sheet } from "./sheet.ts";

type Element = PDFKit.PDFStructureElement;

/** The first page of `kit` is there already. */
export function writeSheets(kit: Kit, paper: Paper, fonts: readonly KitFont[]): void {
  const elements = new Map<Part, Element>();
  const aims = new Set(paper.sheets.flatMap(({ links }) => links.map(({ to }) => to)));
  const places = paper.sheets.map((): [id: string, y: number][] => []);
  for (const [id, { page, y }] of paper.places) if (aims.has(id)) places[page]?.push([id, y]);
  const outline = new Outline(kit);
  for (const [index, sheet] of paper.sheets.entries()) {
    if (index === 0) kit.switchToPage(0);
    else kit.addPage();
    for (const font of fonts) useFont(kit, font);
    writeContent(kit, sheet, elements);
    for (const [id, y] of places[index] ?? []) kit.addNamedDestination(id, "XYZ", 0, y - 4, null);
    for (const { x, y, width, height, to } of sheet.links) {
      if (paper.places.has(to)) kit.goTo(x, y, width, height, to);
    }
    for (const entry of paper.outline) if (entry.page === index) outline.add(entry);
    // What is written is not kept: a report may have a thousand pages.
    kit.flushPages();
    sheet.drawn.length = 0;
  }
  for (const [part, element] of elements) if (!part.parent) element.end();
}

function writeContent(kit: Kit, { drawn }: Sheet, elements: Map<Part, Element>): void {
  for (const { part, operators } of drawn) {
    const text = operators.join("\n");
    if (!part) {
      kit.addContent(`/Artifact BMC\n${text}\nEMC`);
      continue;
    }
    const element = elementOf(kit, part, elements);
    const content = kit.markStructureContent(part.type);
    kit.addContent(text);
    kit.endMarkedContent();
    element.add(content);
  }
}

function elementOf(kit: Kit, part: Part, elements: Map<Part, Element>): Element {
  const known = elements.get(part);
  if (known) return known;
  const element = kit.struct(part.type, part.alt === undefined ? {} : { alt: part.alt });
  elements.set(part, element);
  if (part.parent) elementOf(kit, part.parent, elements).add(element);
  else kit.addStructure(element);
  return element;
}

/** Entries under the last one that is less deep. */
class Outline {
  readonly #above: PDFKit.PDFOutline[];

  constructor(kit: Kit) {
    this.#above = [kit.outline];
  }

  add({ title, depth, y }: Entry): void {
    const parent = this.#above[Math.min(depth, this.#above.length - 1)];
    if (!parent) return;
    const item = parent.addItem(title.replace(/\s+/g, " "), { top: Math.max(0, y - 6), expanded: false } as object);
    this.#above.length = Math.min(depth, this.#above.length - 1) + 1;
    this.#above.push(item);
  }
}
