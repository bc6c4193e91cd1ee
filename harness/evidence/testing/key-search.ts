/** Looks for keys in files, in every form in which a program may have written them. */
import { inflateSync } from "node:zlib";

/** Form of a key by its name: how it stands in bytes, and in text from which blanks and tags were taken, in capitals. */
interface Pattern {
  readonly key: string;
  readonly form: string;
  readonly bytes: Buffer;
}

const HEAD = 4;
const SIEVE = 1 << 20;
/** A text that may be base64 of a file: an attachment in a page. */
const ENCODED = /[A-Za-z0-9+/]{200,}={0,2}/g;

/** Many patterns, looked for at once. */
class Patterns {
  /** By their first four bytes, read as a number. */
  readonly #byHead = new Map<number, Pattern[]>();
  /** 1 where a pattern may begin so: spares the look into the map at nearly every byte. */
  readonly #sieve = new Uint8Array(SIEVE);

  add(pattern: Pattern): void {
    const head = pattern.bytes.readInt32BE(0);
    this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), pattern]);
    this.#sieve[placeOf(head)] = 1;
  }

  scan(content: Buffer, found: Set<string>): void {
    let head = 0;
    for (let at = 0; at < content.length; at++) {
      head = (head << 8) | (content[at] ?? 0);
      if (this.#sieve[placeOf(head)] === 0) continue;
      const start = at - HEAD + 1;
      for (const { key, form, bytes } of this.#byHead.get(head) ?? []) {
        if (content.subarray(start, start + bytes.length).equals(bytes)) found.add(`${key} in ${form}`);
      }
    }
  }
}

function placeOf(head: number): number {
  return (head ^ (head >>> 13)) & (SIEVE - 1);
}

export class KeySearch {
  readonly #asTheyAre = new Patterns();
  readonly #compact = new Patterns();

  /** `keys`: name to bytes, 8 or more. */
  constructor(keys: Iterable<readonly [name: string, key: Uint8Array]>) {
    for (const [key, value] of keys) {
      const bytes = Buffer.from(value);
      const reversed = Buffer.from(value).reverse();
      for (const [form, pattern] of [["bytes", bytes], ["bytes in reverse", reversed], ...inBase64(bytes)] as const) {
        this.#asTheyAre.add({ key, form, bytes: pattern });
      }
      const hex = bytes.toString("hex");
      for (const [form, text] of [
        ["hex", hex],
        ["hex in reverse", reversed.toString("hex")],
        ["hex of hex", Buffer.from(hex.toUpperCase()).toString("hex")],
        ["hex of lower-case hex", Buffer.from(hex).toString("hex")],
        ["decimal numbers", [...bytes].join(",")],
      ] as const) {
        this.#compact.add({ key, form, bytes: Buffer.from(text.toUpperCase()) });
      }
    }
  }

  /** "NAME in FORM" for every key in `content`, also within what is compressed (PDF) or base64 in it. */
  in(content: Buffer): readonly string[] {
    const found = new Set<string>();
    for (const part of unpacked(content)) {
      const text = part.toString("latin1");
      for (const each of [part, Buffer.from(text.replaceAll(/\s+/g, ""), "latin1")]) this.#asTheyAre.scan(each, found);
      // Without tags, which may part a key; and with them, for it may stand in one.
      for (const each of [text.replaceAll(/<[^>]{0,400}>/g, ""), text]) {
        const compact = each.replaceAll(/0x|[\s:_-]+/g, "").toUpperCase();
        this.#compact.scan(Buffer.from(compact, "latin1"), found);
      }
    }
    return [...found].sort();
  }
}

/** The characters of base64 that are the key's alone, wherever in a group of three bytes it begins. */
function inBase64(key: Buffer): (readonly [form: string, pattern: Buffer])[] {
  return [0, 1, 2].flatMap((before) =>
    (["base64", "base64url"] as const).map((alphabet) => {
      const text = Buffer.concat([Buffer.alloc(before), key]).toString(alphabet);
      const own = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + key.length) * 8) / 6));
      return [alphabet, Buffer.from(own)] as const;
    }),
  );
}

/** The file, and what is packed in it, one layer deep. */
function* unpacked(content: Buffer): Generator<Buffer> {
  yield content;
  const text = content.toString("latin1");
  for (const { 0: encoded } of text.matchAll(ENCODED)) yield Buffer.from(encoded, "base64");
  for (const { index, 0: keyword } of text.matchAll(/stream\r?\n/g)) {
    const start = index + keyword.length;
    const end = text.indexOf("endstream", start);
    try {
      yield inflateSync(content.subarray(start, end < 0 ? undefined : end));
    } catch {
      // No compressed stream: it was looked at as it is.
    }
  }
}
