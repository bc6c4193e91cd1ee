/** The concentrator's end of the line by hand: block by block, with whatever the case wants to go wrong. */
import { concat, toHex } from "../../../harness/core/bytes.ts";
import type { TerminalDevice } from "../../../harness/flows/devices.ts";
import { encodeT1Block } from "../../../harness/protocol/t1/block.ts";
import type { DeviceContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Bit, due, IFS_AT_START, IFS_MOST, iBlock, other, PCB, partOf, pieces, rBlock, sBlock } from "./blocks.ts";

/** Longer than BWT with its longest extension is nobody waited for, ms. */
const HEAR_MS = 6_000;
/** What a terminal has not answered by then it leaves unanswered, ms: BWT. */
const SILENCE_MS = 2_000;

export const SILENCE = "silence";

export class Line {
  readonly t: DeviceContext;
  readonly terminal: TerminalDevice;
  /** N(S) of this end's next I-block, and of the terminal's. */
  ns: Bit = 0;
  nr: Bit = 0;
  /** Bytes of INF of this end's I-blocks at most. */
  ifs = IFS_AT_START;

  private constructor(t: DeviceContext, terminal: TerminalDevice) {
    this.t = t;
    this.terminal = terminal;
  }

  /** Both ends in step, IFS `ifs`. */
  static async open(t: DeviceContext, ifs = IFS_MOST): Promise<Line> {
    const line = new Line(t, await t.devices.terminal());
    await line.start(ifs);
    return line;
  }

  /** S(RESYNCH request), and S(IFS request) unless it is to stay as at start. */
  async start(ifs = IFS_MOST): Promise<void> {
    await this.says("S(RESYNCH request)", sBlock(PCB.RESYNCH), due.S(PCB.RESYNCH | PCB.response));
    this.ns = 0;
    this.nr = 0;
    this.ifs = IFS_AT_START;
    if (ifs !== IFS_AT_START) await this.setIfs(ifs);
  }

  async setIfs(ifs: number): Promise<void> {
    await this.says(`S(IFS request ${ifs})`, sBlock(PCB.IFS, ifs), due.S(PCB.IFS | PCB.response, ifs));
    this.ifs = ifs;
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.terminal.line.send(bytes);
  }

  /** The next block of the terminal in hex; `SILENCE`. */
  async hear(withinMs = HEAR_MS): Promise<string> {
    const heard = await this.terminal.line.block(withinMs);
    return heard === undefined ? SILENCE : toHex(encodeT1Block(heard, "LRC"));
  }

  /** Sends, and the terminal must answer with that block. */
  async says(what: string, bytes: Uint8Array, wanted: string, about?: About): Promise<void> {
    await this.send(bytes);
    this.t.expect.equal(`answer to ${what}`, await this.hear(), wanted, about);
  }

  /** Nothing must come now. */
  async silent(what: string, about?: About): Promise<void> {
    this.t.expect.equal(`answer to ${what}`, await this.hear(SILENCE_MS), SILENCE, about);
  }

  /** A whole message, and the whole answer to it, both in as many blocks as it takes. */
  async exchange(message: Uint8Array, about?: About): Promise<Uint8Array> {
    await this.tell(message, about);
    return await this.answer(about);
  }

  /** A message, without waiting for the answer. */
  async tell(message: Uint8Array, about?: About): Promise<void> {
    const parts = pieces(message, this.ifs);
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      await this.send(iBlock(this.ns, part, !isLast));
      this.ns = other(this.ns);
      if (!isLast) this.t.expect.equal("acknowledgement of a part", await this.hear(), due.R(this.ns), about);
    }
  }

  /** The answer that is due now; more time is granted where the terminal asks for it. */
  async answer(about?: About): Promise<Uint8Array> {
    const heard: Uint8Array[] = [];
    for (;;) {
      const hex = await this.#afterWaiting();
      const part = partOf(hex);
      this.t.expect.that(part !== undefined && part.ns === this.nr, `an I-block with N(S) ${this.nr} comes`, {
        ...about,
        actual: hex,
      });
      heard.push(part?.INF ?? new Uint8Array(0));
      this.nr = other(this.nr);
      if (!part?.isMore) return concat(...heard);
      await this.send(rBlock(this.nr));
    }
  }

  async #afterWaiting(): Promise<string> {
    for (;;) {
      const hex = await this.hear();
      const isWaiting = hex.startsWith("21C301");
      if (!isWaiting) return hex;
      await this.send(sBlock(PCB.WTX | PCB.response, Number.parseInt(hex.slice(6, 8), 16)));
    }
  }
}
