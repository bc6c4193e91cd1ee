import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measureApdus } from "./apdus.ts";
import { figuresText } from "./figures-text.ts";
import { ownLab } from "./own-lab.ts";
import { CHARACTER_MS } from "./paced-line.ts";
import { measurePurchases } from "./purchases.ts";
import { measureLine } from "./serial-line.ts";
import { median } from "./statistics.ts";

/** T=1 puts NAD, PCB, LEN and LRC around each 254 bytes, and answers each block but the last with R, 4 bytes. */
function t1Bytes(length: number): number {
  const blocks = Math.ceil(length / 254);
  return length + 4 * blocks + 4 * (blocks - 1);
}

test("the line's figures are those that T=1 gives for the lengths of the messages", async () => {
  const line = await measureLine();
  expect(line.messages).toHaveLength(4);
  const expected = line.messages.reduce((sum, length) => sum + t1Bytes(length), 0);
  expect(line.messageBytes).toBe(line.messages.reduce((sum, length) => sum + length, 0));
  expect(line.lineBytes).toBe(expected);
  expect(line.bytesRatio).toBeCloseTo(expected / line.messageBytes, 12);
  // S(RESYNCH) is 4 bytes and S(IFS) 5, request and response
  expect(line.openingBytes).toBe(4 + 4 + 5 + 5);
  // start bit, 8 data bits, parity, stop bit at 9600 bit/s
  expect(CHARACTER_MS).toBeCloseTo(1.1458333, 6);
  expect(line.lineMs).toBeCloseTo((expected * 11 * 1000) / 9600, 6);
  expect(line.leastMs).toBeCloseTo((line.messageBytes * 11 * 1000) / 9600, 6);
});

test("purchases in process give a rate, and evidence of every one", async () => {
  const rate = await measurePurchases(20, 5);
  expect(rate.purchases).toBe(20);
  expect(rate.perSecond).toBeGreaterThan(0);
  expect(rate.perCpuSecond).toBeGreaterThan(0);
  expect(rate.ofAim).toBeCloseTo(rate.perSecond / 1000, 12);
  // the hex of four terminal messages alone has more than 500 digits
  expect(rate.evidenceBytesPerPurchase).toBeGreaterThan(500);
});

test("the median does not mind the order nor one wild value", () => {
  expect(median([3, 1, 1000])).toBe(3);
  expect(median([4, 1, 2, 1000])).toBe(3);
  expect(median([])).toBeNaN();
});

describe("on the virtual lab", () => {
  let lab: Awaited<ReturnType<typeof ownLab>>;
  beforeAll(async () => {
    lab = await ownLab(`bench-${process.pid}`);
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  test("APDUs are compared with those of the C loop on the same reader", async () => {
    const rate = await measureApdus(lab.state, 30, 2);
    for (const figure of [rate.c, rate.harness, rate.ratio]) {
      expect(Number.isFinite(figure)).toBe(true);
      expect(figure).toBeGreaterThan(0);
    }
    expect(rate).toMatchObject({ apdusPerRun: 30, runs: 2 });
  });
});

test("the figures are printed as ratios, with what they are made of", () => {
  const text = figuresText({
    apdus: { apdusPerRun: 10, runs: 3, c: 2000, harness: 1800, ratio: 0.9 },
    purchases: { purchases: 5, perSecond: 500, perCpuSecond: 600, ofAim: 0.5, evidenceBytesPerPurchase: 40_000 },
    line: {
      messages: [100, 84, 52, 75],
      messageBytes: 311,
      lineBytes: 327,
      bytesRatio: 327 / 311,
      leastMs: 356.4,
      lineMs: 374.7,
      timeRatio: 374.7 / 356.4,
      openingBytes: 18,
    },
  });
  expect(text).toContain("0.900   harness 1800, C 2000");
  expect(text).toContain("0.500   500 by the clock");
  expect(text).toContain("1.051   327 bytes for 311");
});
