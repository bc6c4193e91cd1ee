import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { crc32 } from "node:zlib";

/** Lines up to which a file has marks; above, its lines are not told apart. */
const MAX_MARKED_LINES = 65_536;
/** Characters of base64url of one line's mark. */
const MARK_LENGTH = 4;
const LINE_FEED = 0x0a;
/** Bytes that are read at once. */
const CHUNK = 1 << 20;

export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /**
   * The low 24 bits of the CRC-32 of each line, without its line feed, as 4 characters of base64url; empty where there are too
   * many lines. They tell where a file was changed; that it was, `sha256` tells.
   */
  readonly marks: string;
  /** There is a zero byte in it: its lines say nothing to people. */
  readonly binary: boolean;
}

/** Reads the file at `path` once, in pieces. Rejects with what the system says. */
export async function digestFile(path: string): Promise<FileDigest> {
  const whole = createHash("sha256");
  const marks: number[] = [];
  let line = 0;
  let bytes = 0;
  let binary = false;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    whole.update(chunk);
    bytes += chunk.length;
    binary ||= chunk.includes(0);
    if (marks.length <= MAX_MARKED_LINES) line = takeLines(line, chunk, marks);
  }
  marks.push(line);
  const isMarked = marks.length <= MAX_MARKED_LINES;
  return { bytes, sha256: whole.digest("hex"), marks: isMarked ? textOf(marks) : "", binary };
}

/** Marks the lines that end in `chunk`; `line` is the CRC-32 of what there was of the first. Gives that of what is left. */
function takeLines(line: number, chunk: Buffer, marks: number[]): number {
  let current = line;
  let start = 0;
  for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
    marks.push(crc32(chunk.subarray(start, end), current));
    current = 0;
    start = end + 1;
  }
  return crc32(chunk.subarray(start), current);
}

/** Three bytes are four characters exactly, so that all of them can be written at once. */
function textOf(marks: readonly number[]): string {
  const bytes = Buffer.alloc(3 * marks.length);
  for (const [index, crc] of marks.entries()) bytes.writeUIntBE(crc & 0xffffff, 3 * index, 3);
  return bytes.toString("base64url");
}

/** Line where two files differ first, counted from 1, by their marks; undefined where these do not tell. */
export function firstDifference(left: string, right: string): number | undefined {
  if (left === "" || right === "") return undefined;
  for (let at = 0; at < Math.max(left.length, right.length); at += MARK_LENGTH) {
    if (left.slice(at, at + MARK_LENGTH) !== right.slice(at, at + MARK_LENGTH)) return at / MARK_LENGTH + 1;
  }
  return undefined;
}
