/** A card's end of T=1 that goes wrong on purpose, around one that does not. */
import { concat, flipBit } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import type { T1Mischief } from "../../core/t1-mischief.ts";
import { encodeT1Block, type SequenceBit, type T1Block, toggled, type ValidBlock } from "../../protocol/t1/block.ts";
import { decodeT1Block } from "../../protocol/t1/decode-block.ts";
import { type EdcKind, edcLength, writeEdc } from "../../protocol/t1/edc.ts";
import { answeringNad } from "../../protocol/t1/nad.ts";
import type { IccEnd } from "./icc-end.ts";

/** `onSize`: the card has announced what it takes, and that was acknowledged. */
export function withMischief(
  end: IccEnd,
  mischief: readonly T1Mischief[],
  edc: EdcKind,
  onSize: (ifsc: number) => void,
): IccEnd {
  return new MischievousEnd(end, mischief, edc, onSize);
}

/** A request of the card's own, and what it sends when that is answered. */
interface Pending {
  readonly type: "WTX" | "IFS" | "ABORT";
  readonly request: Uint8Array;
  readonly held: Uint8Array;
}

class MischievousEnd implements IccEnd {
  readonly #inner: IccEnd;
  readonly #mischief: readonly T1Mischief[];
  readonly #edc: EdcKind;
  readonly #onSize: (ifsc: number) => void;
  #sent = 0;
  #pending: Pending | undefined;
  /** Every block is damaged until RESYNCH. */
  #isDeaf = false;
  /** N(S) of the next I-block that the card expects, and NAD of what it sends. */
  #nr: SequenceBit = 0;
  #nad = 0;
  /** An odd number of the inner card's I-blocks was dropped: its N(S) is not the line's. */
  #isShifted = false;

  constructor(inner: IccEnd, mischief: readonly T1Mischief[], edc: EdcKind, onSize: (ifsc: number) => void) {
    this.#onSize = onSize;
    this.#inner = inner;
    this.#mischief = mischief;
    this.#edc = edc;
  }

  async transfer(tpdu: Uint8Array): Promise<Uint8Array | null> {
    const block = decodeT1Block(tpdu, this.#edc);
    if (block.kind === "S" && block.type === "RESYNCH" && block.direction === "request") this.#forget();
    if (block.kind !== "invalid") this.#nad = answeringNad(block.nad);
    const due = this.#mischief.find(({ nth, times = 1 }) => this.#sent + 1 >= nth && this.#sent + 1 < nth + times);
    if (this.#isDeaf) return this.#count(damaged(this.#r(0)));
    if (due?.act === "r-block-error" || due?.act === "r-block-other") return this.#count(this.#askAgain(due, block));
    const answer = await this.#answer(tpdu, block);
    return answer && this.#count(due ? await this.#spoil(due, answer) : answer);
  }

  /** What the card sends, in the numbers of the line. */
  async #answer(tpdu: Uint8Array, block: T1Block): Promise<Uint8Array | null> {
    const pending = this.#pending;
    if (pending) {
      const isAnswered = block.kind === "S" && block.direction === "response" && block.type === pending.type;
      if (!isAnswered) return pending.request;
      this.#pending = undefined;
      if (block.type === "IFS") this.#onSize(block.value);
      return pending.held;
    }
    if (block.kind === "I") this.#nr = toggled(block.ns);
    return this.#shifted(await this.#inner.transfer(this.#shifted(tpdu, "R") ?? tpdu), "I");
  }

  async #spoil({ act, value }: T1Mischief, answer: Uint8Array): Promise<Uint8Array | null> {
    switch (act) {
      case "corrupt-edc":
        return damaged(answer);
      case "flip-bit":
        return flipBit(answer, (value ?? 0) % (8 * answer.length));
      case "silence":
        return null;
      case "truncated":
        return answer.subarray(0, Math.max(1, answer.length - (value ?? 1)));
      case "duplicate":
        return concat(answer, answer);
      case "wrong-nad":
        return withNad(answer, value ?? 0x12, this.#edc);
      case "wrong-sequence":
        return this.#otherNumber(answer);
      case "wtx":
        return this.#ask("WTX", answer, value ?? 1);
      case "ifs":
        return this.#ask("IFS", answer, value ?? 32);
      case "abort":
        return await this.#abort(answer);
      case "resynch-needed":
        this.#isDeaf = true;
        return damaged(answer);
      case "r-block-error":
      case "r-block-other":
        return answer; // done before the card has heard anything
      default:
        return unreachable(act);
    }
  }

  #ask(type: "WTX" | "IFS", held: Uint8Array, value: number): Uint8Array {
    const direction = "request";
    const request = encodeT1Block({ kind: "S", nad: this.#nad, direction, type, value }, this.#edc);
    this.#pending = { type, request, held };
    return request;
  }

  /** The inner card is made to listen again; then the right to send is given back (11.6.2.3, rule 9). */
  async #abort(answer: Uint8Array): Promise<Uint8Array> {
    if (decodeT1Block(answer, this.#edc).kind === "I") this.#isShifted = !this.#isShifted;
    const type = "ABORT";
    const nad = answeringNad(this.#nad);
    await this.#inner.transfer(encodeT1Block({ kind: "S", nad, direction: "request", type }, this.#edc));
    const request = encodeT1Block({ kind: "S", nad: this.#nad, direction: "request", type }, this.#edc);
    this.#pending = { type, request, held: this.#r(0) };
    return request;
  }

  /** The inner card never hears of the block. */
  #askAgain({ act }: T1Mischief, block: T1Block): Uint8Array {
    const error = act === "r-block-error" ? 1 : 2;
    return this.#r(error, block.kind === "I" ? block.ns : this.#nr);
  }

  #r(error: 0 | 1 | 2, nr = this.#nr): Uint8Array {
    return encodeT1Block({ kind: "R", nad: this.#nad, nr, error }, this.#edc);
  }

  /** `bytes` with the other number, when they are a block of `kind` and the numbers of card and line differ. */
  #shifted(bytes: Uint8Array | null, kind: "I" | "R"): Uint8Array | null {
    if (!bytes || !this.#isShifted || decodeT1Block(bytes, this.#edc).kind !== kind) return bytes;
    return this.#otherNumber(bytes);
  }

  #otherNumber(bytes: Uint8Array): Uint8Array {
    const block = decodeT1Block(bytes, this.#edc);
    const other: ValidBlock | undefined =
      block.kind === "I"
        ? { ...block, ns: toggled(block.ns) }
        : block.kind === "R"
          ? { ...block, nr: toggled(block.nr) }
          : undefined;
    return other ? encodeT1Block(other, this.#edc) : bytes;
  }

  #forget(): void {
    this.#isDeaf = false;
    this.#isShifted = false;
    this.#pending = undefined;
    this.#nr = 0;
  }

  #count<T extends Uint8Array | null>(answer: T): T {
    this.#sent++;
    return answer;
  }
}

function damaged(block: Uint8Array): Uint8Array {
  return flipBit(block, 8 * block.length - 1);
}

function withNad(block: Uint8Array, nad: number, edc: EdcKind): Uint8Array {
  const bytes = block.slice();
  bytes[0] = nad;
  writeEdc(bytes, bytes.length - edcLength(edc), edc);
  return bytes;
}
