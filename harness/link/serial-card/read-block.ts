import type { Deadline } from "../../core/deadline.ts";
import { feed, flush, newAccumulator } from "../../protocol/t1/accumulator.ts";
import type { T1Block } from "../../protocol/t1/block.ts";
import type { EdcKind } from "../../protocol/t1/edc.ts";
import type { CharacterLine } from "./character-line.ts";

export interface BlockTimes {
  readonly edc: EdcKind;
  /** Longest gap inside of a block, ms. */
  readonly cwtMs: number;
  /** Block guard time, ms. */
  readonly bgtMs: number;
}

/**
 * The next block, after `waitMs` of silence at most; undefined: nothing came. A damaged one is waited out until the line has been silent
 * for CWT. A block is whole only when the line is quiet behind it for the guard time: characters that follow at once give away an
 * added or doubled one that the EDC has missed.
 */
export async function readBlock(
  line: CharacterLine,
  { edc, cwtMs, bgtMs }: BlockTimes,
  waitMs: number,
  deadline: Deadline,
): Promise<T1Block | undefined> {
  let collecting = newAccumulator(edc);
  for (let patienceMs = waitMs; ; patienceMs = cwtMs) {
    const bytes = await line.read(patienceMs, deadline);
    if (bytes.length === 0) return flush(collecting).blocks[0];
    const { next, blocks } = feed(collecting, bytes);
    collecting = next;
    const [block, ...others] = blocks;
    if (block === undefined) continue;
    const isAlone = others.length === 0 && next.pending.length === 0 && !next.isGarbled;
    if (isAlone && (await line.read(bgtMs, deadline)).length === 0) return block;
    await silence(line, cwtMs, deadline);
    return isAlone || block.kind !== "invalid" ? { kind: "invalid", reason: "edc", bytes } : block;
  }
}

async function silence(line: CharacterLine, cwtMs: number, deadline: Deadline): Promise<void> {
  while ((await line.read(cwtMs, deadline)).length > 0);
}
