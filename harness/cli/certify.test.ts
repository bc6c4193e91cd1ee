import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleCase } from "../../suites/define/testing/sample-cases.ts";
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
