/** What the virtual lab has beside the base payment, through its real carriers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { systemClock } from "../core/clock.ts";
import { REFERENCE } from "../defects/variation.ts";
import { listenTcp } from "../device/network/listen.ts";
import type { Station } from "../flows/station.ts";
import type { PurseSystem } from "../flows/system.ts";
import { type HsmRole, hsm } from "../roles/hsm/model.ts";
import { serveHsm } from "../roles/hsm/serve.ts";
import { testKeys } from "./fixtures.ts";
import { openStation } from "./index.ts";
import { hsmKeys } from "./load-contracts.ts";
import { countingRecord } from "./recorder.ts";

test("another HSM can take the place of ours", async () => {
  const { bench } = loadBench("virtual-lab");
  const keys = hsmKeys(testKeys(), bench.loadServer.IDACQ);
  const asked: string[] = [];
  const role: HsmRole = {
    handle(state, input) {
      asked.push(new TextDecoder().decode(input.bytes.subarray(4, 6)));
      return hsm.handle(state, input);
    },
  };
  const serve = serveHsm({ keys, clock: systemClock, role });
  await using other = await listenTcp({ host: "127.0.0.1", port: 0, lengthBytes: 2, serve, clock: systemClock });
  const port = Number(other.address.split(":").at(-1));
  const external = { ...bench, hsm: { host: "127.0.0.1", port, external: true } };
  const lab = `parties-${process.pid}`;
  await using station = await openStation({ bench: external, iut: "hsm", variation: REFERENCE, lab }, countingRecord());
  expect(station.facts.offers.restart).not.toContain("hsm");
  await using system = await station.systemFor("HSM");
  expect((await system.load({ SITE: "bank" })).outcome.CC).toBe("0000");
  expect(asked).toEqual(["DM", "DO"]);
});

describe("the virtual lab", () => {
  let station: Station;
  beforeAll(async () => {
    const { bench } = loadBench("virtual-lab");
    const lab = `parties-${process.pid}`;
    station = await openStation({ bench, iut: "card", variation: REFERENCE, lab }, countingRecord());
  });
  afterAll(async () => await station[Symbol.asyncDispose]());

  async function inPsam(system: PurseSystem, IDTERM: string): Promise<number> {
    return (await system.readTotals(IDTERM)).totals.reduce((sum, { MTOT }) => sum + MTOT, 0);
  }

  test.each<[SITE: string, IDTERM: string]>([
    ["dumb", "00000003"],
    ["straight", "00000004"],
    ["cable4", "00000005"],
  ])("sells at %s on the terminal that is for it", async (SITE, IDTERM) => {
    await using system = await station.systemFor(SITE);
    const before = await inPsam(system, IDTERM);
    const { BALIEP } = await system.readPurse();
    const { outcome, trouble } = await system.purchase({ SITE });
    expect(trouble).toEqual([]);
    expect(outcome.CC).toBe("0000");
    expect(BALIEP - (await system.readPurse()).BALIEP).toBe(250);
    expect((await inPsam(system, IDTERM)) - before).toBe(250);
    expect(await system.transaction(outcome.IDTRX ?? "")).toMatchObject({ status: "confirmed", IDTERM });
  });

  test.each(["direct", "fig5-des", "fig6-aes", "fig7", "cable7-aes"])("sells at %s", async (SITE) => {
    await using system = await station.systemFor(SITE);
    const { outcome, trouble } = await system.purchase({ SITE });
    expect(trouble).toEqual([]);
    expect(outcome.CC).toBe("0000");
    expect(await system.sale(outcome.IDTRX ?? "")).toMatchObject({ status: "released" });
  });

  test.each(["bank", "bank-des", "fund", "fund-direct"])("loads the card at %s, and its log says so", async (SITE) => {
    await using system = await station.systemFor(SITE);
    const { BALIEP } = await system.readPurse();
    const { outcome, trouble } = await system.load({ SITE, enter: () => 700 });
    expect(trouble).toEqual([]);
    expect(outcome).toMatchObject({ CC: "0000", MLDA: 700 });
    const after = await system.readPurse();
    expect(after.BALIEP - BALIEP).toBe(700);
    expect(after.log[0]).toMatchObject({ TI: 2, MPDA: 700 });
    expect((await system.showLog())[0]).toMatch(/loaded .*7\.00 EUR/);
  });

  test("has set-top boxes whose cards are programs, and they buy all at once", async () => {
    await using system = await station.systemFor("BOXES");
    const boxes = await system.boxes(station.facts.offers.boxes);
    expect(boxes).toHaveLength(8);
    const SITES = ["shop", "fig5", "fig6", "fig7", "straight", "dumb", "cable4", "cable5"];
    const before = await Promise.all(boxes.map((box) => box.readPurse()));
    const outcomes = await Promise.all(boxes.map((box, index) => box.purchase({ SITE: SITES[index] ?? "" })));
    await system.idle();
    // several of them want one terminal, and waits are short here: on a busy machine some are told so, and pay nothing
    expect(outcomes.filter(({ CC }) => !["0000", "A007", "A008"].includes(CC))).toEqual([]);
    const paid = outcomes.map(({ CC }) => (CC === "0000" ? 250 : 0));
    expect(paid.filter((price) => price > 0).length).toBeGreaterThanOrEqual(1);
    const after = await Promise.all(boxes.map((box) => box.readPurse()));
    expect(after.map(({ BALIEP }, index) => (before[index]?.BALIEP ?? 0) - BALIEP)).toEqual(paid);
    const released = (await system.sales()).filter(({ status }) => status === "released");
    expect(released).toHaveLength(paid.filter((price) => price > 0).length);
  });

  test("takes a card program in place of what is in the reader, and finds that as it was", async () => {
    await using system = await station.systemFor("VIRTUAL");
    const before = await system.readPurse();
    await system.insertCard("virtual");
    expect((await system.purchase({ SITE: "shop" })).outcome.CC).toBe("0000");
    await system.insertCard("specimen");
    expect(await system.readPurse()).toEqual(before);
  });

  test("goes on after a power cut at every terminal", async () => {
    await using system = await station.systemFor("POWER");
    for (const SITE of ["shop", "dumb", "straight", "cable4"]) await system.purchase({ SITE });
    await system.restart("terminal");
    for (const SITE of ["shop", "dumb", "straight", "cable4"]) {
      expect((await system.purchase({ SITE })).outcome.CC, SITE).toBe("0000");
    }
  });
});
