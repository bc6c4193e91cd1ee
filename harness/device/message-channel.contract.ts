/** What every `MessageChannel` owes its users, as tests. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { codeOf, soon } from "./card-reader.contract.ts";
import type { MessageChannel } from "./contracts.ts";

/** Two connected ends. */
export interface ChannelPair extends AsyncDisposable {
  readonly near: MessageChannel;
  readonly far: MessageChannel;
}

/** Declares the tests; `longest` is a message length in bytes that the channel must carry. */
export function describeMessageChannel(open: () => Promise<ChannelPair>, longest: number): void {
  it("carries messages whole, in order, both ways", async () => {
    await using pair = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), async (messages) => {
        for (const message of messages) {
          await pair.near.send(message);
          await pair.far.send(message);
        }
        for (const message of messages) {
          expect(toHex((await pair.far.receive(soon())) ?? fromHex("DEAD"))).toBe(toHex(message));
          expect(toHex((await pair.near.receive(soon())) ?? fromHex("DEAD"))).toBe(toHex(message));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("carries a long message and does not mind that the sender reuses its buffer", async () => {
    await using pair = await open();
    const message = new Uint8Array(longest).fill(7);
    const sent = pair.near.send(message);
    const received = await pair.far.receive(soon());
    await sent;
    message.fill(8);
    expect(received?.length).toBe(longest);
    expect(received?.every((byte) => byte === 7)).toBe(true);
  });

  it("delivers what was sent before the close, then the end, however often one asks", async () => {
    await using pair = await open();
    await pair.near.send(fromHex("01"));
    await pair.near.send(fromHex("02"));
    await pair.near[Symbol.asyncDispose]();
    await pair.near[Symbol.asyncDispose]();
    expect(await pair.far.receive(soon())).toEqual(fromHex("01"));
    expect(await pair.far.receive(soon())).toEqual(fromHex("02"));
    expect(await pair.far.receive(soon())).toBeNull();
    expect(await pair.far.receive(soon())).toBeNull();
  });

  it("refuses to send after its own close", async () => {
    await using pair = await open();
    await pair.near[Symbol.asyncDispose]();
    expect(await codeOf(pair.near.send(fromHex("01")))).toBe("DEVICE_LOST");
  });

  it("wakes a receiver when the peer closes", async () => {
    await using pair = await open();
    const received = pair.far.receive(soon());
    await pair.near[Symbol.asyncDispose]();
    expect(await received).toBeNull();
  });

  it("says DEVICE_SILENT past the deadline and still delivers what comes later", async () => {
    await using pair = await open();
    expect(await codeOf(pair.far.receive(soon(20)))).toBe("DEVICE_SILENT");
    await pair.near.send(fromHex("03"));
    expect(await pair.far.receive(soon())).toEqual(fromHex("03"));
  });
}
