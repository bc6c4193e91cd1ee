import { concat } from "../../core/bytes.ts";
import { MAX_INF, PROLOGUE_LENGTH, type T1Block } from "./block.ts";
import { decodeT1Block } from "./decode-block.ts";
import { type EdcKind, edcLength } from "./edc.ts";

/**
 * Collects the bytes of a line into blocks. An immutable value: `feed` and `flush` return the next one.
 * Behind damaged bytes nobody knows where the next block begins, so everything up to the next silence is dropped. A line
 * is half duplex: start afresh with `newAccumulator` when sending, and `flush` when CWT has passed without a byte.
 */
export interface Accumulator {
  readonly edc: EdcKind;
  /** Beginning of a block, at most 258 bytes. */
  readonly pending: Uint8Array;
  /** A damaged block went by; bytes are dropped until the line is silent. */
  readonly isGarbled: boolean;
}

export interface Collected {
  readonly next: Accumulator;
  readonly blocks: readonly T1Block[];
}

const NOTHING = new Uint8Array(0);

export function newAccumulator(edc: EdcKind): Accumulator {
  return { edc, pending: NOTHING, isGarbled: false };
}

/**
 * Takes `bytes` in. `blocks` are those that became complete; their INF may be views of `bytes`, which must
 * not be written to afterwards.
 */
export function feed(accumulator: Accumulator, bytes: Uint8Array): Collected {
  const { edc, pending, isGarbled } = accumulator;
  if (isGarbled) return { next: accumulator, blocks: [] };
  const blocks: T1Block[] = [];
  let rest = pending.length === 0 ? bytes : concat(pending, bytes);
  for (let size = blockLength(rest, edc); size !== undefined && size <= rest.length; size = blockLength(rest, edc)) {
    const block = decodeT1Block(rest.subarray(0, size), edc);
    blocks.push(block);
    if (isDamaged(block)) return { next: { edc, pending: NOTHING, isGarbled: true }, blocks };
    rest = rest.subarray(size);
  }
  // The rest is copied, so that a few bytes do not keep a large buffer alive.
  return { next: { edc, pending: rest.length === 0 ? NOTHING : rest.slice(), isGarbled: false }, blocks };
}

/** The line has been silent for CWT: what has begun will not be completed and comes out as an invalid block. */
export function flush(accumulator: Accumulator): Collected {
  const { edc, pending } = accumulator;
  const blocks: readonly T1Block[] =
    pending.length === 0 ? [] : [{ kind: "invalid", reason: "length", bytes: pending }];
  return { next: newAccumulator(edc), blocks };
}

/** Bytes that the block under way still lacks; before LEN is known, those of the shortest block. */
export function missingBytes(accumulator: Accumulator): number {
  const { edc, pending } = accumulator;
  return (blockLength(pending, edc) ?? PROLOGUE_LENGTH + edcLength(edc)) - pending.length;
}

/** Whole length of the block at the start of `bytes`; undefined before LEN. LEN FF ends it at once, as invalid. */
function blockLength(bytes: Uint8Array, edc: EdcKind): number | undefined {
  const len = bytes[2];
  if (len === undefined) return undefined;
  return len > MAX_INF ? PROLOGUE_LENGTH : PROLOGUE_LENGTH + len + edcLength(edc);
}

function isDamaged(block: T1Block): boolean {
  return block.kind === "invalid" && (block.reason === "edc" || (block.bytes[2] ?? 0) > MAX_INF);
}
