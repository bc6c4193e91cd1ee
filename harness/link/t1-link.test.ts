import { describe, expect, it } from "vitest";
import { VirtualClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { byteStreamPair } from "../device/virtual/byte-stream-pair.ts";
import { serveT1 } from "./serve-t1.ts";
import { t1Link } from "./t1-link.ts";

describe("smoke", () => {
  it("carries", async () => {
    const clock = new VirtualClock(new Date(0));
    const [a, b] = byteStreamPair();
    await using _server = serveT1(b, { exchange: async (m) => m.map((x) => x ^ 0xff) }, clock);
    await using link = t1Link(a, clock);
    for (const n of [0, 1, 254, 255, 4096]) {
      const m = new Uint8Array(n).fill(7);
      expect(await link.exchange(m, deadlineIn(clock, 30000))).toEqual(m.map((x) => x ^ 0xff));
    }
  });
});
