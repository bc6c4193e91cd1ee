/** Frames of the HSM edge (hsm-edge.md 1), without the 2-byte length that the carrier adds. Never throws on hostile bytes. */

/** One command or answer. Texts are ASCII. */
export interface HsmFrame {
  /** 4 characters that the answer repeats. */
  readonly header: string;
  /** Command or answer code, 2 characters. */
  readonly code: string;
  /** What follows, without the trailer. */
  readonly body: string;
  /** Behind the delimiter '19', at most 32 characters; undefined where there is no delimiter. */
  readonly trailer?: string | undefined;
}

/** Header and code. */
export const SHORTEST_FRAME = 6;
export const LONGEST_FRAME = 1_024;
const HEADER_LENGTH = 4;
const DELIMITER = "\u0019";

/** The bytes of a frame. */
export function encodeHsmFrame({ header, code, body, trailer }: HsmFrame): Uint8Array {
  const end = trailer === undefined ? "" : DELIMITER + trailer;
  return new TextEncoder().encode(header + code + body + end);
}

/** The frame, or undefined for bytes that are none: then the connection cannot be followed any further. */
export function parseHsmFrame(bytes: Uint8Array): HsmFrame | undefined {
  if (bytes.length < SHORTEST_FRAME || bytes.length > LONGEST_FRAME) return undefined;
  const text = String.fromCharCode(...bytes);
  const [command = "", trailer, ...more] = text.split(DELIMITER);
  if (command.length < SHORTEST_FRAME || more.length > 0) return undefined;
  if (!isPrintable(command) || (trailer !== undefined && !isPrintable(trailer))) return undefined;
  const header = command.slice(0, HEADER_LENGTH);
  const code = command.slice(HEADER_LENGTH, SHORTEST_FRAME);
  return { header, code, body: command.slice(SHORTEST_FRAME), trailer };
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
