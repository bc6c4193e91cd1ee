import { generateKeyPairSync } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { closeRunDirectory } from "./close.ts";
import { fingerprint, readSigningKey, readVerifyingKey } from "./keys.ts";
import { temporaryDirectory, writeSampleRun } from "./testing/sample-run.ts";
import { verifyRun } from "./verify.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
let sealed: string;

beforeAll(async () => {
  sealed = await writeSampleRun(undefined, privateKey);
});

test("a sealed run holds, with and without a key to trust, and says whose seal it is", async () => {
  const sealedBy = fingerprint(publicKey);
  expect(await verifyRun(sealed)).toMatchObject({ ok: true, sealedBy });
  expect(await verifyRun(sealed, publicKey)).toMatchObject({ ok: true, sealedBy });
});

test("a run without a seal holds, and does not against a key", async () => {
  const open = await writeSampleRun();
  const verification = await verifyRun(open);
  expect(verification).toMatchObject({ ok: true, damage: [] });
  expect(verification.sealedBy).toBeUndefined();
  expect(await verifyRun(open, publicKey)).toMatchObject({ ok: false, damage: [{ file: "seal.json" }] });
});

test("a run that was written anew as a whole does not hold against the key", async () => {
  const forged = await writeSampleRun(undefined, stranger.privateKey);
  expect((await verifyRun(forged, publicKey)).damage).toEqual([
    { file: "seal.json", what: `was made with another key: ${fingerprint(stranger.publicKey)}` },
  ]);
});

test("the seal of another run is found, with the first line that is not this one's", async () => {
  const other = await writeSampleRun(undefined, privateKey);
  cpSync(join(sealed, "seal.json"), join(other, "seal.json"));
  expect((await verifyRun(other)).damage).toMatchObject([{ file: "seal.json", line: 4 }]);
});

test("every single character of a seal matters, and is told with its line", async () => {
  const dir = temporaryDirectory();
  cpSync(sealed, dir, { recursive: true });
  const path = join(dir, "seal.json");
  const text = readFileSync(path, "latin1");
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === "A" ? "B" : "A";
    writeFileSync(path, text.slice(0, at) + other + text.slice(at + 1), "latin1");
    const line = text.slice(0, at).split("\n").length;
    expect((await verifyRun(dir)).damage).toMatchObject([{ file: "seal.json", line }]);
  }
});

test("one who knows no key and makes manifest and digests fit finds the seal against him", async () => {
  const dir = temporaryDirectory();
  cpSync(sealed, dir, { recursive: true });
  const seal = readFileSync(join(dir, "seal.json"));
  writeFileSync(join(dir, "report.html"), "<p>pass</p>");
  await closeRunDirectory(dir, privateKey);
  writeFileSync(join(dir, "seal.json"), seal);
  expect((await verifyRun(dir)).damage).toMatchObject([{ file: "seal.json", line: 7 }]);
});

test("a sealed run is closed anew only with the same key", async () => {
  const dir = await writeSampleRun(undefined, privateKey);
  for (const key of [undefined, stranger.privateKey]) {
    await expect(closeRunDirectory(dir, key)).rejects.toMatchObject({ code: "USAGE" });
    expect(await verifyRun(dir)).toMatchObject({ ok: true });
  }
  writeFileSync(join(dir, "more.txt"), "more");
  expect((await verifyRun(dir)).damage).toMatchObject([{ file: "more.txt" }]);
  await closeRunDirectory(dir, privateKey);
  expect(await verifyRun(dir, publicKey)).toMatchObject({ ok: true });
});

test("a file that is no Ed25519 key is refused", () => {
  expect(() => readSigningKey(join(sealed, "run.json"))).toThrow(/holds no Ed25519 private key/);
  const rsa = join(temporaryDirectory(), "rsa.pem");
  const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
  writeFileSync(rsa, pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  expect(() => readSigningKey(rsa)).toThrow(/a key for rsa/);
  expect(() => readVerifyingKey(rsa)).toThrow(/a key for rsa/);
});
