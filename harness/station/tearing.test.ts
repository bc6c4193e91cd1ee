/** A card whose power is cut at a chosen moment, in the reader of the bench in one process and of the virtual lab. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import type { CardTear } from "../core/card-tear.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { Station } from "../flows/station.ts";
import type { PurseSystem } from "../flows/system.ts";
import { openStation } from "./index.ts";
import { countingRecord } from "./recorder.ts";

const inDebit = (at: CardTear["at"]): CardTear => ({ INS: 0x54, P1: 0x01, at });

/** Buys, loses power at that moment, puts the card back and settles what was left open. */
async function tornPurchase(system: PurseSystem, at: CardTear["at"]) {
  const before = await system.readPurse();
  using tear = system.tear(inDebit(at));
  const { outcome, trouble } = await system.purchase();
  expect(trouble).toEqual([]);
  expect(tear.hits).toBe(1);
  await expect(system.readPurse()).rejects.toMatchObject({ code: "DEVICE_ABSENT" });
  await system.insertCard("specimen");
  const paid = before.BALIEP - (await system.readPurse()).BALIEP;
  return { CC: outcome.CC, paid, settled: (await system.recover())?.outcome.CC };
}

describe.each([
  ["inproc", ["before-command", { write: 1, part: "within" }, { write: 6, part: "before" }], false],
  ["inproc", [{ write: 6, part: "after" }, { write: 12, part: "within" }, "after-command"], true],
  ["virtual-lab", ["before-command", { write: 6, part: "within" }], false],
  ["virtual-lab", [{ write: 6, part: "after" }, "after-command"], true],
] as const)("on the bench %s", (name, moments, isPaid) => {
  let station: Station;
  beforeAll(async () => {
    const lab = name === "inproc" ? {} : { lab: `tear-${process.pid}` };
    station = await openStation(
      { bench: loadBench(name).bench, iut: "card", variation: REFERENCE, ...lab },
      countingRecord(),
    );
  });
  afterAll(async () => await station[Symbol.asyncDispose]());

  test.each(moments.map((at) => [typeof at === "string" ? at : `${at.part} write ${at.write}`, at] as const))(
    `a card torn %s has ${isPaid ? "paid, and says so when it is asked again" : "paid nothing"}`,
    async (_what, at) => {
      await using system = await station.systemFor("TORN");
      const { CC, paid, settled } = await tornPurchase(system, at);
      expect(CC).not.toBe("0000");
      expect(paid).toBe(isPaid ? 250 : 0);
      expect(settled === "0000").toBe(isPaid);
      expect((await system.purchase()).outcome.CC).toBe("0000");
    },
  );

  test("a tear that was taken back, or whose moment never comes, harms nobody", async () => {
    await using system = await station.systemFor("WHOLE");
    {
      using _taken = system.tear(inDebit("before-command"));
    }
    expect((await system.purchase()).outcome.CC).toBe("0000");
    using never = system.tear(inDebit({ write: 13, part: "before" }));
    expect((await system.purchase()).outcome.CC).toBe("0000");
    expect(never.hits).toBe(0);
  });
});

test("a card program is torn like a card in a reader", async () => {
  await using station = await openStation(
    { bench: loadBench("inproc").bench, iut: "card", variation: REFERENCE },
    countingRecord(),
  );
  await using system = await station.systemFor("VIRTUAL");
  await system.insertCard("virtual");
  const before = await system.readPurse();
  using tear = system.tear(inDebit({ write: 6, part: "within" }));
  await system.purchase();
  expect(tear.hits).toBe(1);
  await system.insertCard("virtual");
  expect(await system.readPurse()).toEqual(before);
});

test("a card that is none cannot be torn", async () => {
  await using station = await openStation(
    { bench: loadBench("inproc").bench, iut: "card", variation: REFERENCE },
    countingRecord(),
  );
  await using system = await station.systemFor("MUTE");
  await system.insertCard("no-purse");
  using _tear = system.tear(inDebit("before-command"));
  await expect(system.apdu(Uint8Array.of(0, 0xa4, 4, 0))).rejects.toMatchObject({ code: "USAGE" });
});
