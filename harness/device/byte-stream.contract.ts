/** What every `ByteStream` owes its users, as tests. */
import { expect, it } from "vitest";
import { concat, fromHex, toHex } from "../core/bytes.ts";
import { codeOf, soon } from "./card-reader.contract.ts";
import type { ByteStream } from "./contracts.ts";

/** Two ends of one line. */
export interface StreamPair extends AsyncDisposable {
  readonly near: ByteStream;
  readonly far: ByteStream;
}

/** Declares the tests. `tellsFarEnd`: closing one end is told at the other, which a pseudo terminal cannot do. */
export function describeByteStream(open: () => Promise<StreamPair>, options: { readonly tellsFarEnd: boolean }): void {
  it("carries every byte value, in order, both ways", async () => {
    await using pair = await open();
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    const atFar = collect(pair.far, all.length);
    const atNear = collect(pair.near, 3);
    await pair.near.write(all, soon());
    await pair.far.write(fromHex("11130A"), soon()); // XON, XOFF and line feed are bytes like any other
    expect(toHex(await atFar)).toBe(toHex(all));
    expect(toHex(await atNear)).toBe("11130A");
  });

  it("keeps what arrives while nobody listens, for one listener at a time", async () => {
    await using pair = await open();
    const first = collect(pair.far, 1);
    await pair.near.write(fromHex("01"), soon());
    await first;
    await pair.near.write(fromHex("0203"), soon());
    expect(toHex(await collect(pair.far, 2))).toBe("0203");
  });

  it("tells its end and refuses to write afterwards", async () => {
    await using pair = await open();
    await pair.near[Symbol.asyncDispose]();
    await pair.near[Symbol.asyncDispose]();
    expect(await pair.near.closed).toBeTypeOf("string");
    expect(await codeOf(pair.near.write(fromHex("01"), soon()))).toBe("DEVICE_LOST");
    if (options.tellsFarEnd) expect(await pair.far.closed).toBeTypeOf("string");
  });
}

/** The next `count` bytes that `stream` hears; stops to listen then. */
function collect(stream: ByteStream, count: number): Promise<Uint8Array> {
  return new Promise((resolve) => {
    let heard: Uint8Array = new Uint8Array(0);
    let undo = (): void => undefined;
    const hear = (bytes: Uint8Array): void => {
      heard = concat(heard, bytes);
      if (heard.length < count) return;
      undo();
      resolve(heard);
    };
    undo = stream.onBytes(hear);
    if (heard.length >= count) undo();
  });
}
