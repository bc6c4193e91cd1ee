/** What every `CardReader` owes its users, as tests. Run on the virtual reader and, in the lab, on PC/SC. */
import { expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { CardChannel, CardReader } from "./contracts.ts";

/** Cards by what they do, see `virtual/wrong-cards.ts`; `answers` says 6A82 to everything. */
export type ContractCard = "answers" | "mute" | "malformed-atr" | "hangs";

/** A reader whose slot is empty, and the hand that serves it. */
export interface CardReaderBench extends AsyncDisposable {
  readonly reader: CardReader;
  insert(card: ContractCard): Promise<void>;
  remove(): Promise<void>;
}

const SELECT = fromHex("00A4040000");
/** The ATR of the cards that have a good one, `TEST_ATR`. */
const ATR = "3B848131FE457465737499";

export function soon(milliseconds = 5000): Deadline {
  return deadlineIn(systemClock, milliseconds);
}

export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | "none"> {
  return await work.then(
    () => "none" as const,
    (thrown: { code: ErrorCode }) => thrown.code,
  );
}

/** Declares the tests; `open` makes a bench for each of them. */
export function describeCardReader(open: () => Promise<CardReaderBench>): void {
  const withCard = async (card: ContractCard, use: (bench: CardReaderBench) => Promise<void>): Promise<void> => {
    await using bench = await open();
    await bench.insert(card);
    await bench.reader.waitForCard(soon());
    await use(bench);
  };
  const withChannel = (use: (channel: CardChannel, bench: CardReaderBench) => Promise<void>): Promise<void> =>
    withCard("answers", async (bench) => {
      await using channel = await bench.reader.connect(soon());
      await use(channel, bench);
    });

  it("says that there is no card where there is none", async () => {
    await using bench = await open();
    expect(bench.reader.isCardPresent()).toBe(false);
    expect(await codeOf(bench.reader.connect(soon()))).toBe("DEVICE_ABSENT");
    expect(await codeOf(bench.reader.waitForCard(soon(20)))).toBe("DEVICE_ABSENT");
  });

  it("tells insertion and removal once each, to those who still listen", async () => {
    await using bench = await open();
    const heard: boolean[] = [];
    const undone: boolean[] = [];
    bench.reader.onPresence((present) => heard.push(present));
    const undo = bench.reader.onPresence((present) => undone.push(present));
    await bench.insert("answers");
    await bench.reader.waitForCard(soon());
    expect(bench.reader.isCardPresent()).toBe(true);
    undo();
    const removed = new Promise((resolve) => bench.reader.onPresence(resolve));
    await bench.remove();
    expect(await removed).toBe(false);
    expect(heard).toEqual([true, false]);
    expect(undone).toEqual([true]);
    expect(bench.reader.isCardPresent()).toBe(false);
  });

  it("connects, carries commands and resets warm and cold", async () => {
    await withChannel(async (channel) => {
      expect(channel.protocol).toBe("T=1");
      expect(toHex(channel.atr)).toBe(ATR);
      expect(toHex(await channel.transmit(SELECT, soon()))).toBe("6A82");
      expect(toHex(await channel.reset("warm", soon()))).toBe(ATR);
      expect(toHex(await channel.transmit(SELECT, soon()))).toBe("6A82");
      expect(toHex(await channel.reset("cold", soon()))).toBe(ATR);
      expect(toHex(await channel.transmit(SELECT, soon()))).toBe("6A82");
    });
  });

  it("carries a command of 261 bytes", async () => {
    await withChannel(async (channel) => {
      const longest = new Uint8Array(261).fill(0x5a);
      longest.set([0x00, 0xda, 0x00, 0x00, 0xff]);
      expect(toHex(await channel.transmit(longest, soon()))).toBe("6A82");
    });
  });

  it("opens a card for one user at a time, again and again", async () => {
    await withChannel(async (channel, { reader }) => {
      expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_BUSY");
      await channel[Symbol.asyncDispose]();
      await channel[Symbol.asyncDispose]();
      expect(await codeOf(channel.transmit(SELECT, soon()))).toBe("DEVICE_LOST");
      await using again = await reader.connect(soon());
      expect(toHex(await again.transmit(SELECT, soon()))).toBe("6A82");
    });
  });

  it("tells a mute card from one with a bad answer to reset", async () => {
    await withCard("mute", async ({ reader }) => {
      expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_SILENT");
    });
    await withCard("malformed-atr", async ({ reader }) => {
      expect(await codeOf(reader.connect(soon()))).toBe("DEVICE_GARBLED");
    });
  });

  it("tells that a card was pulled, and works with the next one", async () => {
    await withChannel(async (channel, bench) => {
      const noticed = new Promise((resolve) => bench.reader.onPresence(resolve));
      await bench.remove();
      expect(await codeOf(channel.transmit(SELECT, soon()))).toBe("DEVICE_LOST");
      await channel[Symbol.asyncDispose]();
      await noticed;
      await bench.insert("answers");
      await bench.reader.waitForCard(soon());
      await using next = await bench.reader.connect(soon());
      expect(toHex(await next.transmit(SELECT, soon()))).toBe("6A82");
    });
  });

  it("gives up a card that does not answer, at the deadline and not later", async () => {
    await withCard("hangs", async (bench) => {
      await using channel = await bench.reader.connect(soon());
      const start = performance.now();
      expect(await codeOf(channel.transmit(SELECT, soon(300)))).toBe("DEVICE_SILENT");
      expect(performance.now() - start).toBeLessThan(1500);
      expect(await codeOf(channel.transmit(SELECT, soon(300)))).toBe("DEVICE_SILENT");
      await bench.remove(); // frees whoever still waits for the card
    });
  });

  it("closes twice without complaint and is of no use afterwards", async () => {
    const bench = await open();
    await bench.reader[Symbol.asyncDispose]();
    await bench.reader[Symbol.asyncDispose]();
    expect(await codeOf(bench.reader.connect(soon()))).toBe("DEVICE_LOST");
    expect(await codeOf(bench.reader.waitForCard(soon()))).toBe("DEVICE_LOST");
    await bench[Symbol.asyncDispose]();
  });
}
