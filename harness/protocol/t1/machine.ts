/**
 * What the two T=1 machines have in common (ISO/IEC 7816-3, 11.6). Each is a pure function from state and event to the
 * next state and the actions to be carried out, in order; states are immutable values. No timer, no port.
 */
import { concat } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import {
  type IBlock,
  MAX_INF,
  type RBlock,
  type SBlock,
  type SequenceBit,
  type T1Block,
  type ValidBlock,
} from "./block.ts";
import { answeringNad, encodeNad, type NodeAddress } from "./nad.ts";

/** Transmissions of one block before the next stronger measure (11.6.3, rule 7.4: two more attempts). */
export const TRIES = 3;

/** How a line starts out. */
export interface T1Options {
  /** Own node and peer; default 0 and 0, no addressing. */
  readonly address?: NodeAddress;
  /** Largest INF in bytes that the card (or terminal) takes, from its ATR; default 32. */
  readonly ifsc?: number;
  /** Largest INF in bytes that the interface device takes; default 32. */
  readonly ifsd?: number;
  /** Longest message in bytes that is put together from I-blocks; default 4096. */
  readonly maxMessage?: number;
}

/** The part of both states that outlives a message. */
export interface T1Line {
  /** NAD of the blocks that this end sends. */
  readonly nad: number;
  /** Sizes to return to after RESYNCH (11.6.2.3, rule 6.1). */
  readonly initialIfsc: number;
  readonly initialIfsd: number;
  readonly maxMessage: number;
  readonly ifsc: number;
  readonly ifsd: number;
  /** N(S) of the next I-block that this end sends. */
  readonly ns: SequenceBit;
  /** N(S) of the next I-block that this end expects. */
  readonly nr: SequenceBit;
  /** R-block with which this end complained of what came; repeated as it is until something valid comes (rule 7.2). */
  readonly complaint: RBlock | undefined;
  /** Own request that has no response yet. */
  readonly request: SBlock | undefined;
  /** Transmissions in a row that brought nothing valid. */
  readonly errors: number;
}

export type CommonAction =
  | { readonly kind: "transmit"; readonly block: ValidBlock }
  /** A complete message for the layer above. */
  | { readonly kind: "deliver"; readonly data: Uint8Array }
  /** Nothing was done about what came, and why. */
  | { readonly kind: "ignore"; readonly reason: string };

export interface Step<State, Action> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** A message under construction. */
export interface Parts {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

export const NO_PARTS: Parts = { parts: [], length: 0 };

/** The state of a line before its first block. Throws `PROTOCOL` for sizes or addresses that T=1 does not have. */
export function startLine(options: T1Options): T1Line {
  const { address = { sad: 0, dad: 0 }, ifsc = 32, ifsd = 32, maxMessage = 4096 } = options;
  checkIfs(ifsc);
  checkIfs(ifsd);
  const nad = encodeNad(address);
  return { nad, initialIfsc: ifsc, initialIfsd: ifsd, maxMessage, ...freshCounters(ifsc, ifsd) };
}

/** The line after an answered RESYNCH: counters 0, sizes as at the start. */
export function resynchronised(line: T1Line): Omit<T1Line, "nad" | "initialIfsc" | "initialIfsd" | "maxMessage"> {
  return freshCounters(line.initialIfsc, line.initialIfsd);
}

/** Throws `PROTOCOL` unless `size` is 1 to 254. */
export function checkIfs(size: number): void {
  if (!Number.isInteger(size) || size < 1 || size > MAX_INF) {
    throw new PursebenchError("PROTOCOL", `information field size ${size} is not 1 to ${MAX_INF}`);
  }
}

/**
 * True for blocks that this end has to act upon. A damaged block says nothing about its address and counts as ours: where
 * several nodes share one line, only one machine may be shown it.
 */
export function isForUs(line: T1Line, block: T1Block): boolean {
  if (block.kind !== "invalid") return block.nad === answeringNad(line.nad);
  return block.reason === "edc" || block.reason === "nad" || block.bytes[0] === answeringNad(line.nad);
}

/** The first I-block of `data` and what remains. `inf` and `rest` are views of `data`. */
export function cutBlock(
  nad: number,
  ns: SequenceBit,
  data: Uint8Array,
  size: number,
): { readonly block: IBlock; readonly rest: Uint8Array } {
  const more = data.length > size;
  return { block: { kind: "I", nad, ns, more, inf: data.subarray(0, size) }, rest: data.subarray(size) };
}

export function withPart({ parts, length }: Parts, inf: Uint8Array): Parts {
  return { parts: [...parts, inf], length: length + inf.length };
}

/** The message; not copied when it came in one block. */
export function assembled({ parts }: Parts): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : concat(...parts);
}

/** The error that R names for what came: 1 for a wrong EDC, 2 for everything else (11.3.2.2). */
export function errorOf(reason: Extract<T1Block, { kind: "invalid" }>["reason"]): 1 | 2 {
  return reason === "edc" ? 1 : 2;
}

function freshCounters(ifsc: number, ifsd: number) {
  return { ifsc, ifsd, ns: 0, nr: 0, complaint: undefined, request: undefined, errors: 0 } as const;
}
