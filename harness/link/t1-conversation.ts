import type { Clock, Timer } from "../core/clock.ts";
import { type Deadline, remainingMs } from "../core/deadline.ts";
import { type PursebenchError, unreachable } from "../core/errors.ts";
import type { ByteStream } from "../device/contracts.ts";
import { encodeT1Block, type T1Block, type ValidBlock } from "../protocol/t1/block.ts";
import { type IfdAction, type IfdEvent, type IfdState, startIfd, stepIfd } from "../protocol/t1/ifd-machine.ts";
import type { T1Options } from "../protocol/t1/machine.ts";
import { brokenRules, lineGarbled, lineLost, lineSilent } from "./t1-failures.ts";
import type { T1Receiver } from "./t1-receiver.ts";

export interface ConversationParts {
  readonly line: ByteStream;
  readonly clock: Clock;
  readonly t1: T1Options;
  readonly ifs: number;
  readonly bwtMs: number;
  readonly receiver: T1Receiver;
  readonly onSent: (bytes: Uint8Array) => void;
}

/** One exchange under way. */
interface Talk {
  readonly request: Uint8Array;
  readonly deadline: Deadline;
  readonly limit: Timer;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: PursebenchError) => void;
}

/** Longest extension of BWT that `serial-line.md`, section 2, allows. */
const MAX_WTX = 5;

/** Performs the actions of the interface device's machine on a line: blocks out, blocks in, BWT. One exchange at a time. */
export class T1Conversation {
  readonly #parts: ConversationParts;
  #state: IfdState;
  /** False until the line is opened, and while nobody knows whether both ends agree. */
  #isInStep = false;
  #talk: Talk | undefined;
  #bwt: Timer | undefined;
  /** BWT ran out while a block was coming in; if that is nothing, the silence counts. */
  #isOverdue = false;
  /** Counts transmissions, so that the end of an earlier write starts no BWT. */
  #transmissions = 0;
  /** What the line brought lately; silence after garbage makes it silent again. */
  #heard: { readonly what: "nothing" | "garbage" | "block"; readonly after: number } = { what: "nothing", after: 0 };

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#state = startIfd(parts.t1);
  }

  /** Only while no other exchange is under way. */
  exchange(request: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const limit = deadline.clock.timer(remainingMs(deadline));
      const talk = { request, deadline, limit, resolve, reject };
      this.#talk = talk;
      void limit.elapsed.then(() => {
        if (this.#talk === talk) this.end(this.#diagnosis("no answer before the deadline"));
      });
      this.#heard = { what: "nothing", after: this.#transmissions };
      if (this.#isInStep) this.#send();
      else this.#open();
    });
  }

  /** Bytes of the line. Nothing is expected between exchanges, so what comes then is noise or late. */
  hear(bytes: Uint8Array): void {
    if (this.#talk) this.#parts.receiver.hear(bytes);
  }

  /** A block, or the damage of one, that the receiver put together. */
  onBlock(block: T1Block): void {
    if (!this.#talk || this.#isLeftOver(block)) {
      this.#onIgnored();
      return;
    }
    if (!isResynchronisation(block)) {
      this.#heard = { what: block.kind === "invalid" ? "garbage" : "block", after: this.#transmissions };
    }
    this.#step({ kind: "block", block: withinLimits(block) });
  }

  /** Ends the exchange under way, if there is one, with `error`. */
  end(error: PursebenchError): void {
    const talk = this.#finish();
    if (!talk) return;
    this.#isInStep = false;
    talk.reject(error);
  }

  #open(): void {
    this.#state = startIfd(this.#parts.t1);
    this.#step({ kind: "resynch" });
  }

  #send(): void {
    this.#isInStep = false; // until the answer is here
    if (this.#talk) this.#step({ kind: "send", data: this.#talk.request });
  }

  #step(event: IfdEvent): void {
    const { state, actions } = stepIfd(this.#state, event);
    this.#state = state;
    const multiplier = actions.find((action) => action.kind === "wait")?.multiplier ?? 1;
    for (const action of actions) this.#perform(action, event, multiplier);
  }

  #perform(action: IfdAction, event: IfdEvent, multiplier: number): void {
    switch (action.kind) {
      case "transmit":
        this.#transmit(action.block, multiplier * this.#parts.bwtMs);
        break;
      case "deliver":
        this.#deliver(action.data);
        break;
      case "settled":
        this.#onSettled(action.request);
        break;
      case "fail":
        this.end(this.#failure(action.reason, event));
        break;
      case "ignore":
        this.#onIgnored();
        break;
      case "wait":
        break; // part of the transmission before it
      default:
        unreachable(action);
    }
  }

  #transmit(block: ValidBlock, waitMs: number): void {
    const talk = this.#talk;
    if (!talk) return;
    const bytes = encodeT1Block(block, "LRC");
    this.#stopBwt();
    this.#parts.receiver.restart();
    const transmission = ++this.#transmissions;
    this.#parts.onSent(bytes);
    this.#parts.line.write(bytes, talk.deadline).then(
      () => {
        if (this.#talk === talk && this.#transmissions === transmission) this.#startBwt(waitMs);
      },
      (thrown: unknown) => {
        if (this.#talk === talk) this.end(lineLost(this.#parts.line.name, thrown));
      },
    );
  }

  #startBwt(waitMs: number): void {
    const timer = this.#parts.clock.timer(waitMs);
    this.#bwt = timer;
    void timer.elapsed.then(() => {
      if (this.#bwt === timer) this.#onBwt();
    });
  }

  #onBwt(): void {
    this.#isOverdue = this.#parts.receiver.isHearing; // its first character came in time
    if (!this.#isOverdue) this.#onSilence();
  }

  #onIgnored(): void {
    if (this.#talk && this.#isOverdue) this.#onSilence();
  }

  #onSilence(): void {
    if (this.#heard.after !== this.#transmissions) this.#heard = { what: "nothing", after: this.#transmissions };
    this.#step({ kind: "timeout" });
  }

  #onSettled(request: "IFS" | "RESYNCH"): void {
    const { ifs } = this.#parts;
    if (request === "RESYNCH") {
      this.#step({ kind: "request-ifs", ifsd: ifs });
    } else {
      this.#state = { ...this.#state, ifsc: ifs }; // section 2: the exchange sets both directions
      this.#send();
    }
  }

  #deliver(answer: Uint8Array): void {
    this.#isInStep = true;
    this.#finish()?.resolve(answer);
  }

  #finish(): Talk | undefined {
    const talk = this.#talk;
    this.#talk = undefined;
    talk?.limit.cancel();
    this.#stopBwt();
    this.#parts.receiver.restart();
    return talk;
  }

  #stopBwt(): void {
    this.#bwt?.cancel();
    this.#bwt = undefined;
    this.#isOverdue = false;
  }

  /** While RESYNCH is not answered, other blocks belong to the dialogue that it ends, such as a late answer. */
  #isLeftOver(block: T1Block): boolean {
    return block.kind !== "invalid" && this.#state.request?.type === "RESYNCH" && !isResynchronisation(block);
  }

  #failure(reason: string, event: IfdEvent): PursebenchError {
    const isBreach = event.kind === "block" && event.block.kind !== "invalid" && !isResynchronisation(event.block);
    return isBreach ? brokenRules(this.#parts.line.name, reason) : this.#diagnosis(reason);
  }

  #diagnosis(reason: string): PursebenchError {
    const isGarbled =
      this.#heard.what === "garbage" || (this.#heard.what === "nothing" && this.#parts.receiver.isGarbled);
    return (isGarbled ? lineGarbled : lineSilent)(this.#parts.line.name, reason);
  }
}

function isResynchronisation(block: T1Block): boolean {
  return block.kind === "S" && block.type === "RESYNCH" && block.direction === "response";
}

/** A block that asks for more time than the line allows is malformed. */
function withinLimits(block: T1Block): T1Block {
  if (block.kind !== "S" || block.type !== "WTX" || block.value <= MAX_WTX) return block;
  return { kind: "invalid", reason: "inf", bytes: encodeT1Block(block, "LRC") };
}
