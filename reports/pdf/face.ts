/** A font for setting text: words as glyphs with their widths, each worked out once. */
import { visible } from "../text/clean.ts";
import type { KitFont } from "./kit.ts";
import { SIGNS, type Sign } from "./signs.ts";

/** A piece of text that is drawn as one; width in thousandths of the letter size. */
export type Run =
  | { readonly kind: "glyphs"; readonly text: string; readonly width: number; readonly body: string }
  | { readonly kind: "sign"; readonly text: string; readonly width: number; readonly sign: Sign };

const PLAIN = /^[\x20-\x7e]*$/;
/** Nothing that can be seen is drawn for these (Unicode 4.4, "default ignorable"), and nobody agrees on what is for the others. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cn}]/u;
/** No word of a language is longer; runs of more are not worth keeping. */
const MAX_KEPT = 48;

export class Face {
  readonly font: KitFont;
  /** Body and width of a space. */
  readonly space: Extract<Run, { kind: "glyphs" }>;
  readonly #kept = new Map<string, readonly Run[]>();
  readonly #letters = new Map<string, Letter>();
  readonly #kerns = new Map<string, number>();
  readonly #names = new Map<string, string>();

  constructor(font: KitFont) {
    this.font = font;
    this.space = this.#glyphs(" ");
  }

  /** A word, which holds no blanks, as pieces. */
  runs(word: string): readonly Run[] {
    const kept = this.#kept.get(word);
    if (kept) return kept;
    const runs = PLAIN.test(word) ? [this.#glyphs(word)] : this.#mixed(word);
    if (word.length <= MAX_KEPT) this.#kept.set(word, runs);
    return runs;
  }

  /** Width of a character in thousandths of the letter size. */
  width(character: string): number {
    return this.#letter(character).width;
  }

  /** `text` with everything that cannot be printed named by its number, so that nothing is lost and nothing reorders what stands around. */
  printable(text: string): string {
    if (PLAIN.test(text)) return text;
    return [...visible(text.normalize("NFC"))].map((character) => this.#printable(character)).join("");
  }

  #printable(character: string): string {
    const known = this.#names.get(character);
    if (known !== undefined) return known;
    const hasGlyph = this.font.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
    const isPrintable = SIGNS.has(character) || (!UNSEEN.test(character) && (hasGlyph || /\s/.test(character)));
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const name = isPrintable ? character : `[U+${code}]`;
    this.#names.set(character, name);
    return name;
  }

  #mixed(word: string): readonly Run[] {
    const runs: Run[] = [];
    let plain = "";
    const flush = (): void => {
      if (plain !== "") runs.push(this.#glyphs(plain));
      plain = "";
    };
    for (const character of this.printable(word)) {
      const sign = SIGNS.get(character);
      if (!sign) {
        plain += character;
        continue;
      }
      flush();
      runs.push({ kind: "sign", text: character, width: sign.width, sign });
    }
    flush();
    return runs;
  }

  /**
   * `body` is what stands between the brackets of the operator TJ. Letters and pairs of them are worked out once: the font's own
   * layout of whole words takes longer than all else together, and joins letters (fi) that stand for themselves in an id.
   */
  #glyphs(text: string): Extract<Run, { kind: "glyphs" }> {
    let body = "";
    let open = "";
    let width = 0;
    let before = "";
    for (const character of text) {
      const kern = before === "" ? 0 : this.#kern(before, character);
      if (kern !== 0) {
        body += `<${open}>${-kern}`;
        open = "";
      }
      const letter = this.#letter(character);
      open += letter.glyph;
      width += kern + letter.width;
      before = character;
    }
    return { kind: "glyphs", text, width, body: open === "" ? body : `${body}<${open}>` };
  }

  #letter(character: string): Letter {
    const known = this.#letters.get(character);
    if (known) return known;
    const [glyphs, places] = this.font.encode(character);
    const letter = { glyph: glyphs.join(""), width: places.reduce((sum, { xAdvance }) => sum + xAdvance, 0) };
    this.#letters.set(character, letter);
    return letter;
  }

  /** How much nearer or farther the second letter of a pair stands, whole thousandths. */
  #kern(left: string, right: string): number {
    const pair = left + right;
    const known = this.#kerns.get(pair);
    if (known !== undefined) return known;
    const [glyphs, places] = this.font.encode(pair);
    const isPair = glyphs.length === 2;
    const width = places.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
    const kern = isPair ? Math.round(width - this.#letter(left).width - this.#letter(right).width) : 0;
    this.#kerns.set(pair, kern);
    return kern;
  }
}

interface Letter {
  readonly glyph: string;
  readonly width: number;
}

export type Faces = Readonly<Record<"regular" | "bold" | "italic", Face>>;
