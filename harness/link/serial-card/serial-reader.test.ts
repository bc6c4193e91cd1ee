import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { systemClock, VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import {
  type CardReaderBench,
  type ContractCard,
  codeOf,
  describeCardReader,
} from "../../device/card-reader.contract.ts";
import { type PhoenixPair, type PhoenixPairOptions, phoenixPair } from "../../device/virtual/phoenix-pair.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { answeringCard, hangingCard, malformedAtrCard, muteCard } from "../../device/virtual/wrong-cards.ts";
import { type SerialReaderOptions, serialReader } from "./serial-reader.ts";
import { type ServeCardOptions, serveSerialCard } from "./serve-card.ts";

const CARDS: Record<ContractCard, () => VirtualCard> = {
  answers: () => answeringCard(fromHex("6A82")),
  mute: muteCard,
  "malformed-atr": malformedAtrCard,
  hangs: hangingCard,
};

describe("a card reader on a serial line", () => {
  describeCardReader(async (): Promise<CardReaderBench> => {
    const pair = phoenixPair();
    const reader = serialReader(pair.port, systemClock, { resetMs: 1, offMs: 1, toleranceMs: 100 });
    let inserted: AsyncDisposable | undefined;
    return {
      reader,
      async insert(kind) {
        inserted = serveSerialCard(pair.socket, CARDS[kind](), systemClock);
        pair.setPresent(true);
      },
      async remove() {
        await inserted?.[Symbol.asyncDispose]();
        pair.setPresent(false);
      },
      async [Symbol.asyncDispose](): Promise<void> {
        await inserted?.[Symbol.asyncDispose]();
        await reader[Symbol.asyncDispose]();
      },
    };
  });
});

interface Bench {
  readonly clock: VirtualClock;
  readonly pair: PhoenixPair;
  readonly reader: ReturnType<typeof serialReader>;
  soon(): ReturnType<typeof deadlineIn>;
}

function bench(
  card: VirtualCard | undefined,
  options: PhoenixPairOptions = {},
  reader: SerialReaderOptions = {},
  serve: ServeCardOptions = {},
): Bench {
  const clock = new VirtualClock(new Date(0));
  const pair = phoenixPair(options);
  if (card) {
    serveSerialCard(pair.socket, card, clock, serve);
    pair.setPresent(true);
  }
  return {
    clock,
    pair,
    reader: serialReader(pair.port, clock, reader),
    soon: () => deadlineIn(clock, 60_000),
  };
}

function cardWith(atr: string, more: Partial<VirtualCard> = {}): VirtualCard {
  const bytes = fromHex(atr);
  return { powerOn: () => bytes, reset: () => bytes, transmit: () => fromHex("9000"), ...more };
}

describe("the answer to reset, read on a serial line", () => {
  it.each([
    ["3B00", "T=0"],
    ["3F00", "T=0"],
    ["3B848131FE457465737499", "T=1"],
    ["3F848131FE457465737499", "T=1"],
    ["3B9F96801FC78031A073BE21136743200718000001A5", "T=0"],
  ])("%s starts %s", async (atr, protocol) => {
    const { reader, soon, pair } = bench(cardWith(atr, { caseOf: () => 1 }));
    const channel = await reader.connect(soon()).catch((thrown: Error) => thrown.message);
    if (typeof channel === "string") throw new Error(channel);
    expect(toHex(channel.atr)).toBe(atr);
    expect(channel.protocol).toBe(protocol);
    expect(toHex(await channel.transmit(fromHex("00A40000"), soon()))).toBe("9000");
    expect(pair.parity).toBe(atr.startsWith("3F") ? "odd" : "even");
  });
});

/** Answers with the data of the command, or a pattern of Le bytes, and 9000; INS 01 to 04 are the four cases. */
function echoCard(atr: string): VirtualCard {
  return cardWith(atr, {
    caseOf: ({ ins }) => (ins === 2 ? 2 : ins === 3 ? 3 : ins === 4 ? 4 : 1),
    transmit(command) {
      const [, ins = 0, , , p3 = 0] = command;
      const data =
        ins === 2 ? new Uint8Array(p3 || 256).map((_, at) => at * 7) : ins === 4 ? command.subarray(5, 5 + p3) : [];
      return Uint8Array.of(...data, 0x90, 0x00);
    },
  });
}

const T0 = "3B00";
const LRC = "3B848131FE457465737499";
/** T=1, IFSC 32, BWI 4, CWI 5, CRC. */
const CRC = "3B80817120450114";

describe("commands over a serial line", () => {
  it.each([
    ["T=0", T0],
    ["T=1 with LRC", LRC],
    ["T=1 with CRC and blocks of 32 bytes", CRC],
  ])("of all four cases and of every length, over %s", async (_, atr) => {
    const { reader, soon } = bench(echoCard(atr));
    const channel = await reader.connect(soon());
    for (const length of [1, 2, 31, 32, 33, 253, 254, 255]) {
      const data = new Uint8Array(length).map((__, at) => at * 3 + length);
      const command = Uint8Array.of(0x80, 0x04, 0, 0, length, ...data, 0);
      expect(toHex(await channel.transmit(command, soon())), `case 4, ${length}`).toBe(`${toHex(data)}9000`);
      expect(toHex(await channel.transmit(Uint8Array.of(0x80, 0x03, 0, 0, length, ...data), soon()))).toBe("9000");
      const pattern = new Uint8Array(length).map((__, at) => at * 7);
      expect(toHex(await channel.transmit(Uint8Array.of(0x80, 0x02, 0, 0, length), soon()))).toBe(
        `${toHex(pattern)}9000`,
      );
    }
    expect((await channel.transmit(fromHex("8002000000"), soon())).length).toBe(258);
    expect(toHex(await channel.transmit(fromHex("80010000"), soon()))).toBe("9000");
  });

  it.each([T0, LRC])("waits for a card that asks for time, %s", async (atr) => {
    const { clock, reader, soon } = bench(
      cardWith(atr, { transmit: () => clock.timer(30_000).elapsed.then(() => fromHex("9000")) }),
    );
    const channel = await reader.connect(soon());
    const began = clock.monotonicMs();
    expect(toHex(await channel.transmit(fromHex("80010000"), soon()))).toBe("9000");
    expect(clock.monotonicMs() - began).toBeGreaterThanOrEqual(30_000);
    expect(clock.monotonicMs() - began).toBeLessThan(30_100);
  });

  it("says that a card over T=0 fell silent, when its waiting time has passed", async () => {
    const { clock, reader, soon } = bench(cardWith(T0, { transmit: () => null }));
    const channel = await reader.connect(soon());
    const began = clock.monotonicMs();
    expect(await codeOf(channel.transmit(fromHex("80010000"), soon()))).toBe("DEVICE_SILENT");
    expect(clock.monotonicMs() - began).toBeLessThan(1_500); // WI 10: 9600 etu are 1 s
  });

  it("keeps the guard time that a card asks for between characters", async () => {
    const { clock, reader, soon } = bench(echoCard("3B4032")); // TC1 = 50 etu
    const channel = await reader.connect(soon());
    const began = clock.monotonicMs();
    await channel.transmit(fromHex("80010000"), soon());
    expect(clock.monotonicMs() - began).toBeGreaterThanOrEqual((5 * 50 * 1000) / 9600);
  });

  it("resets warm by the reset line alone, cold with the supply where a line switches it", async () => {
    const seen: string[] = [];
    const told = (what: string) => {
      seen.push(what);
      return fromHex(T0);
    };
    const card = {
      ...cardWith(T0),
      powerOn: () => told("on"),
      reset: () => told("reset"),
      powerOff: () => told("off"),
    };
    for (const switchesPower of [true, false]) {
      const { reader, soon } = bench(card, { switchesPower });
      const channel = await reader.connect(soon());
      await channel.reset("warm", soon());
      await channel.reset("cold", soon());
      await reader[Symbol.asyncDispose]();
    }
    expect(seen).toEqual(["on", "reset", "off", "on", "off", "on", "reset", "reset"]);
  });

  it("takes turns when it is asked twice at once", async () => {
    const { reader, soon } = bench(echoCard(LRC));
    const channel = await reader.connect(soon());
    const answers = await Promise.all(
      ["01", "02", "03"].map((data) => channel.transmit(fromHex(`8004000001${data}00`), soon())),
    );
    expect(answers.map(toHex)).toEqual(["019000", "029000", "039000"]);
  });
});

describe("an interface that is wrong", () => {
  it("which sends nothing back is told, by the silence or by the card's answer in place of the echo", async () => {
    const deaf = bench(undefined);
    deaf.pair.setPresent(true);
    const { socket } = deaf.pair;
    socket.onReset((isLow) => isLow || void socket.write(fromHex(LRC), deadlineIn(deaf.clock, 100)));
    await expect(deaf.reader.connect(deaf.soon())).rejects.toMatchObject({ code: "DEVICE_SILENT", owner: "reader" });
    const { reader, soon } = bench(cardWith(LRC), {}, {}, { echo: false });
    const mend = expect.stringContaining("echo: false");
    await expect(reader.connect(soon())).rejects.toMatchObject({ code: "DEVICE_GARBLED", owner: "reader", mend });
  });

  it("may be one without echo", async () => {
    const { reader, soon } = bench(echoCard(LRC), {}, { echo: false }, { echo: false });
    const channel = await reader.connect(soon());
    expect(toHex(await channel.transmit(fromHex("800400000177"), soon()))).toBe("779000");
  });

  it("which sends back other bytes is told", async () => {
    const { reader, soon, pair, clock } = bench(undefined);
    pair.setPresent(true);
    pair.socket.onReset((isLow) => isLow || void pair.socket.write(fromHex(T0), deadlineIn(clock, 100)));
    pair.socket.onBytes(
      (bytes) =>
        void pair.socket.write(
          bytes.map((byte) => byte ^ 1),
          deadlineIn(clock, 100),
        ),
    );
    const channel = await reader.connect(soon());
    await expect(channel.transmit(fromHex("80010000"), soon())).rejects.toMatchObject({
      code: "DEVICE_GARBLED",
      owner: "reader",
    });
  });

  it("without a line for presence knows a card by its answer to reset", async () => {
    const { reader, soon, pair, clock } = bench(undefined, { tellsPresence: false });
    const heard: boolean[] = [];
    reader.onPresence((present) => heard.push(present));
    expect(reader.isCardPresent()).toBe(false);
    expect(await codeOf(reader.waitForCard(deadlineIn(clock, 3_000)))).toBe("DEVICE_ABSENT");
    await expect(reader.connect(soon())).rejects.toMatchObject({ code: "DEVICE_SILENT" });
    const card = serveSerialCard(pair.socket, echoCard(LRC), clock);
    await reader.waitForCard(soon());
    expect(reader.isCardPresent()).toBe(true);
    const channel = await reader.connect(soon());
    await card[Symbol.asyncDispose]();
    expect(await codeOf(channel.transmit(fromHex("80010000"), soon()))).toBe("DEVICE_SILENT");
    await channel[Symbol.asyncDispose]();
    expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_SILENT");
    expect(heard).toEqual([true, false]);
  });

  it("and is unplugged loses the card", async () => {
    const { reader, soon, pair } = bench(cardWith(LRC, { transmit: () => new Promise(() => undefined) }));
    const channel = await reader.connect(soon());
    const waiting = codeOf(channel.transmit(fromHex("80010000"), soon()));
    await pair.port[Symbol.asyncDispose]();
    expect(await waiting).toBe("DEVICE_LOST");
    expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_LOST");
  });
});

describe("answers to reset that a serial reader cannot use", () => {
  it.each([
    ["TCK is wrong", "3B848131FE457465737498"],
    ["TS is neither", "3C00"],
    ["another bit rate is forced", "3B90951000"],
    ["T=14 alone", "3B800E8E"],
    ["IFSC 00", "3B80817100450035"],
    ["cut off", "3B0541"],
  ])("%s", async (_, atr) => {
    const { reader, soon } = bench(cardWith(atr));
    expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_GARBLED");
  });
});
