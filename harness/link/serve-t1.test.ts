/** The terminal's end against a concentrator by hand; all blocks worked out from `serial-line.md`. */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";
import { type ServeT1Options, serveT1 } from "./serve-t1.ts";

const SEND_AB = "120001ABB8";

/** A served line. `say` writes hex and tells what was answered by the time the line was silent for `ms`. */
function bench(work: (message: string, clock: VirtualClock) => Promise<string>, options: ServeT1Options = {}) {
  const clock = new VirtualClock(new Date(0));
  const [near, far] = byteStreamPair();
  const executed: string[] = [];
  const failures: unknown[] = [];
  const handler = {
    async exchange(message: Uint8Array) {
      executed.push(toHex(message));
      return fromHex(await work(toHex(message), clock));
    },
  };
  const server = serveT1(far, handler, clock, { onFailure: (thrown) => failures.push(thrown), ...options });
  let answered: string[] = [];
  near.onBytes((bytes) => answered.push(toHex(bytes)));
  const say = async (hex: string, ms = 10) => {
    answered = [];
    await near.write(fromHex(hex), deadlineIn(clock, 1000));
    await clock.timer(ms).elapsed;
    return answered;
  };
  return { clock, near, server, executed, failures, say };
}

const atOnce = async () => "CD";
const seconds = (count: number) => async (_message: string, clock: VirtualClock) => {
  await clock.timer(count * 1000).elapsed;
  return "CD";
};

function iBlock(pcb: number, length: number): string {
  const block = new Uint8Array(length + 4).fill(0xee);
  block.set([0x12, pcb, length]);
  block[length + 3] = block.subarray(0, length + 3).reduce((check, byte) => check ^ byte, 0);
  return toHex(block);
}

describe("requests of the concentrator", () => {
  it("are answered: S(RESYNCH), S(IFS), S(ABORT)", async () => {
    const line = bench(atOnce);
    expect(await line.say("12C000D2")).toEqual(["21E000C1"]);
    expect(await line.say("12C101FE2C")).toEqual(["21E101FE3F"]);
    expect(await line.say("12C200D0")).toEqual(["21E200C3"]);
  });

  it("set the size of both directions, and S(RESYNCH) takes it back to 32", async () => {
    const line = bench(async () => "EE".repeat(200));
    expect(await line.say(iBlock(0x00, 33))).toEqual(["218200A3"]);
    await line.say("12C101FE2C");
    const [answer] = await line.say(iBlock(0x00, 254));
    expect(answer?.slice(0, 6)).toBe("2100C8");
    await line.say("12C000D2");
    expect(await line.say(iBlock(0x00, 33))).toEqual(["218200A3"]);
  });

  it("for another node are ignored", async () => {
    const line = bench(atOnce);
    expect(await line.say("13C000D3", 500)).toEqual([]);
    expect(await line.say("92C00052", 500)).toEqual([]);
  });
});

describe("messages", () => {
  it("are executed once, however often the block comes", async () => {
    const line = bench(atOnce);
    expect(await line.say(SEND_AB)).toEqual(["210001CDED"]);
    expect(await line.say(SEND_AB)).toEqual(["219200B3"]);
    expect(line.executed).toEqual(["AB"]);
  });

  it("bring their answer again when R asks for it", async () => {
    const line = bench(atOnce);
    await line.say(SEND_AB);
    expect(await line.say("12800092")).toEqual(["210001CDED"]);
    expect(line.executed).toEqual(["AB"]);
  });

  it("with a wrong LRC are asked for by R(0, 1) after CWT, then not more than three times until S(RESYNCH)", async () => {
    const line = bench(atOnce);
    const replies: string[][] = [];
    for (let round = 0; round < 5; round++) replies.push(await line.say("120001ABB9", 500));
    expect(replies).toEqual([["218100A0"], ["218100A0"], ["218100A0"], [], []]);
    expect(line.executed).toEqual([]);
    expect(await line.say("12C000D2")).toEqual(["21E000C1"]);
    expect(await line.say(SEND_AB)).toEqual(["210001CDED"]);
  });
});

describe("work that takes long", () => {
  it("asks for S(WTX 1) after 1000 ms and again as long as it lasts", async () => {
    const line = bench(seconds(2.5));
    expect(await line.say(SEND_AB, 999)).toEqual([]);
    await line.clock.timer(2).elapsed;
    expect(await line.say("12E30101F1", 900)).toEqual([]);
    expect(await line.say("12800092", 200)).toEqual(["21C30101E2"]); // asked too early; then WTX is due anyway
    expect(await line.say("12E30101F1", 1000)).toEqual(["210001CDED"]);
    expect(line.executed).toEqual(["AB"]);
  });

  it("is dropped when the concentrator starts afresh, and the next message gets its own answer", async () => {
    const replies = new Map([
      ["AB", seconds(3)],
      ["AC", async () => "DD"],
      ["AD", async (_message: string, clock: VirtualClock) => await clock.timer(900).elapsed.then(() => "EE")],
    ]);
    const line = bench(async (message, clock) => (await replies.get(message)?.(message, clock)) ?? "");
    expect(await line.say(SEND_AB, 100)).toEqual([]);
    expect(await line.say("12C000D2")).toEqual(["21E000C1"]);
    expect(await line.say("120001ACBF")).toEqual(["210001DDFD"]);
    expect(await line.say("", 2000)).toEqual([]);
    // the work on AB ends while AD is worked on
    expect(await line.say("124001ADFE", 5000)).toEqual(["214001EE8E"]);
  });
});

describe("a handler that fails", () => {
  it("leaves the line silent until S(RESYNCH), and the failure is reported", async () => {
    const failure = new Error("no PSAM");
    let isBroken = true;
    const line = bench(async () => {
      if (isBroken) throw failure;
      return "CD";
    });
    expect(await line.say(SEND_AB, 5000)).toEqual([]);
    expect(await line.say("12800092", 5000)).toEqual([]);
    expect(line.failures).toEqual([failure]);
    isBroken = false;
    expect(await line.say("12C000D2")).toEqual(["21E000C1"]);
    expect(await line.say(SEND_AB)).toEqual(["210001CDED"]);
  });

  it("by taking too long or answering too much is reported as well", async () => {
    const slow = bench(seconds(100), { workMs: 500 });
    expect(await slow.say(SEND_AB, 5000)).toEqual([]);
    expect(slow.failures).toMatchObject([{ code: "DEVICE_SILENT" }]);
    const long = bench(async () => "00".repeat(4097));
    expect(await long.say(SEND_AB, 5000)).toEqual([]);
    expect(long.failures).toMatchObject([{ code: "PROTOCOL" }]);
  });
});

it("hears nothing any more once disposed", async () => {
  const line = bench(atOnce);
  await line.server[Symbol.asyncDispose]();
  expect(await line.say("12C000D2", 5000)).toEqual([]);
});
