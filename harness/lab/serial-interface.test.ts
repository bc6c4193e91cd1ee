/** The serial reader over a real pseudo terminal and serialport, with an emulated card at the far end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import {
  type CardReaderBench,
  type ContractCard,
  codeOf,
  describeCardReader,
  soon,
} from "../device/card-reader.contract.ts";
import { openPhoenix } from "../device/serial/open-phoenix.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { answeringCard, hangingCard, malformedAtrCard, muteCard } from "../device/virtual/wrong-cards.ts";
import { serialReader } from "../link/serial-card/serial-reader.ts";
import { serveSerialCard } from "../link/serial-card/serve-card.ts";
import { openSerialInterface } from "./serial-interface.ts";

const CARDS: Record<ContractCard, () => VirtualCard> = {
  answers: () => answeringCard(fromHex("6A82")),
  mute: muteCard,
  "malformed-atr": malformedAtrCard,
  hangs: hangingCard,
};

let directory = "";
let lines = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pursebench-serial-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function newPath(): string {
  return join(directory, `line-${++lines}`);
}

async function openBench(): Promise<CardReaderBench> {
  const line = await openSerialInterface(newPath());
  const port = await openPhoenix({ path: line.path }, soon());
  const reader = serialReader(port, systemClock, { resetMs: 5, offMs: 5 });
  let inserted: AsyncDisposable | undefined;
  return {
    reader,
    async insert(kind) {
      inserted = serveSerialCard(line.socket, CARDS[kind](), systemClock);
      line.setPresent(true);
    },
    async remove() {
      await inserted?.[Symbol.asyncDispose]();
      line.setPresent(false);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await inserted?.[Symbol.asyncDispose]();
      await reader[Symbol.asyncDispose]();
      await line[Symbol.asyncDispose]();
    },
  };
}

describe("a card reader on a pseudo terminal", () => {
  describeCardReader(openBench);
});

describe("an emulated card on a pseudo terminal", () => {
  it.each(["3B00", "3F00", "3B848131FE457465737499", "3F848131FE457465737499"])(
    "carries long commands, %s",
    async (hex) => {
      const atr = fromHex(hex);
      await using line = await openSerialInterface(newPath());
      const card: VirtualCard = {
        powerOn: () => atr,
        reset: () => atr,
        transmit: (command) => Uint8Array.of(...command.subarray(5, 260), 0x90, 0x00),
        caseOf: () => 4,
      };
      await using _card = serveSerialCard(line.socket, card, systemClock);
      line.setPresent(true);
      await using reader = serialReader(await openPhoenix({ path: line.path }, soon()), systemClock, {
        resetMs: 5,
        offMs: 5,
      });
      await reader.waitForCard(soon());
      await using channel = await reader.connect(soon());
      const data = new Uint8Array(255).map((_, at) => at * 5);
      const command = Uint8Array.of(0x80, 0x10, 0, 0, 255, ...data, 0);
      for (let round = 0; round < 3; round++)
        expect(toHex(await channel.transmit(command, soon()))).toBe(`${toHex(data)}9000`);
      expect(toHex(await channel.reset("cold", soon()))).toBe(hex);
    },
  );

  it("is told as absent when nobody serves its lines, or no port is there", async () => {
    expect(await codeOf(openPhoenix({ path: "/dev/no-such-line" }, soon()))).toBe("DEVICE_ABSENT");
  });
});
