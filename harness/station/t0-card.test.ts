/** A purse that speaks T=0 alone, in a slot of the virtual lab: pcscd and the real driver carry TPDUs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBench } from "../bench/load.ts";
import { fromHex, toHex } from "../core/bytes.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { Station } from "../flows/station.ts";
import { openStation } from "./index.ts";
import { countingRecord } from "./recorder.ts";

describe("a card of T=0 on the virtual lab", () => {
  let station: Station;
  beforeAll(async () => {
    const { bench } = loadBench("virtual-lab");
    const card = { kind: "sim", card: "t0" } as const;
    const lab = `t0-${process.pid}`;
    station = await openStation(
      { bench: { ...bench, card }, iut: "card", variation: REFERENCE, lab },
      countingRecord(),
    );
  });
  afterAll(async () => await station?.[Symbol.asyncDispose]());

  it("says so in its description", async () => {
    expect(await station.preflight()).toMatchObject({
      ok: true,
      specimen: { IDIEP: "0000004740", protocol: "T=0", ATR: "3B054945502D31" },
    });
  });

  it("gives whole answers to commands of every case, and pays", async () => {
    await using system = await station.systemFor("T0");
    const answers = ["00A4040008F050422D4945503100", "905C000000", "905C00000D", "905A01000200FF10"];
    const said: string[] = [];
    for (const command of answers) said.push(toHex(await system.apdu(fromHex(command))));
    expect(said[0]).toMatch(/^6F2D8408F050422D49455031.*9000$/);
    expect(said[1]).toMatch(/^.{26}9000$/);
    expect(said[2]).toBe(said[1]);
    expect(said[3]).toBe("9406");
    const seen = await system.purchase({ SITE: "shop", ITEM: "mug" });
    expect(seen.trouble).toEqual([]);
    expect(seen.outcome.CC).toBe("0000");
  });

  it("is read by the harness alone", async () => {
    await using devices = await station.devicesFor("T0");
    const card = await devices.card();
    expect(card.protocol).toBe("T=0");
    const seen = devices.events().length;
    expect(toHex((await card.apdu(fromHex("00A4040008F050422D4945503100"))).subarray(-2))).toBe("9000");
    const messages = devices.events(seen).filter((event) => event.kind === "message");
    expect(messages).toHaveLength(2); // command and answer as a case sees them, no TPDUs
  });
});
