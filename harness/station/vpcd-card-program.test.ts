import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { serveCardOverVpcd } from "./vpcd-card-program.ts";

/** The vpcd bytes, by hand: two bytes of length, then the message. */
const frame = (...message: number[]): Buffer => Buffer.from([0, message.length, ...message]);

test("a reader that speaks vpcd gets the ATR and answers of the purse", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const arriving = once(server, "connection") as Promise<[Socket]>;
  const program = await serveCardOverVpcd("127.0.0.1", address.port, "specimen", seededRandom("vpcd"));
  const [reader] = await arriving;
  reader.write(Buffer.concat([frame(0x01), frame(0x04)]));
  const [atr] = (await once(reader, "data")) as [Buffer];
  expect(atr[2]).toBe(0x3b);
  reader.write(frame(0x00, 0xa4, 0x04, 0x00, 0x05, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00));
  const [answer] = (await once(reader, "data")) as [Buffer];
  expect(answer.toString("hex")).toBe("00026a82"); // an AID that no purse has
  reader.end();
  await program.ended;
  await program[Symbol.asyncDispose]();
  server.close();
});

test("nobody listening is SERVICE_ABSENT", async () => {
  const refused = serveCardOverVpcd("127.0.0.1", 1, "specimen", seededRandom("vpcd"));
  await expect(refused).rejects.toBeInstanceOf(PursebenchError);
  await expect(refused).rejects.toMatchObject({ code: "SERVICE_ABSENT" });
});
