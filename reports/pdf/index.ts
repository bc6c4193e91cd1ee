/** A report as PDF: A4, in the laboratory's name and logo. The same document gives the same bytes. */
import type { ReportDocument } from "../document/blocks.ts";
import { visible } from "../text/clean.ts";
import { Face } from "./face.ts";
import { logoOf, reserveContents, setLetterhead, setRunning } from "./front.ts";
import { bytesOf, kitFont, openKit } from "./kit.ts";
import { Paper } from "./paper.ts";
import { setSection } from "./section.ts";
import { writeSheets } from "./write.ts";

export async function pdfOf(document: ReportDocument): Promise<Uint8Array> {
  const { title, subject, dated, laboratory, summary, sections, properties } = document;
  const moment = new Date(dated);
  const kit = await openKit(
    {
      title: property(title),
      subject: property(subject),
      author: laboratory && property(laboratory.name),
      dated: Number.isNaN(moment.getTime()) ? new Date(0) : moment,
      others: Object.fromEntries(properties.map(([name, value]) => [name, property(value)])),
    },
    logoOf(document),
  );
  const fonts = { regular: kitFont(kit, "regular"), bold: kitFont(kit, "bold"), italic: kitFont(kit, "italic") };
  const faces = { regular: new Face(fonts.regular), bold: new Face(fonts.bold), italic: new Face(fonts.italic) };
  const paper = new Paper(faces);
  setLetterhead(paper, document);
  setSection(paper, summary, 0, paper.root);
  const fillContents = reserveContents(paper, sections);
  for (const section of sections) setSection(paper, section, 0, paper.root);
  fillContents();
  setRunning(paper, document);
  writeSheets(kit, paper, Object.values(fonts));
  return await bytesOf(kit);
}

/** pdfkit writes these into XML as they are. */
function property(text: string): string {
  return visible(text).replaceAll("&", "and").replaceAll("<", "‹").replaceAll(">", "›");
}
