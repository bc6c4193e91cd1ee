import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { dumbTerminal } from "./dumb.ts";
import { serveTerminal } from "./serve.ts";
import { createTerminal } from "./state.ts";

const IDTERM = "00000003";

function bench(answer: Uint8Array | "silence" = fromHex("9000")) {
  const clock = new VirtualClock(new Date(0));
  const heard: string[] = [];
  const terminal = serveTerminal({
    identity: { IDTERM, LOC: "00490001" },
    psam: {
      async exchange(command) {
        heard.push(toHex(command));
        return answer === "silence" ? new Promise<Uint8Array>(() => undefined) : answer;
      },
    },
    clock,
    trace: () => undefined,
    role: dumbTerminal,
  });
  const say = async (bytes: Uint8Array) => parseMessage(await terminal.exchange(bytes, deadlineIn(clock, 8_000)));
  return { say, heard, clock, terminal };
}

const apdu = (APDU: Uint8Array, to = IDTERM) => encodeMessage({ kind: "t-apdu", IDTERM: to, APDU });

describe("dumb terminal", () => {
  it("hands the APDU to its PSAM and answers what that says, byte by byte", async () => {
    const { say, heard } = bench(fromHex("0102039000"));
    const answer = await say(apdu(fromHex("908C000000")));
    expect(answer).toEqual({ kind: "t-answer", IDTERM, RAPDU: fromHex("0102039000") });
    expect(heard).toEqual(["908C000000"]);
  });

  it.each([
    ["a draw request", encodeMessage({ kind: "t-cancel", IDTERM, IDTRX: "AB".repeat(16), MODE: 0 }), "A00A"],
    ["the data store", encodeMessage({ kind: "t-read-store", IDTERM, INDEX: 0 }), "A00A"],
    ["another terminal", apdu(fromHex("908C000000"), "00000001"), "A009"],
    ["nothing", fromHex("FC00"), "A001"],
  ])("refuses what is for %s, and does not disturb its PSAM", async (_, bytes, CC) => {
    const { say, heard } = bench();
    expect(await say(bytes)).toMatchObject({ kind: "t-refusal", IDTERM, CC });
    expect(heard).toEqual([]);
  });

  it("says A010 after 3,000 ms when the PSAM is silent", async () => {
    const { say, clock } = bench("silence");
    expect(await say(apdu(fromHex("908C000000")))).toEqual({ kind: "t-refusal", IDTERM, CC: "A010" });
    expect(clock.monotonicMs()).toBe(3_000);
  });

  it.each([0, 1, 259])("says A010 when the PSAM answers %i bytes", async (length) => {
    const { say } = bench(new Uint8Array(length));
    expect(await say(apdu(fromHex("908C000000")))).toMatchObject({ kind: "t-refusal", CC: "A010" });
  });

  it("sends the PSAM nothing of its own when power comes back", async () => {
    const { terminal, heard } = bench();
    await terminal.powerCycle();
    expect(heard).toEqual([]);
  });

  it("answers every sequence of bytes, and keeps no memory", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const state = createTerminal({ IDTERM, LOC: "00490001" });
        const step = dumbTerminal.handle(state, { kind: "message", bytes, DTHR: "20260730123456" });
        expect(step.outputs.at(-1)?.kind).toMatch(/answer|psam-apdu/);
        expect(step.state.memory).toBe(state.memory);
      }),
      { seed: 90 },
    );
  });
});
