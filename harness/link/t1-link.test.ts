/** The concentrator's end against a terminal by hand; all blocks worked out from `serial-line.md`. */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";
import { t1Link } from "./t1-link.ts";
import { scripted } from "./testing/noisy-line.ts";

const RESYNCH = "12C000D2";
const IFS = "12C101FE2C";
const OPENING = ["21E000C1", "21E101FE3F"];
const SEND_AB = "120001ABB8";
const ANSWER_CD = "210001CDED";
const R_OTHER = { none: "12800092", edc: "12810093", other: "12820090" };

/** A link whose far end answers the n-th block with `answers[n]`; `exchange` sends AB and tells hex or code. */
function bench(answers: readonly string[]) {
  const clock = new VirtualClock(new Date(0));
  const [near, far] = byteStreamPair();
  const say = (hex: string) => void far.write(fromHex(hex), deadlineIn(clock, 1000));
  const times: number[] = [];
  const heard = scripted(far, answers, say);
  const link = t1Link(near, clock, { onTraffic: (way) => way === "sent" && times.push(clock.monotonicMs()) });
  const exchange = async (deadlineMs = 60_000, message = "AB") =>
    await link
      .exchange(fromHex(message), deadlineIn(clock, deadlineMs))
      .then(toHex, (thrown: { code: string }) => thrown.code);
  return { clock, far, link, heard, times, say, exchange };
}

describe("opening", () => {
  it("sends S(RESYNCH) and S(IFS FE) before the first message only", async () => {
    const line = bench([...OPENING, ANSWER_CD, "214001EF8F"]);
    expect(line.heard).toEqual([]);
    expect(await line.exchange()).toBe("CD");
    expect(await line.exchange()).toBe("EF");
    expect(line.heard).toEqual([RESYNCH, IFS, SEND_AB, "124001ABF8"]);
  });

  it("gives up as silent after three S(RESYNCH), BWT apart", async () => {
    const line = bench([]);
    const failure = line.link.exchange(fromHex("AB"), deadlineIn(line.clock, 60_000));
    await expect(failure).rejects.toMatchObject({
      code: "DEVICE_SILENT",
      owner: "terminal",
      mend: expect.stringMatching(/line.*power.*baud rate/),
    });
    expect(line.heard).toEqual([RESYNCH, RESYNCH, RESYNCH]);
    expect(line.times).toEqual([0, 2000, 4000]);
    expect(line.clock.monotonicMs()).toBe(6000);
  });
});

describe("error recovery", () => {
  const cases: readonly [name: string, answers: readonly string[], replies: readonly string[], afterMs: number][] = [
    ["a wrong LRC is answered by R(0, 1)", ["210001CDEE"], [R_OTHER.edc], 200],
    ["a gap above CWT is answered by R(0, 1)", ["210001"], [R_OTHER.edc], 200],
    ["a wrong PCB is answered by R(0, 2)", ["21100031"], [R_OTHER.other], 0],
    ["a wrong LEN is answered by R(0, 2)", ["21800100A0"], [R_OTHER.other], 0],
    ["the reserved LEN FF is answered by R(0, 2)", ["2100FF"], [R_OTHER.other], 200],
    ["silence is answered by R(0, 0) after BWT", [""], [R_OTHER.none], 2000],
    ["the same R is sent again", ["210001CDEE", "21100031"], [R_OTHER.edc, R_OTHER.edc], 200],
    ["R asking for the block brings it again", ["21810 0A0"], [SEND_AB], 0],
    ["a block for another node is ignored", ["310001CDFD"], [R_OTHER.none], 2000],
    ["a NAD with bit 8 is ignored", ["A10001CD6D"], [R_OTHER.none], 2000],
    ["S(WTX 3) makes the next wait three times as long", ["21C30103E0", ""], ["12E30103F3", R_OTHER.none], 6000],
    ["S(WTX 6) is more than the line allows", ["21C30106E5"], [R_OTHER.other], 0],
    ["S(IFS) of the terminal is answered", ["21C101FE1F"], ["12E101FE0C"], 0],
  ];

  for (const [name, answers, replies, afterMs] of cases) {
    it(name, async () => {
      const line = bench([...OPENING, ...answers, ANSWER_CD]);
      expect(await line.exchange()).toBe("CD");
      expect(line.heard).toEqual([RESYNCH, IFS, SEND_AB, ...replies]);
      expect(line.times.at(-1)).toBe(afterMs);
    });
  }

  it("resynchronises after three tries and reports the message, which is not sent again", async () => {
    const line = bench([...OPENING, "", "", "", "", "21E000C1", ...OPENING, ANSWER_CD]);
    expect(await line.exchange()).toBe("DEVICE_SILENT");
    const failed = [RESYNCH, IFS, SEND_AB, R_OTHER.none, R_OTHER.none, R_OTHER.none, RESYNCH];
    expect(line.heard).toEqual(failed);
    expect(await line.exchange()).toBe("CD");
    expect(line.heard).toEqual([...failed, RESYNCH, IFS, SEND_AB]);
  });

  it("answers S(ABORT) and reports the message as broken off by the terminal", async () => {
    const line = bench([...OPENING, "21C200E3", "218000A1"]);
    expect(await line.exchange()).toBe("PROTOCOL");
    expect(line.heard.slice(3)).toEqual(["12E200F0"]);
  });
});

describe("a deadline that passes", () => {
  it("is silence, and the late answer reaches nobody", async () => {
    const line = bench([...OPENING, "", `${ANSWER_CD}21E000C1`, OPENING[1] ?? "", "210001EFCF"]);
    expect(await line.exchange(500)).toBe("DEVICE_SILENT");
    expect(line.clock.monotonicMs()).toBe(500);
    line.say(ANSWER_CD); // while nothing is expected
    expect(await line.exchange()).toBe("EF");
    expect(line.heard.slice(3)).toEqual([RESYNCH, IFS, SEND_AB]);
  });

  it("ends the wait for the turn as well, and that message is never sent", async () => {
    const line = bench([...OPENING]);
    const first = line.exchange(5000);
    expect(await line.exchange(300, "EE")).toBe("DEVICE_SILENT");
    expect(line.clock.monotonicMs()).toBe(300);
    expect(await first).toBe("DEVICE_SILENT");
    expect(line.heard.slice(0, 3)).toEqual([RESYNCH, IFS, SEND_AB]);
    expect(line.heard).not.toContain("120001EEFD");
  });
});

describe("a line that has worked", () => {
  it("is opened again behind a deadline that passed", async () => {
    const line = bench([...OPENING, ANSWER_CD, "", ...OPENING, ANSWER_CD]);
    expect(await line.exchange()).toBe("CD");
    expect(await line.exchange(500)).toBe("DEVICE_SILENT");
    expect(await line.exchange()).toBe("CD");
    expect(line.heard.slice(4)).toEqual([RESYNCH, IFS, SEND_AB]);
  });

  it("lets a block end after BWT that began before it", async () => {
    const line = bench([...OPENING]);
    const answer = line.exchange();
    await line.clock.timer(1950).elapsed;
    line.say(ANSWER_CD.slice(0, 6));
    await line.clock.timer(100).elapsed;
    line.say(ANSWER_CD.slice(6));
    expect(await answer).toBe("CD");
    expect(line.heard).toEqual([RESYNCH, IFS, SEND_AB]);
  });

  it("takes a character behind a block for damage, even where the LRC is right", async () => {
    // 21 00 02 20 03 has LRC 00: with 00 added in front of the 20 the block still seems right, but is followed by 00
    const line = bench([...OPENING, "210002002003".concat("00"), "21000220 0300"]);
    expect(await line.exchange()).toBe("2003");
    expect(line.heard.slice(3)).toEqual([R_OTHER.edc]);
  });
});

describe("a line that only brings garbage", () => {
  it("is reported with the settings to check", async () => {
    const line = bench(["F0F0F0F0F0", "F0F0F0F0F0", "F0F0F0F0F0"]);
    const failure = line.link.exchange(fromHex("AB"), deadlineIn(line.clock, 60_000));
    await expect(failure).rejects.toMatchObject({
      code: "DEVICE_GARBLED",
      owner: "terminal",
      mend: "check baud rate and parity",
    });
  });

  it("is garbled at the deadline when the noise never ends", async () => {
    const line = bench([]);
    const failure = line.exchange(3000);
    for (let beat = 0; beat < 40; beat++) {
      line.say("55AA00");
      await line.clock.timer(100).elapsed;
    }
    expect(await failure).toBe("DEVICE_GARBLED");
  });
});

describe("a closed line", () => {
  it("fails the exchange under way and all later ones as lost", async () => {
    const line = bench([...OPENING]);
    const failure = line.exchange();
    await line.clock.timer(100).elapsed;
    await line.far[Symbol.asyncDispose]();
    expect(await failure).toBe("DEVICE_LOST");
    expect(await line.exchange()).toBe("DEVICE_LOST");
    expect(line.clock.monotonicMs()).toBe(100);
  });

  it("counts as lost when the link is disposed", async () => {
    const line = bench([...OPENING]);
    const failure = line.exchange();
    await line.link[Symbol.asyncDispose]();
    expect(await failure).toBe("DEVICE_LOST");
  });
});
