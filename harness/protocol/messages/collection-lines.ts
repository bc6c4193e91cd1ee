import { concat, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { encodeTotalsLine, parseTotalsLine, TOTALS_LINE_LENGTH, type TotalsLine } from "./psam-read-totals.ts";
import type { Parsed } from "./structure-value.ts";

/** LINES (`clearing.md` 1): the totals of one collection, as in READ TOTALS, ascending by PPIEP, CURR and CEXP. */

/** More do not fit one COLLECT. */
export const MAX_LINES = 13;

/** PPIEP 3, CURR 2, CEXP 1. */
const GROUP_LENGTH = 6;

/** LINES, n x 16 bytes, of lines in any order. Throws `PROTOCOL` when they are no lines of one collection. */
export function encodeLines(lines: readonly TotalsLine[]): Uint8Array {
  const LINES = concat(...lines.map(encodeTotalsLine).sort((one, other) => Buffer.compare(one, other)));
  const flaw = linesFlaw(LINES);
  if (flaw !== undefined) throw new PursebenchError("PROTOCOL", `LINES: ${flaw}`);
  return LINES;
}

/** Reads LINES. Never throws. */
export function parseLines(LINES: Uint8Array): Parsed<readonly TotalsLine[]> {
  const reason = linesFlaw(LINES);
  if (reason !== undefined) return { ok: false, reason };
  const lines: TotalsLine[] = [];
  for (const bytes of splitLines(LINES)) {
    const line = parseTotalsLine(bytes);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  return { ok: true, value: lines };
}

/** The lines one by one, 16 bytes each; views. */
export function splitLines(LINES: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(LINES.length / TOTALS_LINE_LENGTH);
  return Array.from({ length: count }, (_, index) => {
    return LINES.subarray(index * TOTALS_LINE_LENGTH, (index + 1) * TOTALS_LINE_LENGTH);
  });
}

/** Why these are not the lines of a collection, apart from the values of elements; undefined when they are. */
function linesFlaw(LINES: Uint8Array): string | undefined {
  const lines = splitLines(LINES);
  if (LINES.length % TOTALS_LINE_LENGTH !== 0) return `${LINES.length} bytes are no multiple of ${TOTALS_LINE_LENGTH}`;
  if (lines.length < 1 || lines.length > MAX_LINES) return `${lines.length} lines, not 1 to ${MAX_LINES}`;
  const groups = lines.map((line) => toHex(line.subarray(0, GROUP_LENGTH)));
  const place = groups.findIndex((group, index) => index > 0 && group <= (groups[index - 1] ?? ""));
  if (place >= 0) return `line ${place} is not above the one before it`;
  const empty = lines.findIndex((line) => isZero(line.subarray(GROUP_LENGTH, 12)) || isZero(line.subarray(12)));
  return empty >= 0 ? `line ${empty} has a sum or a number of zero` : undefined;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
