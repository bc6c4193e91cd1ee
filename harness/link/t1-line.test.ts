/** Both ends of a terminal line against each other, over lines that damage what passes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../core/bytes.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { serveT1 } from "./serve-t1.ts";
import { t1Link } from "./t1-link.ts";
import { CLEAR, type Noise, noisyLine } from "./testing/noisy-line.ts";

interface Run {
  /** Messages that the terminal executed, hex. */
  readonly executed: readonly string[];
  /** Per message: its answer in hex, or the error code. */
  readonly outcomes: readonly string[];
  readonly sent: number;
  readonly heard: number;
}

/** Twice the message with every bit turned over: both directions chain when the message does. */
function answerOf(message: Uint8Array): Uint8Array {
  return concat(message, message).map((byte) => byte ^ 0xff);
}

async function run(
  messages: readonly Uint8Array[],
  noise: Noise = CLEAR,
  ifs = 254,
  deadlineMs = 60_000,
): Promise<Run> {
  const clock = new VirtualClock(new Date(0));
  const [near, far] = noisyLine(noise);
  const executed: string[] = [];
  const traffic = { sent: 0, heard: 0 };
  const handler = {
    exchange: async (message: Uint8Array) => {
      executed.push(toHex(message));
      return answerOf(message);
    },
  };
  await using _terminal = serveT1(far, handler, clock);
  const onTraffic = (direction: "sent" | "heard", bytes: Uint8Array) => {
    traffic[direction] += bytes.length;
  };
  await using link = t1Link(near, clock, { ifs, onTraffic });
  const outcomes: string[] = [];
  for (const message of messages) {
    const answer = link.exchange(message, deadlineIn(clock, deadlineMs));
    outcomes.push(
      await answer.then(toHex, (thrown: unknown) => (thrown instanceof PursebenchError ? thrown.code : "?")),
    );
  }
  return { executed, outcomes, ...traffic };
}

const answers = (messages: readonly Uint8Array[]) => messages.map((message) => toHex(answerOf(message)));

function bytes(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index * 7) & 0xff);
}

describe("a clear line", () => {
  it("carries messages of every size around the borders of blocks, each once", async () => {
    const messages = [0, 1, 31, 32, 33, 127, 128, 253, 254, 255, 508, 509, 2048].map((size, at) => bytes(size, at));
    expect(await run(messages)).toMatchObject({ executed: messages.map(toHex), outcomes: answers(messages) });
  });

  it("carries 4096 bytes each way, and refuses more before it is sent", async () => {
    const clock = new VirtualClock(new Date(0));
    const [near, far] = noisyLine();
    await using _terminal = serveT1(far, { exchange: async (message) => message }, clock);
    await using link = t1Link(near, clock);
    const whole = bytes(4096, 3);
    expect(await link.exchange(whole, deadlineIn(clock, 1000))).toEqual(whole);
    await expect(link.exchange(new Uint8Array(4097), deadlineIn(clock, 1000))).rejects.toMatchObject({
      code: "PROTOCOL",
    });
    expect(clock.monotonicMs()).toBe(0);
  });

  it("needs 8 bytes besides an exchange of 100 and 200 bytes, and 18 once to open", async () => {
    const opened = await run([bytes(0, 0)]);
    const both = await run([bytes(0, 0), bytes(100, 0)]);
    // opening: S(RESYNCH) 4 + 4 bytes, S(IFS) 5 + 5 bytes; empty message and answer: 4 + 4 bytes
    expect(opened.sent + opened.heard).toBe(18 + 8);
    expect(both.sent - opened.sent).toBe(100 + 4);
    expect(both.heard - opened.heard).toBe(200 + 4);
  });

  it("gives way to exchanges in the order they were asked for", async () => {
    const clock = new VirtualClock(new Date(0));
    const [near, far] = noisyLine();
    await using _terminal = serveT1(far, { exchange: async (message) => message }, clock);
    await using link = t1Link(near, clock);
    const order: number[] = [];
    const asked = [1, 2, 3, 4].map(async (value) => {
      const answer = await link.exchange(Uint8Array.of(value), deadlineIn(clock, 1000));
      order.push(...answer);
    });
    await Promise.all(asked);
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

type Harm = (whole: Uint8Array, at: number) => Uint8Array;

const replaced = (whole: Uint8Array, at: number, count: number, ...by: number[]) =>
  concat(whole.subarray(0, at), Uint8Array.from(by), whole.subarray(at + count));

const HARMS: Readonly<Record<string, Harm>> = {
  "its lowest bit turned over": (whole, at) => replaced(whole, at, 1, (whole[at] ?? 0) ^ 0x01),
  "its highest bit turned over": (whole, at) => replaced(whole, at, 1, (whole[at] ?? 0) ^ 0x80),
  "all bits turned over": (whole, at) => replaced(whole, at, 1, (whole[at] ?? 0) ^ 0xff),
  lost: (whole, at) => replaced(whole, at, 1),
  doubled: (whole, at) => replaced(whole, at, 0, whole[at] ?? 0),
  "00 before it": (whole, at) => replaced(whole, at, 0, 0x00),
  "FF before it": (whole, at) => replaced(whole, at, 0, 0xff),
  "12 before it": (whole, at) => replaced(whole, at, 0, 0x12),
};

/** Does `harm` to the `position`-th byte that `from` ever sends. */
function once(from: "near" | "far", position: number, harm: Harm): Noise {
  return (end, whole, offset) => {
    const at = position - offset;
    return [end === from && at >= 0 && at < whole.length ? harm(whole, at) : whole];
  };
}

const byByte =
  (noise: Noise): Noise =>
  (from, whole, offset) =>
    noise(from, whole, offset).flatMap((chunk) => Array.from(chunk, (byte) => Uint8Array.of(byte)));

describe("one damaged byte anywhere in a dialogue", () => {
  // plain, chained both ways, plain again
  const messages = [bytes(3, 0x41), bytes(12, 0x81), bytes(2, 0x11)];

  for (const [name, harm] of Object.entries(HARMS)) {
    it(`${name}: every message is executed once and answered right`, async () => {
      const clear = await run(messages, CLEAR, 8);
      for (const from of ["near", "far"] as const) {
        const length = from === "near" ? clear.sent : clear.heard;
        for (let position = 0; position < length; position++) {
          const seen = await run(messages, once(from, position, harm), 8);
          const where = `${from} end, byte ${position}`;
          expect(seen, where).toMatchObject({ executed: messages.map(toHex), outcomes: answers(messages) });
        }
      }
    });
  }

  it("is mended as well when the line delivers byte by byte", async () => {
    const clear = await run(messages, byByte(CLEAR), 8);
    for (const name of ["its lowest bit turned over", "all bits turned over", "lost"]) {
      for (let position = 0; position < clear.heard; position++) {
        const noise = byByte(once("far", position, HARMS[name] ?? expect.fail(name)));
        const seen = await run(messages, noise, 8);
        expect(seen, `${name}, byte ${position}`).toMatchObject({ outcomes: answers(messages) });
        expect(seen.executed).toEqual(messages.map(toHex));
      }
    }
  });
});

type Fault = { kind: "drop" | "twice" } | { kind: "harm"; harm: Harm; at: number } | { kind: "none" };

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "none" } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "drop" } as const, { kind: "twice" } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("harm" as const),
      harm: fc.constantFrom(...Object.values(HARMS)),
      at: fc.nat(),
    }),
  },
);

/** One fault a transmission, then a clear line. */
function faulty(faults: readonly Fault[]): Noise {
  let transmissions = 0;
  return (_from, whole) => {
    const next = faults[transmissions++] ?? { kind: "none" };
    if (next.kind === "drop") return [];
    if (next.kind === "twice") return [whole, whole];
    return [next.kind === "harm" ? next.harm(whole, next.at % whole.length) : whole];
  };
}

describe("a line with random noise", () => {
  // messages that differ from each other and from each other's answers
  const dialogues = fc
    .array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
    .map((sizes) => sizes.map((size, index) => bytes(size, 1 + index * 40)));

  it("executes no message twice and gives no wrong answer, whatever is lost", async () => {
    const faults = fc.array(fault, { maxLength: 60 });
    const deadlines = fc.constantFrom(300, 2500, 60_000);
    await fc.assert(
      fc.asyncProperty(dialogues, faults, deadlines, async (messages, list, deadlineMs) => {
        const { executed, outcomes } = await run(messages, faulty(list), 16, deadlineMs);
        expect(new Set(executed).size).toBe(executed.length);
        for (const message of executed) expect(messages.map(toHex)).toContain(message);
        const right = answers(messages);
        for (const [index, outcome] of outcomes.entries()) {
          expect([right[index], "DEVICE_SILENT", "DEVICE_GARBLED"]).toContain(outcome);
          if (outcome === right[index]) expect(executed).toContain(toHex(messages[index] ?? new Uint8Array(0)));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("answers again as soon as the noise is over", async () => {
    const faults = fc.array(fault, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(faults, async (list) => {
        const messages = Array.from({ length: 16 }, (_, index) => bytes(5, 1 + index * 11));
        const { outcomes } = await run(messages, faulty(list), 16);
        expect(outcomes.slice(-4)).toEqual(answers(messages).slice(-4));
      }),
      { numRuns: 200 },
    );
  });
});
