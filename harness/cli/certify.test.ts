import { createHash, generateKeyPairSync } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleCase } from "../../suites/define/testing/sample-cases.ts";
import { packageRoot } from "../bench/package-root.ts";
import { verifyRun } from "../evidence/verify.ts";
import { FakeIo, fakeHouse, pursebench } from "./testing/fake-house.ts";

const newOut = (): string => join(mkdtempSync(join(tmpdir(), "pursebench-")), "run");
const never = (): Promise<never> => new Promise(() => undefined);

test("a pass is 0, and the run directory is complete and untouched", async () => {
  const out = newOut();
  const { code, printed } = await pursebench(["certify", "--case", "PAY-CARD-001", "--out", out]);
  expect(code).toBe(0);
  expect(printed).toMatch(/\[1\/1\] ✓ PAY-CARD-001 pass \d+ ms/);
  expect(printed).toContain("Verdict: pass (1 pass)");
  expect(printed).toContain(`Report:   ${out}/report.html`);
  expect(await verifyRun(out)).toMatchObject({ ok: true });
  expect(JSON.parse(readFileSync(join(out, "run.json"), "utf8"))).toMatchObject({
    mode: "engineering",
    bench: { name: "inproc" },
    iut: { role: "card", spec: "sim" },
    selection: { suites: [], cases: ["PAY-CARD-001"] },
  });
});

test("laboratory and order are in run.json, the logo lies beside it, and the laboratory's key seals the run", async () => {
  const out = newOut();
  const place = mkdtempSync(join(tmpdir(), "pursebench-"));
  const lab = join(place, "lab.yaml");
  const order = join(packageRoot(), "fixtures", "laboratory", "order.yaml");
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(join(place, "lab.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  copyFileSync(join(packageRoot(), "fixtures", "laboratory", "logo.png"), join(place, "mark.png"));
  writeFileSync(lab, "format: pursebench-laboratory/1\nname: A Lab\nlogo: mark.png\nsigningKey: lab.key\n");
  const args = ["certify", "--case", "PAY-CARD-001", "--lab", lab, "--order", order, "--out", out];
  expect((await pursebench(args)).code).toBe(0);
  const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  const sha256 = createHash("sha256")
    .update(readFileSync(join(out, "logo.png")))
    .digest("hex");
  expect(run.laboratory).toEqual({ name: "A Lab", address: [], logo: { file: "logo.png", sha256 } });
  expect(run.order).toMatchObject({ number: "2026-0147", client: { name: "Example Purse Cards Ltd" } });
  expect(await verifyRun(out, publicKey)).toMatchObject({ ok: true });
});

test("the laboratory of the house is taken where none is named, and a wrong one is 64 before anything is made", async () => {
  const out = newOut();
  const laboratoryFile = join(packageRoot(), "fixtures", "laboratory", "laboratory.yaml");
  await pursebench(["certify", "--case", "PAY-CARD-001", "--out", out], fakeHouse({ laboratoryFile }));
  expect(JSON.parse(readFileSync(join(out, "run.json"), "utf8")).laboratory.name).toBe("Example Card Laboratory");
  const wrong = join(mkdtempSync(join(tmpdir(), "pursebench-")), "wrong.yaml");
  writeFileSync(wrong, "format: pursebench-laboratory/1\nnaem: A Lab\n");
  const none = newOut();
  const { code, complained } = await pursebench(["certify", "--lab", wrong, "--out", none]);
  expect(code).toBe(64);
  expect(complained).toContain('wrong.yaml:2: unknown field "naem" in the file, did you mean "name"?');
  expect(existsSync(none)).toBe(false);
});

test("a fail is 1 and says whose it is and why", async () => {
  const { code, printed } = await pursebench(["certify", "--out", newOut()]);
  expect(code).toBe(1);
  expect(printed).toContain("✗ PAY-CARD-002 fail");
  expect(printed).toContain("card: BALIEP: expected 7, found 5");
  expect(printed).toContain("Verdict: fail (2 pass, 1 fail)");
});

test("a bench that is not ready is 2, quickly, with who and how", async () => {
  const preflight = { ok: false, owner: "card", reason: "no card in the reader", mend: "insert it" } as const;
  const { code, printed } = await pursebench(["certify", "--out", newOut()], fakeHouse({ fake: { preflight } }));
  expect(code).toBe(2);
  expect(printed).toContain("To mend: insert it");
  expect(printed).toContain("Verdict: inconclusive (3 inconclusive)");
});

test("--json prints results.json and nothing else on standard output", async () => {
  const out = newOut();
  const { printed, complained } = await pursebench(["certify", "--json", "--out", out]);
  expect(printed).toBe(readFileSync(join(out, "results.json"), "utf8"));
  expect(complained).toContain("PAY-CARD-001 pass");
});

test("on a terminal the running case is shown and overwritten", async () => {
  const io = new FakeIo(true);
  await pursebench(["certify", "--case", "PAY-CARD-001", "--out", newOut()], fakeHouse(), io);
  expect(io.printed).toContain("[1/1] … PAY-CARD-001\r\u001b[2K[1/1] ✓ PAY-CARD-001 pass");
});

test("Ctrl-C closes the run within two seconds and gives 130; a second one ends at once", async () => {
  const out = newOut();
  const io = new FakeIo();
  const stuck = sampleCase("PAY-CARD-001", {
    run: async () => {
      io.pressCtrlC();
      io.pressCtrlC();
      await never();
    },
  });
  const begun = performance.now();
  const house = fakeHouse({ cases: async () => [stuck, sampleCase("PAY-CARD-002")] });
  const { code, printed } = await pursebench(["certify", "--out", out], house, io);
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(code).toBe(130);
  expect(io.exited).toBe(130);
  expect(printed).toContain("Verdict: none, interrupted (2 not run)");
  expect(await verifyRun(out)).toMatchObject({ ok: true });
});

test("a full disk is 2 and never a fail", async () => {
  const openEvents = () => ({
    append: (): never => {
      throw new Error("ENOSPC: no space left on device, write");
    },
    sync: async () => undefined,
    close: () => undefined,
  });
  const { code, printed } = await pursebench(["certify", "--out", newOut()], fakeHouse({ openEvents }));
  expect(code).toBe(2);
  expect(printed).toContain("ENOSPC");
  expect(printed).not.toMatch(/\d fail/);
});

test("a directory that is in use is refused before anything is opened", async () => {
  const out = mkdtempSync(join(tmpdir(), "pursebench-"));
  writeFileSync(join(out, "old"), "");
  const { code, complained } = await pursebench(["certify", "--out", out]);
  expect(code).toBe(64);
  expect(complained).toContain("is not empty");
  expect(existsSync(join(out, "run.json"))).toBe(false);
});

test("a report that cannot be made costs no verdict", async () => {
  const house = fakeHouse({ renderReports: () => Promise.reject(new Error("no template")) });
  const { code, complained } = await pursebench(["certify", "--case", "PAY-CARD-001", "--out", newOut()], house);
  expect(code).toBe(0);
  expect(complained).toContain("pursebench report");
});
