import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { Station } from "../flows/station.ts";
import { labStatus } from "../lab/lab.ts";
import { openStation } from "./index.ts";
import { countingRecord } from "./recorder.ts";

const lab = `station-${process.pid}`;

describe("the station on the virtual lab", () => {
  let station: Station;
  beforeAll(async () => {
    const { bench } = loadBench("virtual-lab");
    station = await openStation({ bench, iut: "card", variation: REFERENCE, lab }, countingRecord());
  });
  afterAll(async () => {
    await station[Symbol.asyncDispose]();
    expect(await labStatus(deadlineIn(systemClock, 5_000), { name: lab })).toEqual({ kind: "down" });
  });

  test("finds a purse in the reader and answering terminals", async () => {
    expect(await station.preflight()).toMatchObject({ ok: true, specimen: { PPIEP: "000123", IDIEP: "0000004711" } });
  });

  test("buys through pcscd, the serial driver, both pseudo terminals and the sockets", async () => {
    await using system = await station.systemFor("BUY");
    const before = await system.readPurse();
    const seen = await system.purchase({ SITE: "shop", ITEM: "mug" });
    expect(seen.trouble).toEqual([]);
    expect(seen.outcome.CC).toBe("0000");
    const after = await system.readPurse();
    expect(before.BALIEP - after.BALIEP).toBe(1290);
    expect(seen.events.some((event) => event.kind === "message" && event.link === "SAM")).toBe(true);
  });

  test("swaps cards by hand and finds each as it was left", async () => {
    await using system = await station.systemFor("SWAP");
    const before = await system.readPurse();
    await system.insertCard("expired");
    expect((await system.purchase()).outcome.CC).toBe("A012");
    await system.insertCard("specimen");
    expect(await system.readPurse()).toEqual(before);
    await system.removeCard();
    await system.insertCard("specimen");
    expect(await system.readPurse()).toEqual(before);
  });
});
