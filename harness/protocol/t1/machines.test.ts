/** Both machines against each other over a simulated line that drops and damages what passes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, toHex } from "../../core/bytes.ts";
import { feed, flush, newAccumulator } from "./accumulator.ts";
import { encodeT1Block, type T1Block } from "./block.ts";
import type { EdcKind } from "./edc.ts";
import { type IccAction, type IccEvent, type IccState, startIcc, stepIcc } from "./icc-machine.ts";
import { type IfdAction, type IfdEvent, type IfdState, startIfd, stepIfd } from "./ifd-machine.ts";
import type { T1Options } from "./machine.ts";

/** What happens to one transmission: nothing, lost, one bit turned over, its end cut off. */
type Fault = "none" | "drop" | { readonly flip: number } | { readonly cut: number };

interface Exchange {
  readonly message: Uint8Array;
  readonly reply: Uint8Array;
  readonly wtx: boolean;
}

interface Outcome {
  readonly executed: readonly string[];
  readonly delivered: readonly string[];
  readonly failed: boolean;
  readonly isUsable: boolean;
}

class SimulatedLine {
  #ifd: IfdState;
  #icc: IccState;
  readonly #edc: EdcKind;
  readonly #faults: readonly Fault[];
  #transmissions = 0;

  constructor(ifd: T1Options, icc: T1Options, edc: EdcKind, faults: readonly Fault[]) {
    this.#ifd = startIfd(ifd);
    this.#icc = startIcc(icc);
    this.#edc = edc;
    this.#faults = faults;
  }

  /** Runs one message to its end, whatever that is. */
  exchange({ message, reply, wtx }: Exchange): Outcome {
    const executed: string[] = [];
    const delivered: string[] = [];
    let event: IfdEvent = { kind: "send", data: message };
    for (let turn = 0; turn < 5000; turn++) {
      const { state, actions }: { state: IfdState; actions: readonly IfdAction[] } = stepIfd(this.#ifd, event);
      this.#ifd = state;
      let answer: T1Block | undefined;
      for (const action of actions) {
        if (action.kind === "fail") return { executed, delivered, failed: true, isUsable: action.isUsable };
        if (action.kind === "deliver")
          return { executed, delivered: [...delivered, toHex(action.data)], failed: false, isUsable: true };
        if (action.kind === "transmit") answer = this.#toCard(action.block, reply, wtx, executed);
      }
      event = answer === undefined ? { kind: "timeout" } : { kind: "block", block: answer };
    }
    throw new Error("the machines never came to an end");
  }

  #toCard(block: T1Block, reply: Uint8Array, wtx: boolean, executed: string[]): T1Block | undefined {
    const heard = this.#pass(block);
    if (heard === undefined) return undefined;
    let sent: T1Block | undefined;
    const events: IccEvent[] = [{ kind: "block", block: heard }];
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      const { state, actions }: { state: IccState; actions: readonly IccAction[] } = stepIcc(this.#icc, event);
      this.#icc = state;
      for (const action of actions) {
        if (action.kind === "transmit") sent = action.block;
        if (action.kind === "deliver") {
          executed.push(toHex(action.data));
          if (wtx) events.push({ kind: "wtx", multiplier: 2 });
          events.push({ kind: "reply", data: reply });
        }
      }
    }
    return sent === undefined ? undefined : this.#pass(sent);
  }

  /** What the far end reads of a block: whole, invalid, or nothing at all. */
  #pass(block: T1Block): T1Block | undefined {
    const fault = this.#faults[this.#transmissions++] ?? "none";
    if (fault === "drop") return undefined;
    let bytes = encodeT1Block(block, this.#edc);
    if (fault !== "none" && "flip" in fault) bytes = flipBit(bytes, fault.flip % (bytes.length * 8));
    if (fault !== "none" && "cut" in fault) bytes = bytes.subarray(0, 1 + (fault.cut % (bytes.length - 1)));
    const { next, blocks } = feed(newAccumulator(this.#edc), bytes);
    // A line is half duplex: characters behind a block that is right by chance give its damaged length away (link/t1-receiver.ts).
    if (blocks.length > 0 && next.pending.length > 0) return { kind: "invalid", reason: "edc", bytes };
    return blocks[0] ?? flush(next).blocks[0];
  }
}

const size = fc.integer({ min: 1, max: 254 });
const message = fc.uint8Array({ minLength: 0, maxLength: 700 });
const exchanges = fc.array(fc.record({ message, reply: message, wtx: fc.boolean() }), { minLength: 1, maxLength: 4 });
const edcKind = fc.constantFrom<EdcKind>("LRC", "CRC");
const sizes = fc.record({ ifsc: size, ifsd: size });
const harm: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant("drop" as const),
  fc.record({ flip: fc.nat() }),
  fc.record({ cut: fc.nat() }),
);
const anyFaults = fc.array(
  fc.oneof({ weight: 2, arbitrary: fc.constant("none" as const) }, { weight: 1, arbitrary: harm }),
  {
    maxLength: 60,
  },
);
/** Faults with enough clean transmissions behind each for the retries to do their work. */
const rareFaults = fc
  .array(fc.tuple(harm, fc.integer({ min: 5, max: 9 })), { maxLength: 12 })
  .map((pairs) => pairs.flatMap(([fault, clean]): Fault[] => [fault, ...Array<Fault>(clean).fill("none")]));

const terminal = { ifd: { sad: 2, dad: 1 }, icc: { sad: 1, dad: 2 } };

function lineOf(options: T1Options, edc: EdcKind, faults: readonly Fault[]): SimulatedLine {
  return new SimulatedLine({ ...options, address: terminal.ifd }, { ...options, address: terminal.icc }, edc, faults);
}

describe("both ends over a lossy line", () => {
  it("carry every message once and unchanged when nothing is lost", () => {
    fc.assert(
      fc.property(exchanges, sizes, edcKind, (list, options, edc) => {
        const line = lineOf(options, edc, []);
        for (const exchange of list) {
          expect(line.exchange(exchange)).toEqual({
            executed: [toHex(exchange.message)],
            delivered: [toHex(exchange.reply)],
            failed: false,
            isUsable: true,
          });
        }
      }),
    );
  });

  it("carry every message once and unchanged as long as faults stay within the retries", () => {
    fc.assert(
      fc.property(exchanges, sizes, edcKind, rareFaults, (list, options, edc, faults) => {
        const line = lineOf(options, edc, faults);
        for (const exchange of list) {
          const outcome = line.exchange(exchange);
          expect(outcome.failed).toBe(false);
          expect(outcome.executed).toEqual([toHex(exchange.message)]);
          expect(outcome.delivered).toEqual([toHex(exchange.reply)]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never execute a message twice or change it, and say so when they give up, whatever the faults", () => {
    fc.assert(
      fc.property(exchanges, sizes, edcKind, anyFaults, (list, options, edc, faults) => {
        const line = lineOf(options, edc, faults);
        for (const exchange of list) {
          const { executed, delivered, failed, isUsable } = line.exchange(exchange);
          expect([[], [toHex(exchange.message)]]).toContainEqual(executed);
          expect(delivered).toEqual(failed ? [] : [toHex(exchange.reply)]);
          if (!failed) expect(executed).toHaveLength(1);
          if (!isUsable) return; // the caller would reset the card here
        }
      }),
      { numRuns: 600 },
    );
  });

  it("fail without executing twice when the answer is lost again and again", () => {
    const line = lineOf({}, "LRC", ["none", ...Array<Fault>(3).fill("drop"), "none", "drop", "drop", "drop"]);
    const bytes = Uint8Array.of(0x90, 0x54, 0, 0);
    const first = line.exchange({ message: bytes, reply: Uint8Array.of(0x90, 0x00), wtx: false });
    expect(first).toEqual({ executed: ["90540000"], delivered: [], failed: true, isUsable: true });
    const second = line.exchange({ message: Uint8Array.of(1), reply: Uint8Array.of(2), wtx: false });
    expect(second).toMatchObject({ executed: ["01"], delivered: ["02"], failed: false });
  });

  it("give up for good on a dead line", () => {
    const line = lineOf({}, "LRC", Array<Fault>(100).fill("drop"));
    const outcome = line.exchange({ message: Uint8Array.of(1), reply: Uint8Array.of(2), wtx: false });
    expect(outcome).toEqual({ executed: [], delivered: [], failed: true, isUsable: false });
  });

  it("carry 4096 bytes each way, and not one more", () => {
    const whole = { message: new Uint8Array(4096).fill(1), reply: new Uint8Array(4096).fill(2), wtx: true };
    expect(lineOf({ ifsc: 32, ifsd: 254 }, "CRC", []).exchange(whole)).toMatchObject({ failed: false });
    const long = new Uint8Array(4097);
    expect(lineOf({}, "LRC", []).exchange({ ...whole, message: long })).toMatchObject({
      executed: [],
      failed: true,
      isUsable: true,
    });
    expect(lineOf({}, "LRC", []).exchange({ ...whole, reply: long })).toMatchObject({
      delivered: [],
      failed: true,
      isUsable: true,
    });
  });
});
