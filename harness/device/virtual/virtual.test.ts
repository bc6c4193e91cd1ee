import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { describeByteStream } from "../byte-stream.contract.ts";
import { type CardReaderBench, type ContractCard, codeOf, describeCardReader, soon } from "../card-reader.contract.ts";
import { describeMessageChannel } from "../message-channel.contract.ts";
import { offersProtocol } from "./atr-shape.ts";
import { byteStreamPair } from "./byte-stream-pair.ts";
import { inProcessEndpoint } from "./in-process-endpoint.ts";
import { memoryChannelPair } from "./message-channel-pair.ts";
import type { VirtualCard } from "./virtual-card.ts";
import { virtualReader } from "./virtual-reader.ts";
import { answeringCard, hangingCard, malformedAtrCard, muteCard, TEST_ATR } from "./wrong-cards.ts";

const CARDS: Record<ContractCard, () => VirtualCard> = {
  answers: () => answeringCard(fromHex("6A82")),
  mute: muteCard,
  "malformed-atr": malformedAtrCard,
  hangs: hangingCard,
};

async function openVirtual(): Promise<CardReaderBench> {
  const reader = virtualReader({ name: "virtual" });
  return {
    reader,
    insert: async (card) => reader.insert(CARDS[card]()),
    remove: async () => reader.remove(),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

describe("the virtual reader", () => {
  describeCardReader(openVirtual);

  it("fails a command at once when the card is pulled under it", async () => {
    const reader = virtualReader({ name: "virtual", card: hangingCard() });
    const channel = await reader.connect(soon());
    const waiting = codeOf(channel.transmit(fromHex("00A4040000"), soon()));
    reader.remove();
    expect(await waiting).toBe("DEVICE_LOST");
  });

  it("powers the card on, resets it and powers it off as it is told", async () => {
    const seen: string[] = [];
    const note = (what: string, answer: Uint8Array): Uint8Array => {
      seen.push(what);
      return answer;
    };
    const card: VirtualCard = {
      powerOn: () => note("on", TEST_ATR),
      reset: () => note("reset", TEST_ATR),
      powerOff: () => seen.push("off"),
      transmit: (command) => note(toHex(command), fromHex("9000")),
    };
    const reader = virtualReader({ name: "virtual", card });
    const channel = await reader.connect(soon());
    await channel.transmit(fromHex("8052"), soon());
    await channel.reset("warm", soon());
    await channel.reset("cold", soon());
    await channel[Symbol.asyncDispose]();
    expect(seen).toEqual(["on", "8052", "reset", "off", "on", "off"]);
  });

  it("lets virtual time pass while a card is silent", async () => {
    const clock = new VirtualClock(new Date(0));
    const reader = virtualReader({ name: "virtual", card: hangingCard() });
    const channel = await reader.connect(deadlineIn(clock, 1000));
    const start = performance.now();
    expect(await codeOf(channel.transmit(fromHex("00A4"), deadlineIn(clock, 3_600_000)))).toBe("DEVICE_SILENT");
    expect(clock.monotonicMs()).toBe(3_600_000);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("tells a card program that fails as our defect", async () => {
    const failing: VirtualCard = {
      powerOn: () => TEST_ATR,
      reset: () => TEST_ATR,
      transmit: () => Promise.reject(new Error("broken card program")),
    };
    const channel = await virtualReader({ name: "virtual", card: failing }).connect(soon());
    await expect(channel.transmit(fromHex("00A4"), soon())).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("broken card program"),
    });
  });
});

describe("the protocol that an answer to reset offers", () => {
  it.each([
    ["3B00", "T=0"],
    ["3F00", "T=0"],
    ["3B8001 81", "T=1"],
    ["3B848131FE457465737499", "T=1"],
    ["3BFD1300008131FE158073C021C057597562694B657940", "T=1"],
    ["3B9F96801FC78031A073BE21136743200718000001A5", "T=0"],
  ])("%s offers %s", (atr, protocol) => {
    expect(offersProtocol(fromHex(atr))).toBe(protocol);
  });

  it.each(["", "3B", "3B8F814142", "3C00", "3B800182", "3B0041", "3B80", "3B800E8E"])("%s is none", (atr) => {
    expect(offersProtocol(fromHex(atr))).toBeUndefined();
  });
});

describe("an in-process message channel", () => {
  describeMessageChannel(async () => {
    const [near, far] = memoryChannelPair();
    return { near, far, [Symbol.asyncDispose]: () => near[Symbol.asyncDispose]() };
  }, 1024 * 1024);
});

describe("an in-process endpoint", () => {
  it("serves every channel and waits for them when it closes", async () => {
    let served = 0;
    const endpoint = inProcessEndpoint(async (channel) => {
      for (;;) {
        const message = await channel.receive(soon());
        if (!message) break;
        await channel.send(message);
      }
      served++;
    });
    const first = await endpoint.connect(soon());
    const second = await endpoint.connect(soon());
    await first.send(fromHex("01"));
    await second.send(fromHex("02"));
    expect(await second.receive(soon())).toEqual(fromHex("02"));
    expect(await first.receive(soon())).toEqual(fromHex("01"));
    await endpoint[Symbol.asyncDispose]();
    expect(served).toBe(2);
    expect(await first.receive(soon())).toBeNull();
    expect(await codeOf(endpoint.connect(soon()))).toBe("SERVICE_ABSENT");
  });

  it("closes the channel and tells the failure when serving throws", async () => {
    const failures: unknown[] = [];
    const endpoint = inProcessEndpoint(() => Promise.reject(new Error("cannot serve")), {
      onFailure: (thrown) => failures.push(thrown),
    });
    const channel = await endpoint.connect(soon());
    expect(await channel.receive(soon())).toBeNull();
    expect(failures).toEqual([new Error("cannot serve")]);
  });
});

describe("an in-process line", () => {
  describeByteStream(
    async () => {
      const [near, far] = byteStreamPair();
      return { near, far, [Symbol.asyncDispose]: () => near[Symbol.asyncDispose]() };
    },
    { tellsFarEnd: true },
  );
});
