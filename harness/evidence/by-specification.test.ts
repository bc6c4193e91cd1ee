/** Chain, manifest and seal, checked by the words of `suites/specification/evidence.md` alone: nothing of the code that writes them. */
import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { writeSampleRun } from "./testing/sample-run.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
let dir: string;
const bytesOf = (file: string) => readFileSync(join(dir, file));
const json = (file: string) => JSON.parse(bytesOf(file).toString("utf8"));

/** By section 1: the hash of the last line. */
function head(): string {
  const lines = bytesOf("events.jsonl").toString("utf8").split("\n").slice(0, -1);
  return lines.reduce(
    (before, line, index) => {
      const { n, hash } = JSON.parse(line);
      expect(line.slice(-75)).toBe(`,"hash":"${hash}"}`);
      expect(sha256(`${before}${line.slice(0, -75)}}`)).toBe(hash);
      expect(line.startsWith(`{"n":${n},`)).toBe(true);
      expect(n).toBe(index + 1);
      return hash;
    },
    sha256(bytesOf("run.json")),
  );
}

beforeAll(async () => {
  dir = await writeSampleRun(undefined, privateKey);
});

test("the chain goes from run.json to the line that closes the run", () => {
  expect(head()).toBe(json("seal.json").head);
  const last = JSON.parse(bytesOf("events.jsonl").toString("utf8").trimEnd().split("\n").at(-1) ?? "");
  expect(last.event).toEqual({ kind: "run-end", lines: last.n });
  expect(json("seal.json").lines).toBe(last.n);
});

test("the manifest names every other file as it is, and itself", () => {
  const { format, sealedBy, files, sha256: own } = json("manifest.json");
  expect(format).toBe("pursebench-manifest/1");
  expect(sealedBy).toBe(sha256(publicKey.export({ type: "spki", format: "der" })));
  const names = readdirSync(dir).filter((name) => name !== "manifest.json" && name !== "seal.json");
  expect(files.map(({ path }: { path: string }) => path)).toEqual(names.sort());
  for (const { path, bytes, sha256: hash, lines } of files) {
    expect([bytesOf(path).length, sha256(bytesOf(path))]).toEqual([bytes, hash]);
    if (lines !== undefined) expect(lines).toBe(marks(bytesOf(path).toString("latin1").split("\n")));
  }
  expect(files.some(({ lines }: { lines?: string }) => lines !== undefined)).toBe(true);
  const text = bytesOf("manifest.json").toString("utf8");
  expect(sha256(text.slice(0, text.lastIndexOf('  "sha256"')))).toBe(own);
});

test("the seal signs five lines with the key that it names", () => {
  const seal = json("seal.json");
  expect([seal.format, seal.algorithm]).toEqual(["pursebench-seal/2", "Ed25519"]);
  expect(seal.run).toBe(sha256(bytesOf("run.json")));
  expect(seal.manifest).toBe(sha256(bytesOf("manifest.json")));
  const { head: last, lines, run, manifest } = seal;
  const signed = `pursebench-seal/2\nhead ${last}\nlines ${lines}\nrun ${run}\nmanifest ${manifest}\n`;
  const key = createPublicKey(seal.publicKey);
  expect(key.equals(publicKey)).toBe(true);
  expect(verify(null, Buffer.from(signed), key, Buffer.from(seal.signature, "base64"))).toBe(true);
  expect(verify(null, Buffer.from(`${signed}\n`), key, Buffer.from(seal.signature, "base64"))).toBe(false);
});

function marks(lines: readonly string[]): string {
  return lines
    .map((line) => {
      const low = crc32(Buffer.from(line, "latin1")) & 0xffffff;
      return Buffer.from([low >> 16, (low >> 8) & 0xff, low & 0xff]).toString("base64url");
    })
    .join("");
}
