import type { Deadline } from "../../core/deadline.ts";
import { type ErrorCode, PursebenchError, unreachable } from "../../core/errors.ts";
import type { T1Parameters } from "../../protocol/atr/meaning.ts";
import { encodeT1Block, MAX_INF, type T1Block } from "../../protocol/t1/block.ts";
import { type IfdEvent, type IfdState, type IfdStep, startIfd, stepIfd } from "../../protocol/t1/ifd-machine.ts";
import type { CharacterLine } from "./character-line.ts";
import { outOfStep } from "./failures.ts";
import { type BlockTimes, readBlock } from "./read-block.ts";
import type { Session } from "./session.ts";

/** The interface device's machine, which a seeded defect may stand in for. */
export type StepIfd = (state: IfdState, event: IfdEvent) => IfdStep;

/** Longest answer to a chained command that is put together, bytes. */
const MAX_MESSAGE = 65_538;
const CODES: Readonly<Record<"nothing" | "garbage" | "block", ErrorCode>> = {
  nothing: "DEVICE_SILENT",
  garbage: "DEVICE_GARBLED",
  block: "PROTOCOL",
};

/** T=1 on a line: blocks out, blocks in, waiting times (ISO/IEC 7816-3, 11). */
export class T1Session implements Session {
  readonly #line: CharacterLine;
  readonly #step: StepIfd;
  readonly #bwtMs: number;
  readonly #times: BlockTimes;
  #state: IfdState;
  /** Why nobody knows where the card stands. */
  #broken: string | undefined;
  /** What the line brought last, of blocks that are no answer to RESYNCH. */
  #heard: keyof typeof CODES = "nothing";

  /** `etuMs`: of the line. At F 372, D 1 BWT is 2^BWI * 960 + 11 etu and CWT 2^CWI + 11 etu (11.4.3). */
  constructor(line: CharacterLine, { ifsc, bwi, cwi, edc }: T1Parameters, etuMs: number, step: StepIfd = stepIfd) {
    this.#line = line;
    this.#step = step;
    this.#bwtMs = line.waitMs(2 ** bwi * 960 + 11);
    this.#times = { edc, cwtMs: line.waitMs(2 ** cwi + 11), bgtMs: 22 * etuMs };
    this.#state = startIfd({ ifsc, maxMessage: MAX_MESSAGE });
  }

  /** Tells the card that this reader takes blocks of every length. */
  async open(deadline: Deadline): Promise<void> {
    await this.#talk({ kind: "request-ifs", ifsd: MAX_INF }, deadline);
  }

  async transmit(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (this.#broken !== undefined) throw outOfStep(this.#line.name, this.#broken);
    return await this.#talk({ kind: "send", data: command }, deadline);
  }

  async #talk(first: IfdEvent, deadline: Deadline): Promise<Uint8Array> {
    this.#broken = "an exchange was given up";
    this.#heard = "nothing";
    for (let event = first; ; ) {
      const { state, actions } = this.#step(this.#state, event);
      this.#state = state;
      let waitMs = this.#bwtMs;
      for (const action of actions) {
        switch (action.kind) {
          case "transmit":
            await this.#line.send(encodeT1Block(action.block, this.#times.edc), deadline);
            break;
          case "wait":
            waitMs = this.#bwtMs * action.multiplier;
            break;
          case "deliver":
            this.#broken = undefined;
            return action.data;
          case "settled":
            this.#broken = undefined;
            return new Uint8Array(0);
          case "fail":
            throw this.#failure(action.reason, action.isUsable);
          case "ignore":
            break; // a block for another node: this one still has to come
          default:
            unreachable(action);
        }
      }
      event = this.#eventOf(await readBlock(this.#line, this.#times, waitMs, deadline));
    }
  }

  #eventOf(block: T1Block | undefined): IfdEvent {
    if (block === undefined) {
      this.#heard = "nothing";
      return { kind: "timeout" };
    }
    const isResynchronisation = block.kind === "S" && block.type === "RESYNCH" && block.direction === "response";
    if (!isResynchronisation) this.#heard = block.kind === "invalid" ? "garbage" : "block";
    return { kind: "block", block };
  }

  #failure(reason: string, isUsable: boolean): PursebenchError {
    this.#broken = isUsable ? undefined : reason;
    return new PursebenchError(CODES[this.#heard], `${this.#line.name}: T=1: ${reason}`, {
      owner: "card",
      mend: "the card may have acted on the command: look before it is sent again",
    });
  }
}
