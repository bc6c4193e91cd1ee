import { afterAll, expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { connectTcp } from "../../device/network/connect.ts";
import { listenTcp } from "../../device/network/listen.ts";
import { serveHsm } from "./serve.ts";
import { HSM_KEYS } from "./testing/card.ts";

const open: AsyncDisposable[] = [];
afterAll(async () => {
  for (const each of open) await each[Symbol.asyncDispose]();
});

test("over TCP: several frames on one connection, until one is none", async () => {
  const serve = serveHsm({ keys: HSM_KEYS, clock: systemClock });
  const listener = await listenTcp({ host: "127.0.0.1", port: 0, lengthBytes: 2, serve, clock: systemClock });
  open.push(listener);
  const [host = "", port] = listener.address.split(":");
  const channel = await connectTcp({ host, port: Number(port), lengthBytes: 2 }, systemClock).connect(soon());
  open.push(channel);
  const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);
  await channel.send(Buffer.from("0001NC"));
  await channel.send(Buffer.from("0002XX"));
  expect(text(await channel.receive(soon()))).toBe("0001ND0008D7B4PB03-0001");
  expect(text(await channel.receive(soon()))).toBe("0002ZZ15");
  await channel.send(Buffer.from("0003\n"));
  expect(await channel.receive(soon())).toBeNull();
});

function soon() {
  return deadlineIn(systemClock, 5_000);
}
