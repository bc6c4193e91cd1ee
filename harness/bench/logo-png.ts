/** What a PNG has to be before a report takes it as logo (ISO/IEC 15948, clause 5). */
import { crc32, inflateSync } from "node:zlib";
import { messageOf } from "../core/errors.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Of either side, in pixels. */
const MAX_SIDE = 4_096;
/** Samples of a pixel, by colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Says what is wrong; undefined when the picture can be drawn. */
export function pngFlaw(bytes: Uint8Array): string | undefined {
  if (!SIGNATURE.every((byte, index) => bytes[index] === byte))
    return "expected PNG or SVG (its first bytes are neither)";
  const chunks = chunksOf(bytes);
  if (typeof chunks === "string") return chunks;
  const head = chunks[0];
  if (head?.type !== "IHDR" || head.data.length !== 13) return "expected a PNG that begins with IHDR";
  const view = new DataView(head.data.buffer, head.data.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, interlace] = [view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
    return `expected a PNG of at most ${MAX_SIDE} by ${MAX_SIDE} pixels (it says ${width} by ${height})`;
  }
  const samples = SAMPLES[colour];
  if (depth !== 8 || samples === undefined || interlace !== 0) {
    return "expected a PNG with 8 bits a sample and no interlacing: save it again so";
  }
  if (colour === 3 && !chunks.some(({ type }) => type === "PLTE")) return "expected a PNG with its palette (PLTE)";
  return pixelFlaw(chunks, height * (1 + width * samples));
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** 5.3: length (4), type (4), data, CRC (4) over type and data; IEND is the last. */
function chunksOf(bytes: Uint8Array): Chunk[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return "this PNG is damaged (wrong CRC)";
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4) });
    at = end;
    if (type === "IEND") return at === bytes.length ? chunks : "this PNG has bytes after its end";
  }
  return "this PNG is cut off";
}

/** The pixels are exactly as many as the head says, however much the data pretends to unpack to. */
function pixelFlaw(chunks: readonly Chunk[], expected: number): string | undefined {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  try {
    const { length } = inflateSync(packed, { maxOutputLength: expected });
    return length === expected ? undefined : "this PNG has fewer pixels than it says";
  } catch (thrown) {
    return `this PNG is damaged (${messageOf(thrown)})`;
  }
}
