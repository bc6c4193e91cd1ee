/**
 * The PDF library. pdfmake opens the document (fonts, properties, the logo on the first page); what stands on the pages is set
 * by `typeset`, since a table of thousands of rows takes pdfmake several times as long as a whole report may take.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Content } from "pdfmake";
import pdfmake from "pdfmake";
import { PursebenchError } from "../../harness/core/errors.ts";
import type { FaceName } from "./look.ts";

export type Kit = PDFKit.PDFDocument;

/** As much of a font as setting text takes. */
export interface KitFont {
  /** Name in the resources of a page. */
  readonly id: string;
  readonly font: { hasGlyphForCodePoint(codePoint: number): boolean };
  /** Glyphs in hex, four digits each, and their advances in thousandths of the letter size. */
  encode(
    text: string,
  ): readonly [readonly string[], readonly { readonly xAdvance: number; readonly advanceWidth: number }[]];
  /** The font as object of the document. */
  ref(): unknown;
}

const { resolve: find } = createRequire(import.meta.url);
const FOLDER = dirname(find("pdfmake/fonts/Roboto/Roboto-Regular.ttf"));
const FILES: Readonly<Record<FaceName, string>> = {
  regular: `${FOLDER}/Roboto-Regular.ttf`,
  bold: `${FOLDER}/Roboto-Medium.ttf`,
  italic: `${FOLDER}/Roboto-Italic.ttf`,
};

export interface Properties {
  readonly title: string;
  readonly subject: string;
  readonly author: string | undefined;
  readonly dated: Date;
  readonly others: Readonly<Record<string, string>>;
}

/** A document with one page, on which is `content`. */
export async function openKit({ title, subject, author, dated, others }: Properties, content: Content): Promise<Kit> {
  pdfmake.setFonts({ Roboto: { normal: FILES.regular, bold: FILES.bold, italics: FILES.italic } });
  // Nothing is fetched, whatever a picture refers to; of files the fonts alone are read.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => Object.values(FILES).includes(path));
  const definition = {
    pageSize: "A4" as const,
    version: "1.7" as const,
    tagged: true,
    displayTitle: true,
    language: "en",
    info: {
      ...others,
      title,
      subject,
      ...(author === undefined ? {} : { author }),
      creator: "pursebench",
      creationDate: dated,
    },
    content,
  };
  return await pdfmake.createPdf(definition, { bufferPages: true }).getStream();
}

export function kitFont(kit: Kit, face: FaceName): KitFont {
  const { _font } = kit.font(FILES[face]) as Kit & { readonly _font?: KitFont };
  if (!_font) throw new PursebenchError("INTERNAL", `the font ${face} cannot be used`);
  return _font;
}

/** Puts a font into the resources of the page at hand. */
export function useFont(kit: Kit, font: KitFont): void {
  const { fonts } = kit.page as unknown as { readonly fonts: Record<string, unknown> };
  fonts[font.id] = font.ref();
}

/** Ends the document. */
export async function bytesOf(kit: Kit): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  kit.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => kit.once("end", resolve).once("error", reject));
  kit.end();
  await ended;
  return Buffer.concat(chunks);
}
