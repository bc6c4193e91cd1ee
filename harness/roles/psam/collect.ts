import { equal, fromHex, toHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { parseLines, splitLines } from "../../protocol/messages/collection-lines.ts";
import { decodeElement } from "../../protocol/messages/element-value.ts";
import { encodeCollectAnswer } from "../../protocol/messages/psam-collect.ts";
import type { TotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import { answered, type PsamStep, refused, written } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { LAST_NTPSAM } from "./package-initialize.ts";
import type { CollectionKept, PsamMemory, PsamState } from "./state.ts";
import { confirmedTotals, lineOf, withoutLines } from "./totals.ts";

/** The number after which there is none, as with transactions. */
const LAST_NTCOL = LAST_NTPSAM;

/** What COLLECT asks for. */
interface Request {
  readonly DIGEST: Uint8Array;
  readonly LINES: Uint8Array;
  readonly lines: readonly TotalsLine[];
}

/**
 * COLLECT (psam-edge.md 4.8): the lines leave the totals and are signed. The same lines again take nothing twice, and are signed under
 * the DIGEST that is asked for now: one that was altered on its way can be set right.
 */
export function collect(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  const request = requestIn(apdu.data);
  if (!request) return refused(state, 0x6a80);
  if (memory.collection !== null) {
    return again(state, memory.collection, request, crypto);
  }
  if (memory.NTCOL >= LAST_NTCOL) return refused(state, 0x9402);
  if (!areConfirmed(memory, request.lines)) return refused(state, 0x9418);
  const NTCOL = memory.NTCOL + 1;
  const collection = { NTCOL, DIGEST: toHex(request.DIGEST), LINES: toHex(request.LINES) };
  const taken = { ...memory, NTCOL, collection, totals: withoutLines(memory.totals, request.lines) };
  return written(state, taken, collectAnswer(memory, collection, crypto));
}

/** END OF COLLECTION (psam-edge.md 4.9): the clearing system has it, so it is forgotten. */
export function endOfCollection(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  const { collection } = memory;
  const NTCOL = decodeElement("NTCOL", apdu.data.subarray(0, 4));
  if (collection === null || collection.NTCOL !== NTCOL) return refused(state, 0x9415);
  const { KDC, PPPSAM, IDPSAM } = memory;
  const name = { PPPSAM, IDPSAM, NTCOL, DIGEST: fromHex(collection.DIGEST) };
  if (!crypto.verifyS5(KDC, name, apdu.data.subarray(4))) return refused(state, 0x9302);
  return written(state, { ...memory, collection: null });
}

/** DIGEST 32, number of lines 1, lines; undefined when they are none. */
function requestIn(data: Uint8Array): Request | undefined {
  const LINES = data.subarray(33);
  const parsed = parseLines(LINES);
  if (!parsed.ok || parsed.value.length !== data[32]) return undefined;
  return { DIGEST: data.subarray(0, 32), LINES, lines: parsed.value };
}

function again(state: PsamState, kept: CollectionKept, { DIGEST, LINES }: Request, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  if (!equal(fromHex(kept.LINES), LINES)) return refused(state, 0x9419);
  const collection = { ...kept, DIGEST: toHex(DIGEST) };
  const answer = collectAnswer(memory, collection, crypto);
  return kept.DIGEST === collection.DIGEST
    ? answered(state, answer)
    : written(state, { ...memory, collection }, answer);
}

/** NTCOL 4, S4 8. */
function collectAnswer({ KDC, PPPSAM, IDPSAM }: PsamMemory, kept: CollectionKept, crypto: PsamCrypto): Uint8Array {
  const { NTCOL } = kept;
  const lines = splitLines(fromHex(kept.LINES));
  const S4 = crypto.signS4(KDC, { PPPSAM, IDPSAM, NTCOL, DIGEST: fromHex(kept.DIGEST), lines });
  return encodeCollectAnswer({ NTCOL, S4 });
}

/** The totals hold each line confirmed; what stays of it has a sum exactly when it has a number, so that no money is lost. */
export function areConfirmed(memory: PsamMemory, lines: readonly TotalsLine[]): boolean {
  const confirmed = confirmedTotals(memory);
  return lines.every((line) => {
    const held = lineOf(confirmed, line);
    const sum = (held?.MTOT ?? 0) - line.MTOT;
    const number = (held?.NTOT ?? 0) - line.NTOT;
    return sum >= 0 && number >= 0 && (sum === 0) === (number === 0);
  });
}
