import { unreachable } from "../../harness/core/errors.ts";
import type { Block, Section } from "../document/blocks.ts";
import { CONTENT_WIDTH, PAGE, SMALL } from "./look.ts";
import { setComparison, setExchanges } from "./messages.ts";
import type { Paper } from "./paper.ts";
import { drawRule, drawText } from "./pen.ts";
import { setCaption, setHeading, setList, setParagraph, setReservations, setVerdict } from "./prose.ts";
import { setPicture } from "./sequence.ts";
import { Part } from "./sheet.ts";
import { setSpreads } from "./spreads.ts";
import { setTable } from "./table.ts";

/** A section with everything in it. */
export function setSection(paper: Paper, section: Section, depth: number, parent: Part): void {
  const part = new Part("Sect", parent);
  if (section.newPage) paper.freshPage();
  setHeading(paper, section, depth, part);
  for (const block of section.blocks) setBlock(paper, block, part);
  for (const below of section.sections ?? []) setSection(paper, below, depth + 1, part);
  paper.flush();
}

function setBlock(paper: Paper, block: Block, part: Part): void {
  switch (block.kind) {
    case "paragraph":
      setParagraph(paper, block.text, part);
      break;
    case "list":
      setList(paper, block.items, part);
      break;
    case "verdict":
      setVerdict(paper, block, part);
      break;
    case "reservations":
      setReservations(paper, block.items, part);
      break;
    case "pairs":
      setPairs(paper, block, part);
      break;
    case "blanks":
      setBlanks(paper, block, part);
      break;
    case "table":
      setCaption(paper, block.caption, part);
      setTable(paper, block.columns, block.rows, part);
      break;
    case "comparison":
      setComparison(paper, block, part);
      break;
    case "exchanges":
      setExchanges(paper, block, part);
      break;
    case "sequence":
      setSequence(paper, block, part);
      break;
    case "spreads":
      setCaption(paper, block.caption, part, block.id);
      setSpreads(paper, block.spreads, block.caption, part);
      break;
    default:
      unreachable(block);
  }
}

function setPairs(paper: Paper, { caption, rows }: Extract<Block, { kind: "pairs" }>, part: Part): void {
  setCaption(paper, caption, part);
  const columns = [
    { title: "", weight: 1 },
    { title: "", weight: 3 },
  ];
  const cells = rows.map(([name, value]) => ({ cells: [name, value] }));
  setTable(paper, columns, cells, part, { headless: true });
}

/** A name, and a line beside it on which a hand can write. */
function setBlanks(paper: Paper, { caption, names }: Extract<Block, { kind: "blanks" }>, parent: Part): void {
  setCaption(paper, caption, parent);
  const part = new Part("P", parent);
  for (const name of names) {
    const y = paper.claim(28);
    drawText(paper.sheet, paper.faces, name, SMALL, PAGE.left, y + 15, part, CONTENT_WIDTH / 4);
    drawRule(paper.sheet, PAGE.left + CONTENT_WIDTH / 4, y + 26, (CONTENT_WIDTH * 3) / 4, "ink", 0.6);
  }
  paper.gap(8);
}

function setSequence(paper: Paper, { caption, id, pictures }: Extract<Block, { kind: "sequence" }>, part: Part): void {
  for (const [index, picture] of pictures.entries()) {
    const title = pictures.length === 1 ? caption : `${caption} (${index + 1} of ${pictures.length})`;
    setCaption(paper, title, part, index === 0 ? id : undefined);
    setPicture(paper, picture, title, part);
    paper.gap(8);
  }
}
