/** Every kind of T=1 mischief against the reader's own machine: recovered, or a clean error (ISO/IEC 7816-3, 11.6.3). */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { type T1Mischief, t1Mischief, t1MischiefList } from "../../core/t1-mischief.ts";
import { phoenixPair } from "../../device/virtual/phoenix-pair.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { stepIfd as reference } from "../../protocol/t1/ifd-machine.ts";
import { serialReader } from "./serial-reader.ts";
import { serveSerialCard } from "./serve-card.ts";
import type { StepIfd } from "./t1-session.ts";

/** T=1, IFSC 32 (so that long commands are chained), BWI 4, CWI 5, LRC. */
const ATR = fromHex("3B808131204555");
/** 70 bytes of command: blocks of 32, 32 and 11. Block 1 of the card answers S(IFS), 2 and 3 acknowledge, 4 is the answer. */
const LONG = Uint8Array.of(0x80, 0x10, 0, 0, 69, ...new Uint8Array(69).map((_, at) => at), 0);
const ANSWER = `${toHex(LONG.subarray(5, 74))}9000`;

async function misbehaving(mischief: readonly T1Mischief[]) {
  const clock = new VirtualClock(new Date(0));
  const pair = phoenixPair();
  const commands: string[] = [];
  const card: VirtualCard = {
    powerOn: () => ATR,
    reset: () => ATR,
    transmit(command) {
      commands.push(toHex(command));
      return Uint8Array.of(...command.subarray(5, 5 + (command[4] ?? 0)), 0x90, 0x00);
    },
    mischief,
  };
  serveSerialCard(pair.socket, card, clock);
  pair.setPresent(true);
  const reader = serialReader(pair.port, clock);
  const soon = () => deadlineIn(clock, 120_000);
  const channel = await reader.connect(soon());
  const ask = async (command: Uint8Array): Promise<string> =>
    await channel.transmit(command, soon()).then(toHex, (thrown: { code: string }) => thrown.code);
  return { channel, ask, commands, soon, clock };
}

const RECOVERED: readonly T1Mischief[] = [
  { nth: 4, act: "corrupt-edc" },
  { nth: 2, act: "corrupt-edc", times: 3 },
  { nth: 3, act: "flip-bit", value: 9 },
  { nth: 4, act: "flip-bit", value: 40 },
  { nth: 2, act: "silence" },
  { nth: 4, act: "silence", times: 3 },
  { nth: 4, act: "wrong-sequence" },
  { nth: 2, act: "r-block-error" },
  { nth: 4, act: "r-block-error" },
  { nth: 3, act: "r-block-other", times: 2 },
  { nth: 2, act: "wtx", value: 1 },
  { nth: 4, act: "wtx", value: 255, times: 5 },
  { nth: 2, act: "ifs", value: 1 },
  { nth: 4, act: "ifs", value: 254 },
  { nth: 4, act: "truncated", value: 1 },
  { nth: 4, act: "truncated", value: 70 },
  { nth: 2, act: "truncated", value: 3, times: 3 },
  { nth: 4, act: "wrong-nad", value: 0x12 },
  { nth: 2, act: "wrong-nad", value: 0xff },
  { nth: 4, act: "duplicate" },
  { nth: 2, act: "duplicate", times: 2 },
];

describe("a card that goes wrong in T=1, and gets over it", () => {
  it.each(RECOVERED)("$nth $act $times", async (mischief) => {
    const { ask, commands } = await misbehaving([mischief]);
    expect(await ask(LONG)).toBe(ANSWER);
    expect(await ask(LONG)).toBe(ANSWER);
    expect(commands).toEqual([toHex(LONG), toHex(LONG)]); // never twice, whatever was repeated
  });
});

/** What does not end well, how the command fails, and whether the next one works without a reset. */
const FAILED: readonly (readonly [T1Mischief, string, "goes on" | "needs a reset"])[] = [
  [{ nth: 4, act: "corrupt-edc", times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 2, act: "flip-bit", value: 30, times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 2, act: "truncated", value: 1, times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 4, act: "duplicate", times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 4, act: "silence", times: 4 }, "DEVICE_SILENT", "goes on"],
  [{ nth: 4, act: "silence", times: 6 }, "DEVICE_SILENT", "goes on"],
  [{ nth: 2, act: "silence", times: 50 }, "DEVICE_SILENT", "needs a reset"],
  [{ nth: 4, act: "wrong-sequence", times: 4 }, "PROTOCOL", "goes on"],
  [{ nth: 4, act: "wrong-nad", value: 0x12, times: 4 }, "DEVICE_SILENT", "goes on"],
  [{ nth: 4, act: "r-block-error", times: 4 }, "PROTOCOL", "goes on"],
  [{ nth: 2, act: "r-block-other", times: 4 }, "PROTOCOL", "goes on"],
  [{ nth: 4, act: "wtx", value: 0, times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 4, act: "ifs", value: 255, times: 4 }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 4, act: "abort" }, "PROTOCOL", "goes on"],
  [{ nth: 2, act: "abort" }, "PROTOCOL", "goes on"],
  [{ nth: 4, act: "resynch-needed" }, "DEVICE_GARBLED", "goes on"],
  [{ nth: 2, act: "resynch-needed" }, "DEVICE_GARBLED", "goes on"],
];

describe("a card that goes wrong in T=1 for too long", () => {
  it.each(FAILED)("%o is %s, and it %s", async (mischief, code, then) => {
    const { ask, channel, commands, soon } = await misbehaving([mischief]);
    expect(await ask(LONG)).toBe(code);
    expect(commands.length).toBeLessThanOrEqual(1);
    if (then === "needs a reset") {
      expect(await ask(LONG)).toBe("DEVICE_SILENT");
      await channel.reset("warm", soon()).catch(() => undefined);
      return;
    }
    expect(await ask(LONG)).toBe(ANSWER);
    expect(await ask(LONG)).toBe(ANSWER);
  });
});

describe("a reader that is made wrong by its machine", () => {
  it("sends what that machine says", async () => {
    const clock = new VirtualClock(new Date(0));
    const pair = phoenixPair();
    serveSerialCard(pair.socket, { powerOn: () => ATR, reset: () => ATR, transmit: () => fromHex("9000") }, clock);
    pair.setPresent(true);
    /** Gives up at the first thing that is not an I-block. */
    const stepIfd: StepIfd = (state, event) => {
      const isOdd = event.kind === "block" && event.block.kind !== "I" && state.phase.kind === "sending";
      if (!isOdd) return reference(state, event);
      return { state, actions: [{ kind: "fail", reason: "an odd block", isUsable: false }] };
    };
    const channel = await serialReader(pair.port, clock, { stepIfd }).connect(deadlineIn(clock, 10_000));
    await expect(channel.transmit(LONG, deadlineIn(clock, 10_000))).rejects.toThrow("an odd block");
  });
});

describe("mischief as data", () => {
  it("is read as it is written, and nothing else", () => {
    for (const mischief of [...RECOVERED, ...FAILED.map(([each]) => each)])
      expect(t1Mischief.parse(JSON.parse(JSON.stringify(mischief)))).toEqual(mischief);
    for (const wrong of [
      { nth: 0, act: "silence" },
      { nth: 1, act: "explode" },
      { nth: 1, act: "wtx", value: -1 },
      { nth: 1, act: "flip-bit", value: 2_072 },
      { nth: 1, act: "silence", more: 1 },
    ])
      expect(t1Mischief.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    expect(t1MischiefList.safeParse(new Array(65).fill({ nth: 1, act: "silence" })).success).toBe(false);
  });
});
