/** What the bench in one process has beside the base payment: sites, terminals, cards, set-top boxes, pace. */
import { describe, expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { PurseSystem, RecordedEvent } from "../flows/system.ts";
import { openStation } from "./index.ts";
import type { OpenOptions } from "./open-options.ts";
import { countingRecord } from "./recorder.ts";

const { bench } = loadBench("inproc");

function opened(more: Partial<OpenOptions> = {}) {
  return openStation({ bench, iut: "card", variation: REFERENCE, ...more }, countingRecord());
}

/** What the PSAMs of all terminals have together, minor units of all currencies. */
async function inPsams(system: PurseSystem): Promise<number> {
  const all = await Promise.all(system.facts.terminals.map(({ IDTERM }) => system.readTotals(IDTERM)));
  return all.flatMap(({ totals }) => totals).reduce((sum, { MTOT }) => sum + MTOT, 0);
}

function linksOf(events: readonly RecordedEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => (event.kind === "message" ? [event.link] : [])))].sort();
}

describe("one purchase", () => {
  test.each(bench.sites.map(({ SITE }) => SITE))(
    "at %s moves the price once, and every record of it agrees",
    async (SITE) => {
      await using station = await opened();
      await using system = await station.systemFor("SITE");
      const { BALIEP } = await system.readPurse();
      const site = system.facts.sites.find((each) => each.SITE === SITE);
      const price = system.facts.catalogue.find((item) => item.SITE === SITE)?.price ?? 0;
      const { outcome, events, trouble } = await system.purchase({ SITE });
      expect(trouble).toEqual([]);
      expect(outcome.CC).toBe("0000");
      expect(BALIEP - (await system.readPurse()).BALIEP).toBe(price);
      expect(await inPsams(system)).toBe(price);
      expect(await system.sale(outcome.IDTRX ?? "")).toMatchObject({ status: "released", MPDA: price });
      const row = await system.transaction(outcome.IDTRX ?? "");
      expect(row).toMatchObject({ status: "confirmed", MPDA: price });
      expect(site?.terminals).toContain(row?.IDTERM);
      const ofHeadEnd = await system.transactions("head-end-payment-server");
      expect(ofHeadEnd).toHaveLength(site?.kind === "cable" ? 1 : 0);
      const links = linksOf(events);
      expect(links.includes("234")).toBe(site?.kind === "internet");
      expect(links.includes("237")).toBe(site?.kind === "cable");
      expect(links.includes("236")).toBe(site?.kind === "internet");
      expect(links.includes("238")).toBe(site?.profile.direct);
      expect(links.includes("LAN")).toBe(SITE !== "straight");
    },
  );
});

test("the base payment's terminals are those that no site has for itself", async () => {
  await using station = await opened();
  await using system = await station.systemFor("TERMINALS");
  expect(system.terminals()).toEqual(["00000001", "00000002"]);
  expect(
    system.facts.terminals.map(({ IDTERM, kind, reach, psam, server }) => [IDTERM, kind, reach, psam, server]),
  ).toEqual([
    ["00000001", "smart", "concentrator", "software", "payment-server"],
    ["00000002", "smart", "concentrator", "software", "payment-server"],
    ["00000003", "dumb", "concentrator", "software", "payment-server"],
    ["00000004", "smart", "direct", "reader", "payment-server"],
    ["00000005", "smart", "concentrator", "software", "head-end-payment-server"],
  ]);
  const numbers = await Promise.all(
    system.facts.terminals.map(async ({ IDTERM }) => (await system.readTotals(IDTERM)).IDPSAM),
  );
  expect(new Set(numbers).size).toBe(5);
});

describe("a server that is restarted", () => {
  const roles = [
    "merchant",
    "payment-server",
    "head-end-payment-server",
    "head-end",
    "concentrator",
    "terminal",
  ] as const;

  test.each(roles)("goes on: %s", async (role) => {
    await using station = await opened();
    await using system = await station.systemFor("RESTART");
    expect(system.facts.offers.restart).toContain(role);
    const before = await system.purchase({ SITE: "cable4" });
    await system.restart(role);
    for (const SITE of ["shop", "cable5", "dumb", "straight"]) {
      expect((await system.purchase({ SITE })).outcome.CC, SITE).toBe("0000");
    }
    expect(await system.sale(before.outcome.IDTRX ?? "")).toMatchObject({ status: "released" });
    expect(await system.transactions("head-end-payment-server")).toHaveLength(2);
    const stored = await Promise.all(system.facts.terminals.map(({ IDTERM }) => system.readStore(IDTERM)));
    expect(stored.flat()).toHaveLength(5);
  });
});

test("a card that is a program pays without the reader, and the card there is found as it was", async () => {
  await using station = await opened();
  await using system = await station.systemFor("VIRTUAL");
  const specimen = await system.readPurse();
  await system.insertCard("virtual");
  const program = await system.readPurse();
  expect(program.IDIEP).not.toBe(specimen.IDIEP);
  expect((await system.purchase()).outcome.CC).toBe("0000");
  expect((await system.readPurse()).BALIEP).toBe(program.BALIEP - 250);
  await system.removeCard();
  expect((await system.purchase()).outcome.CC).toBe("A015");
  await system.insertCard("specimen");
  expect(await system.readPurse()).toEqual(specimen);
  await system.insertCard("virtual");
  expect((await system.readPurse()).NTIEP).toBe(program.NTIEP + 1);
});

describe("more set-top boxes", () => {
  test("buy all at once, each with its own card, and no money is lost or made", async () => {
    await using station = await opened();
    await using system = await station.systemFor("BOXES");
    const boxes = await system.boxes(50);
    const SITES = system.facts.sites.map(({ SITE }) => SITE).filter((SITE) => SITE !== "library");
    const before = await Promise.all(boxes.map((box) => box.readPurse()));
    expect(new Set(before.map(({ IDIEP }) => IDIEP)).size).toBe(50);
    const outcomes = await Promise.all(
      boxes.map((box, index) => box.purchase({ SITE: SITES[index % SITES.length] ?? "" })),
    );
    await system.idle();
    expect(outcomes.map(({ CC }) => CC)).toEqual(boxes.map(() => "0000"));
    const after = await Promise.all(boxes.map((box) => box.readPurse()));
    const paid = after.map(({ BALIEP }, index) => (before[index]?.BALIEP ?? 0) - BALIEP);
    expect(paid).toEqual(boxes.map(() => 250));
    expect(await inPsams(system)).toBe(50 * 250);
    expect((await system.sales()).map(({ status }) => status)).toEqual(boxes.map(() => "released"));
  });

  test("are the same ones on the next call, and only so many", async () => {
    await using station = await opened();
    await using system = await station.systemFor("SAME");
    const [first] = await system.boxes(1);
    expect((await system.boxes(2))[0]).toBe(first);
    await expect(system.boxes(201)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a network that takes its time", () => {
  async function timeOf(SITE: string, networkRoundTripMs: number, lineBaud = 1e9): Promise<number> {
    await using station = await opened({ pace: { networkRoundTripMs, lineBaud } });
    await using system = await station.systemFor("PACE");
    await system.purchase({ SITE });
    const { events, outcome } = await system.purchase({ SITE });
    expect(outcome.CC).toBe("0000");
    return Math.round((events.at(-1)?.atMs ?? 0) - (events[0]?.atMs ?? 0));
  }

  test("takes half a round trip for each message of a base purchase that another one waits for", async () => {
    // 602, 604, 606, 607, 608, 612, 616, 617, 621, 622, 634, 636, 640, 641; "debited" is under way beside 636
    expect(await timeOf("shop", 100)).toBe(14 * 50);
    expect(await timeOf("shop", 0)).toBe(0);
  });

  test("and a line of 9600 bit/s adds what its characters take, blocks and all", async () => {
    let bytes = 0;
    const pace = {
      networkRoundTripMs: 0,
      lineBaud: 9_600,
      onLine: (_: string, some: Uint8Array) => {
        bytes += some.length;
      },
    };
    await using station = await opened({ pace });
    await using system = await station.systemFor("LINE");
    await system.purchase({ SITE: "straight" });
    bytes = 0;
    const { events } = await system.purchase({ SITE: "straight" });
    const took = (events.at(-1)?.atMs ?? 0) - (events[0]?.atMs ?? 0);
    expect(bytes).toBeGreaterThan(300);
    expect(took).toBeCloseTo((bytes * 11_000) / 9_600, 0);
  });
});
