import { createConnection, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock, VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { connectTcp } from "../../device/network/connect.ts";
import { listenTcp } from "../../device/network/listen.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { openDatabase } from "./database/open-database.ts";
import { servePaymentServer } from "./serve.ts";
import { debitResponse, drawRequest, IDTERM, openBench, talk } from "./test-bench.ts";
import { contractOf } from "./testing/merchants.ts";
import { ScriptedTerminals } from "./testing/scripted-terminals.ts";

describe("a flood of channels that say nothing", () => {
  test("makes room for those that speak: the longest silent one goes first", async () => {
    await using bench = await openBench({ channelLimit: 3 });
    const silent = [bench.connect(), bench.connect(), bench.connect()];
    expect(await talk(bench, drawRequest(), debitResponse())).toMatchObject([
      { kind: "debit-command" },
      { kind: "debit-result" },
    ]);
    expect(await silent[0]?.next()).toBeNull();
    expect(bench.clock.monotonicMs()).toBe(0); // closed at once, not when its time was up
    expect(await silent[1]?.next()).toBeNull();
    expect(bench.clock.monotonicMs()).toBe(20_000);
  });

  test("keeps no channel that has spoken from its end", async () => {
    await using bench = await openBench({ channelLimit: 1 });
    const first = bench.connect();
    await first.send(drawRequest());
    await first.next();
    const late = bench.connect();
    await late.served;
    await first.send(debitResponse());
    expect((await first.next())?.kind).toBe("debit-result");
    expect(await late.next()).toBeNull();
  });

  test("leaves nothing behind: not a row, not a line, not a terminal", async () => {
    await using bench = await openBench({ clock: new VirtualClock(new Date(0)) });
    const silent = Array.from({ length: 600 }, () => bench.connect());
    await Promise.all(silent.map(({ served }) => served));
    expect(bench.clock.monotonicMs()).toBe(20_000);
    expect(await bench.database.log()).toEqual([]);
    expect(bench.server.pool.free).toEqual([IDTERM]);
  });
});

describe("on real sockets", () => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** A connection of somebody who means no good; `bytes`: all that he ever says. */
  function openHalf(port: number, bytes: Uint8Array): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: "127.0.0.1", port }, () => {
        if (bytes.length > 0) socket.write(bytes);
        resolve(socket);
      });
      socket.on("error", reject);
      sockets.push(socket);
    });
  }

  async function served(channelLimit: number) {
    const clock = systemClock;
    const database = await openDatabase("sqlite::memory:", clock);
    const server = servePaymentServer({
      ...{ database, clock, channelLimit, merchants: contractOf, terminals: new ScriptedTerminals() },
      ...{ terminalIds: [IDTERM], currencies: [{ CURR: "0978", CEXP: 2 }] },
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      trace: () => undefined,
    });
    const listener = await listenTcp({ host: "127.0.0.1", port: 0, serve: server.serve, clock });
    const port = Number(listener.address.split(":")[1]);
    const stop = async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      await server[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    };
    return { port, [Symbol.asyncDispose]: stop };
  }

  async function purchase(port: number, number: number): Promise<string> {
    const deadline = deadlineIn(systemClock, 20_000);
    await using channel = await connectTcp({ host: "127.0.0.1", port }, systemClock).connect(deadline);
    const IDTRX = number.toString(16).toUpperCase().padStart(32, "0");
    await channel.send(encodeMessage(drawRequest({ IDTRX, IDMER: "SHOP0005" })));
    const command = await channel.receive(deadline);
    if (command === null) return "closed";
    await channel.send(encodeMessage(debitResponse({ IDTRX })));
    const result = await channel.receive(deadline);
    return result === null ? "closed" : parseMessage(result).kind;
  }

  test.each([
    ["nothing", new Uint8Array(0)],
    ["half a length", Uint8Array.of(0, 0)],
    ["the beginning of a message that never ends", Uint8Array.of(0, 0, 0xff, 0xff, 0xea, 0x82)],
  ])("three hundred connections that say %s keep no purchase from its end", async (_what, bytes) => {
    await using server = await served(64);
    await Promise.all(Array.from({ length: 300 }, () => openHalf(server.port, bytes)));
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, number) => purchase(server.port, number + 1)));
    expect(new Set(outcomes)).toEqual(new Set(["debit-result"]));
  });

  test("whoever announces more than a message may have is cut off, and the others go on", async () => {
    await using server = await served(64);
    const greedy = await openHalf(server.port, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xea));
    const isClosed = new Promise((resolve) => greedy.once("close", () => resolve(true)));
    greedy.resume();
    expect(await purchase(server.port, 1)).toBe("debit-result");
    expect(await isClosed).toBe(true);
  });

  test("whoever sends message after message gets one refusal and the end", async () => {
    await using server = await served(64);
    const message = encodeMessage(debitResponse());
    const frame = Uint8Array.from([0, 0, 0, message.length, ...message]);
    const endless = await openHalf(server.port, Uint8Array.from(Array.from({ length: 500 }, () => [...frame]).flat()));
    const heard: number[] = [];
    const isClosed = new Promise((resolve) => endless.once("close", () => resolve(true)));
    endless.on("data", (bytes) => heard.push(bytes.length));
    expect(await purchase(server.port, 1)).toBe("debit-result");
    expect(await isClosed).toBe(true);
    expect(heard.reduce((sum, length) => sum + length, 0)).toBeLessThan(64);
  });
});
