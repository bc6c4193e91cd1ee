import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../bench/package-root.ts";
import { readSigningKey } from "../evidence/keys.ts";
import { temporaryDirectory, writeSampleRun } from "../evidence/testing/sample-run.ts";
import { pursebench } from "./testing/fake-house.ts";

async function newKey(
  name = "laboratory",
): Promise<{ readonly pem: string; readonly pub: string; readonly fingerprint: string }> {
  const out = join(temporaryDirectory(), "keys");
  const { code, printed } = await pursebench(["keys", "new", "--out", out, "--name", name, "--json"]);
  expect(code).toBe(0);
  const { privateKey, publicKey, fingerprint } = JSON.parse(printed) as Record<string, string>;
  return { pem: privateKey ?? "", pub: publicKey ?? "", fingerprint: fingerprint ?? "" };
}

test("keys new makes a pair that openssl reads, for its owner alone, and prints the fingerprint", async () => {
  const { pem, pub, fingerprint } = await newKey("lab-2026");
  expect([pem, pub].map((path) => path.split("/").at(-1))).toEqual(["lab-2026.pem", "lab-2026.pub"]);
  expect(statSync(pem).mode & 0o777).toBe(0o600);
  const spki = execFileSync("openssl", ["pkey", "-in", pem, "-pubout", "-outform", "DER"]);
  expect(fingerprint).toBe(createHash("sha256").update(spki).digest("hex"));
  expect(execFileSync("openssl", ["pkey", "-in", pem, "-pubout"]).toString()).toBe(readFileSync(pub, "utf8"));
  for (const file of [pem, pub]) {
    const { printed, complained } = await pursebench(["keys", "show", file]);
    expect(printed).toBe(`fingerprint  ${fingerprint}\n${readFileSync(pub, "utf8")}`);
    expect(complained).toBe("");
  }
});

test("a key is never overwritten, neither half", async () => {
  const out = temporaryDirectory();
  for (const [name, ending] of [
    ["one", "pem"],
    ["two", "pub"],
  ] as const) {
    writeFileSync(join(out, `${name}.${ending}`), "mine");
    const { code, complained } = await pursebench(["keys", "new", "--out", out, "--name", name]);
    expect({ code, complained }).toMatchObject({ code: 64, complained: expect.stringContaining("never overwritten") });
    expect(readFileSync(join(out, `${name}.${ending}`), "utf8")).toBe("mine");
  }
  expect(existsSync(join(out, "one.pub")) || existsSync(join(out, "two.pem"))).toBe(false);
});

test("keys never go into a git work tree or the package, however deep, nor under a name that is a path", async () => {
  const tree = temporaryDirectory();
  mkdirSync(join(tree, ".git"));
  for (const out of [tree, join(tree, "a", "b"), packageRoot(), join(packageRoot(), "reports", "runs", "keys")]) {
    const { code, complained } = await pursebench(["keys", "new", "--out", out]);
    expect({ code, complained }).toMatchObject({ code: 64, complained: expect.stringContaining("never go into") });
  }
  expect(existsSync(join(tree, "a"))).toBe(false);
  for (const name of ["../x", "a/b", "", "-x"]) {
    expect((await pursebench(["keys", "new", "--out", temporaryDirectory(), `--name=${name}`])).code).toBe(64);
  }
});

test("keys show refuses what is no key", async () => {
  const file = join(temporaryDirectory(), "x.pub");
  writeFileSync(file, "no key");
  const { code, complained } = await pursebench(["keys", "show", file]);
  expect({ code, complained }).toMatchObject({ code: 64, complained: expect.stringContaining("keys new") });
});

test("verify says whose key sealed a run, that nobody did, or that it was another", async () => {
  const { pem, pub, fingerprint } = await newKey();
  const sealed = await writeSampleRun(undefined, readSigningKey(pem));
  expect((await pursebench(["verify", sealed])).printed).toContain(`sealed by ${fingerprint}: is that`);
  expect((await pursebench(["verify", "--key", pub, sealed])).printed).toContain(
    `sealed by ${fingerprint}, the key of`,
  );
  const open = await writeSampleRun();
  expect(await pursebench(["verify", open])).toMatchObject({
    code: 0,
    printed: expect.stringContaining("not signed: whoever could write the directory could have rewritten it whole"),
  });
  const other = await newKey();
  for (const [dir, what] of [
    [sealed, `made with another key: ${fingerprint}`],
    [open, "is not signed"],
  ] as const) {
    const { code, printed } = await pursebench(["verify", "--key", other.pub, dir]);
    expect({ code, printed }).toMatchObject({ code: 1, printed: expect.stringContaining(what) });
  }
});

test("report closes a run anew; a sealed one with its key alone, or in a copy", async () => {
  const { pem, pub } = await newKey();
  const sealed = await writeSampleRun(undefined, readSigningKey(pem));
  const refused = await pursebench(["report", sealed]);
  expect(refused).toMatchObject({ code: 64, complained: expect.stringContaining("--sign") });
  expect((await pursebench(["report", "--sign", (await newKey()).pem, sealed])).code).toBe(64);
  expect((await pursebench(["verify", "--key", pub, sealed])).code).toBe(0);
  expect((await pursebench(["report", "--sign", pem, sealed])).code).toBe(0);
  expect((await pursebench(["verify", "--key", pub, sealed])).code).toBe(0);
  const copy = join(temporaryDirectory(), "copy");
  expect((await pursebench(["report", "--out", copy, sealed])).code).toBe(0);
  expect((await pursebench(["verify", copy])).printed).toContain("not signed");
  expect((await pursebench(["verify", "--key", pub, sealed])).code).toBe(0);
});

test("report makes good nothing that was done to the evidence of a closed run", async () => {
  const { pem } = await newKey();
  for (const key of [undefined, readSigningKey(pem)]) {
    const [dir, other] = [await writeSampleRun(undefined, key), await writeSampleRun()];
    for (const name of ["run.json", "events.jsonl", "results.json"]) {
      writeFileSync(join(dir, name), readFileSync(join(other, name)));
    }
    const { code, complained } = await pursebench(["report", dir, ...(key ? ["--sign", pem] : [])]);
    expect({ code, complained }).toMatchObject({ code: 64, complained: expect.stringContaining("cannot be closed") });
    expect((await pursebench(["verify", dir])).code).toBe(1);
  }
});
