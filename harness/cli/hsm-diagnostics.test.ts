import { afterAll, expect, test } from "vitest";
import { fromHex } from "../core/bytes.ts";
import { systemClock } from "../core/clock.ts";
import { listenTcp } from "../device/network/listen.ts";
import { serveHsm } from "../roles/hsm/serve.ts";
import { askDiagnostics } from "./hsm-diagnostics.ts";

const open: AsyncDisposable[] = [];
afterAll(async () => {
  for (const each of open) await each[Symbol.asyncDispose]();
});

/** The port of an HSM with or without its local master key. */
async function hsmWith(LMK: Uint8Array | undefined): Promise<number> {
  const serve = serveHsm({ keys: { LMK, KLS: undefined, served: [] }, clock: systemClock });
  const listener = await listenTcp({ host: "127.0.0.1", port: 0, lengthBytes: 2, serve, clock: systemClock });
  open.push(listener);
  return Number(listener.address.split(":").at(-1));
}

test("an HSM that is there says its release and the check value of its LMK", async () => {
  const port = await hsmWith(fromHex("0123456789ABCDEFFEDCBA9876543210"));
  expect(await askDiagnostics("127.0.0.1", port, 5_000)).toBe("release PB03-0001, LMK 08D7B4");
});

test("one without its LMK is told with what to mend", async () => {
  const port = await hsmWith(undefined);
  await expect(askDiagnostics("127.0.0.1", port, 5_000)).rejects.toMatchObject({
    message: "it answers NC with error 12",
    mend: "load its local master key: that of the test key set",
  });
});

test("one that is not there is told, too", async () => {
  const port = await hsmWith(undefined);
  await open.pop()?.[Symbol.asyncDispose]();
  await expect(askDiagnostics("127.0.0.1", port, 5_000)).rejects.toMatchObject({ owner: "server" });
});
