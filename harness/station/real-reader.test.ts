/** A purse card in an interface at a serial port: a pseudo terminal with an emulated card at its far end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../core/clock.ts";
import { systemRandom } from "../core/random.ts";
import { soon } from "../device/card-reader.contract.ts";
import { dressOf } from "../lab/cards/dressed.ts";
import { openSerialInterface } from "../lab/serial-interface.ts";
import { serveSerialCard } from "../link/serial-card/serve-card.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";
import { readPurse } from "./read-purse.ts";
import { isReal, openRealReader } from "./real-reader.ts";

it.each([
  ["T=0", { kind: "sim", ATR: "3B00" }],
  ["T=0", { kind: "sim", ATR: "3F00" }],
  ["T=1", { kind: "sim", mischief: [{ nth: 2, act: "corrupt-edc" }] }],
] as const)("is read over %s, %o", async (protocol, spec) => {
  const directory = await mkdtemp(join(tmpdir(), "pursebench-real-"));
  try {
    await using line = await openSerialInterface(join(directory, "card"));
    const purse = simulatedCard("specimen", { keys: testKeys(), random: systemRandom });
    await using _card = serveSerialCard(line.socket, dressOf(spec)(purse), systemClock);
    line.setPresent(true);
    await using reader = await openRealReader({ kind: "serial", path: line.path, baud: 9600 }, soon());
    await reader.waitForCard(soon());
    await using channel = await reader.connect(soon());
    expect(channel.protocol).toBe(protocol);
    expect(await readPurse(channel, soon(20_000))).toMatchObject({ IDIEP: "0000004711", NTIEP: 1, log: [] });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it("is a reader that only a person can serve", () => {
  expect(isReal({ kind: "serial", path: "/dev/ttyUSB0", baud: 9600 })).toBe(true);
  expect(isReal({ kind: "pcsc", reader: "ACS" })).toBe(true);
  expect(isReal({ kind: "sim" })).toBe(false);
});
