import { generateKeyPairSync } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readSigningKey, writeSeal } from "./seal.ts";
import { temporaryDirectory, writeSampleRun } from "./testing/sample-run.ts";
import { verifyRun } from "./verify.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
let sealed: string;

beforeAll(async () => {
  sealed = await writeSampleRun();
  writeSeal(sealed, (await verifyRun(sealed)).head, privateKey);
});

test("a sealed run holds, with and without a key to trust", async () => {
  expect(await verifyRun(sealed)).toMatchObject({ ok: true });
  expect(await verifyRun(sealed, publicKey)).toMatchObject({ ok: true });
});

test("a run that was written anew as a whole does not hold against the key", async () => {
  const forged = await writeSampleRun();
  expect(await verifyRun(forged, publicKey)).toMatchObject({ ok: false, damage: [{ file: "seal.json" }] });
  writeSeal(forged, (await verifyRun(forged)).head, stranger.privateKey);
  expect((await verifyRun(forged, publicKey)).damage[0]?.what).toBe("was made with another key");
});

test("the seal of another run, and a changed signature, are found", async () => {
  const other = await writeSampleRun();
  cpSync(join(sealed, "seal.json"), join(other, "seal.json"));
  expect((await verifyRun(other)).damage[0]?.what).toBe("is that of another run");
  const text = readFileSync(join(sealed, "seal.json"), "utf8");
  const changed = temporaryDirectory();
  cpSync(sealed, changed, { recursive: true });
  const signature = /"signature": "(.)/.exec(text)?.[1] === "A" ? "B" : "A";
  writeFileSync(join(changed, "seal.json"), text.replace(/("signature": ")./, `$1${signature}`));
  expect((await verifyRun(changed)).damage[0]?.what).toBe("has a wrong signature");
});

test("a file that is no Ed25519 key is refused", () => {
  expect(() => readSigningKey(join(sealed, "run.json"))).toThrow(/holds no Ed25519 private key/);
  const rsa = join(temporaryDirectory(), "rsa.pem");
  const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
  writeFileSync(rsa, pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  expect(() => readSigningKey(rsa)).toThrow(/a key for rsa/);
});
