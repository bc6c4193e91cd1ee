import { connect, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { codeOf, soon } from "../card-reader.contract.ts";
import type { Listener, MessageChannel } from "../contracts.ts";
import { type ChannelPair, describeMessageChannel } from "../message-channel.contract.ts";
import { type ClientTls, connectTcp, type TcpPeer } from "./connect.ts";
import { encodeMessageFrame, type LengthBytes, MESSAGE_BOUND, MessageAccumulator } from "./frame.ts";
import { type ListenOptions, listenTcp, type ServerTls } from "./listen.ts";
import { createTestCa, type TestCa } from "./test-ca.ts";

const HOST = "127.0.0.1";
let ca: TestCa;
let tls: ServerTls;

beforeAll(async () => {
  ca = await createTestCa({ now: new Date() });
  tls = await ca.issue();
});

function portOf(listener: Listener): number {
  return Number(listener.address.split(":").at(-1));
}

/** A listener, and the channels that it serves, each until its pair is disposed. */
async function openPair(
  server: Partial<Pick<ListenOptions, "tls" | "lengthBytes">>,
  client: Partial<Pick<TcpPeer, "tls" | "lengthBytes">>,
): Promise<ChannelPair> {
  let accept: (channel: MessageChannel) => void = () => undefined;
  const accepted = new Promise<MessageChannel>((resolve) => {
    accept = resolve;
  });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const serve = async (channel: MessageChannel): Promise<void> => {
    accept(channel);
    await released;
  };
  const listener = await listenTcp({ host: HOST, port: 0, clock: systemClock, serve, ...server });
  const near = await connectTcp({ host: HOST, port: portOf(listener), ...client }, systemClock).connect(soon());
  return {
    near,
    far: await accepted,
    async [Symbol.asyncDispose](): Promise<void> {
      release();
      await near[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

describe("a TCP channel", () => {
  describeMessageChannel(() => openPair({}, {}), MESSAGE_BOUND);
});

describe("a TCP channel with two length bytes", () => {
  const lan = { lengthBytes: 2 } as const;
  describeMessageChannel(() => openPair(lan, lan), 65535);

  it("refuses to send what two bytes cannot announce", async () => {
    await using pair = await openPair(lan, lan);
    await expect(pair.near.send(new Uint8Array(65536))).rejects.toThrow(RangeError);
  });
});

describe("a TLS channel", () => {
  describeMessageChannel(() => openPair({ tls }, { tls: { ca: ca.certificate } }), MESSAGE_BOUND);

  it("is refused by a client that trusts another CA or expects another name", async () => {
    await using listener = await listenTcp({
      host: HOST,
      port: 0,
      clock: systemClock,
      serve: async () => undefined,
      tls,
    });
    const port = portOf(listener);
    const dial = (client: ClientTls) =>
      codeOf(connectTcp({ host: HOST, port, tls: client }, systemClock).connect(soon()));
    const stranger = await createTestCa({ now: new Date() });
    expect(await dial({ ca: ca.certificate, serverName: "other.example" })).toBe("SERVICE_ABSENT");
    expect(await dial({ ca: stranger.certificate })).toBe("SERVICE_ABSENT");
  });

  it("closes although a client is stuck in the middle of the handshake", async () => {
    const listener = await listenTcp({
      host: HOST,
      port: 0,
      clock: systemClock,
      serve: async () => undefined,
      tls,
    });
    const stuck = connect(portOf(listener), HOST);
    const closed = new Promise((resolve) => stuck.once("close", resolve));
    stuck.on("error", () => stuck.destroy());
    await new Promise((resolve) => stuck.once("connect", resolve));
    await listener[Symbol.asyncDispose]();
    await closed;
  });
});

describe("what a peer may not do", () => {
  /** A peer that sends `bytes` and stays; our end of the channel with it. */
  async function against(bytes: Uint8Array, then: (socket: Socket) => void): Promise<MessageChannel> {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.write(bytes, () => then(socket));
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return await connectTcp({ host: HOST, port }, systemClock).connect(soon());
  }

  it("announce more than a message may have: PROTOCOL, and the connection is gone", async () => {
    const channel = await against(concat(fromHex("00000001 41 00020001")), () => undefined);
    expect(await channel.receive(soon())).toEqual(fromHex("41"));
    expect(await codeOf(channel.receive(soon()))).toBe("PROTOCOL");
    expect(await codeOf(channel.send(fromHex("00")))).toBe("DEVICE_LOST");
  });

  it("hang up inside a message: PROTOCOL", async () => {
    const channel = await against(fromHex("00000003 4142"), (socket) => socket.end());
    expect(await codeOf(channel.receive(soon()))).toBe("PROTOCOL");
  });

  it("break the connection: DEVICE_LOST", async () => {
    const channel = await against(fromHex("00000000"), (socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });
    expect(await channel.receive(soon())).toEqual(new Uint8Array(0));
    await channel.send(fromHex("00"));
    expect(await codeOf(channel.receive(soon()))).toBe("DEVICE_LOST");
    expect(await codeOf(channel.send(fromHex("00")))).toBe("DEVICE_LOST");
  });

  it("send faster than we receive without bound: reading stops until we do", async () => {
    const frame = encodeMessageFrame(new Uint8Array(64 * 1024), 4);
    let sent = 0;
    let flood: Socket | undefined;
    const channel = await against(new Uint8Array(0), (socket) => {
      flood = socket;
      const pour = (): void => {
        while (sent < 400 && socket.write(frame, () => undefined)) sent++;
        if (sent < 400) socket.once("drain", pour);
      };
      pour();
    });
    await channel.send(fromHex("00")); // goes through while the other direction is full
    for (let count = 0; count < 100; count++) expect((await channel.receive(soon()))?.length).toBe(65536);
    expect(sent).toBeLessThan(400); // 100 received, 8 waiting, and at most some 160 in the buffers of the system
    for (let count = 0; count < 200; count++) expect((await channel.receive(soon()))?.length).toBe(65536);
    flood?.destroy();
    await channel[Symbol.asyncDispose]();
  });
});

describe("the way to a server", () => {
  it("tells that nobody listens", async () => {
    const listener = await listenTcp({ host: HOST, port: 0, clock: systemClock, serve: async () => undefined });
    const port = portOf(listener);
    await listener[Symbol.asyncDispose]();
    await expect(connectTcp({ host: HOST, port }, systemClock).connect(soon())).rejects.toMatchObject({
      code: "SERVICE_ABSENT",
      mend: expect.stringContaining("bench description"),
    });
  });

  it("tells that the port is in use, or cannot be bound", async () => {
    const plain = { host: HOST, clock: systemClock, serve: async () => undefined };
    await using listener = await listenTcp({ ...plain, port: 0 });
    await expect(listenTcp({ ...plain, port: portOf(listener) })).rejects.toMatchObject({
      code: "DEVICE_BUSY",
      mend: expect.stringContaining("another port"),
    });
    expect(await codeOf(listenTcp({ ...plain, host: "192.0.2.1", port: 0 }))).toBe("USAGE");
  });

  it("closes the channel and tells the failure when serving throws", async () => {
    const failures: unknown[] = [];
    await using listener = await listenTcp({
      host: HOST,
      port: 0,
      clock: systemClock,
      serve: () => Promise.reject(new Error("cannot serve")),
      onFailure: (thrown) => failures.push(thrown),
    });
    const channel = await connectTcp({ host: HOST, port: portOf(listener) }, systemClock).connect(soon());
    expect(await channel.receive(soon())).toBeNull();
    expect(failures).toEqual([new Error("cannot serve")]);
    await channel[Symbol.asyncDispose]();
  });
});

describe("message frames", () => {
  it("put the length before the message, big-endian", () => {
    expect(toHex(encodeMessageFrame(fromHex("AABB"), 4))).toBe("00000002AABB");
    expect(toHex(encodeMessageFrame(fromHex("AABB"), 2))).toBe("0002AABB");
    expect(() => encodeMessageFrame(new Uint8Array(MESSAGE_BOUND + 1), 4)).toThrow(RangeError);
  });

  it("are cut out of any fragmentation", () => {
    const lengths = fc.constantFrom<LengthBytes>(2, 4);
    const messages = fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 5 });
    fc.assert(
      fc.property(lengths, messages, fc.integer({ min: 1, max: 100 }), (lengthBytes, whole, step) => {
        const stream = concat(...whole.map((message) => encodeMessageFrame(message, lengthBytes)));
        const accumulator = new MessageAccumulator(lengthBytes);
        const seen: string[] = [];
        for (let at = 0; at < stream.length; at += step) {
          for (const frame of accumulator.push(stream.subarray(at, at + step))) {
            seen.push(frame.kind === "message" ? toHex(frame.message) : frame.kind);
          }
        }
        expect(seen).toEqual(whole.map(toHex));
        expect(accumulator.isPartial).toBe(false);
      }),
    );
  });
});
