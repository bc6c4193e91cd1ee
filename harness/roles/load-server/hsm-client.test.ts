import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import type { ServeChannel } from "../../device/contracts.ts";
import { connectTcp } from "../../device/network/connect.ts";
import { listenTcp } from "../../device/network/listen.ts";
import { encodeHsmFrame, type HsmFrame, parseHsmFrame } from "../../protocol/hsm/frame.ts";
import { serveHsm } from "../hsm/serve.ts";
import { HSM_KEYS } from "../hsm/testing/card.ts";
import { type HsmAccess, hsmOver } from "./hsm-client.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const GOOD = "0008D7B4PB03-0001";
const soon = () => deadlineIn(systemClock, 5_000);

async function over(serve: ServeChannel): Promise<HsmAccess> {
  const listener = await listenTcp({ host: "127.0.0.1", port: 0, lengthBytes: 2, serve, clock: systemClock });
  const [host = "", port] = listener.address.split(":");
  const access = hsmOver(connectTcp({ host, port: Number(port), lengthBytes: 2 }, systemClock), systemClock);
  open.push(listener, access);
  return access;
}

/** Serves frames as told; undefined closes the connection. */
function frames(answer: (frame: HsmFrame, count: number) => readonly HsmFrame[] | undefined): ServeChannel {
  let count = 0;
  return async (channel) => {
    for (;;) {
      const bytes = await channel.receive(deadlineIn(systemClock, 60_000));
      const frame = bytes && parseHsmFrame(bytes);
      const answers = frame && answer(frame, count++);
      if (!answers) return;
      for (const each of answers) await channel.send(encodeHsmFrame(each));
    }
  };
}

test("asks the HSM, many at once over one connection", async () => {
  let connections = 0;
  const serve = serveHsm({ keys: HSM_KEYS, clock: systemClock });
  const access = await over(async (channel) => {
    connections++;
    await serve(channel);
  });
  const said = await Promise.all(Array.from({ length: 50 }, () => access.ask({ code: "NC" }, soon())));
  expect(new Set(said)).toEqual(new Set([GOOD]));
  expect(connections).toBe(1);
});

test("answers find their question by the header, in whatever order they come", async () => {
  const held: HsmFrame[] = [];
  const access = await over(
    frames((frame) => {
      held.push({ ...frame, code: "ND", body: `00${frame.header}` });
      return held.length === 3 ? held.reverse() : [];
    }),
  );
  const said = await Promise.all([0, 1, 2].map(() => access.ask({ code: "NC" }, soon())));
  expect(said).toEqual(["000000", "000001", "000002"]);
});

test("an answer to something else, an unknown header, silence", async () => {
  const access = await over(
    frames((frame, count) => {
      if (count === 0) return [{ ...frame, code: "DN", body: "00" }];
      if (count === 1) return [{ ...frame, header: "ZZZZ", code: "ND", body: "00" }];
      return [
        { ...frame, header: "0001", code: "ND", body: "late" },
        { ...frame, code: "ND", body: "good" },
      ];
    }),
  );
  await expect(access.ask({ code: "NC" }, soon())).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
  await expect(access.ask({ code: "NC" }, deadlineIn(systemClock, 50))).rejects.toMatchObject({
    code: "DEVICE_SILENT",
  });
  expect(await access.ask({ code: "NC" }, soon())).toBe("good");
});

test("a lost connection is told to who waits, and opened again", async () => {
  const access = await over(
    frames((frame, count) => (count === 0 ? undefined : [{ ...frame, code: "ND", body: "again" }])),
  );
  await expect(access.ask({ code: "NC" }, soon())).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
  expect(await access.ask({ code: "NC" }, soon())).toBe("again");
});

test("an HSM that is not there: SERVICE_ABSENT, and asked again the next time", async () => {
  const access = hsmOver(connectTcp({ host: "127.0.0.1", port: 1, lengthBytes: 2 }, systemClock), systemClock);
  open.push(access);
  for (let turn = 0; turn < 2; turn++) {
    await expect(access.ask({ code: "NC" }, soon())).rejects.toMatchObject({ code: "SERVICE_ABSENT" });
  }
});
