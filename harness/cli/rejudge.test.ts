import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rejudge } from "../../suites/define/observation/rejudge.ts";
import { fakeHouse, pursebench, SAMPLES } from "./testing/fake-house.ts";

async function oldRun(): Promise<string> {
  const dir = join(mkdtempSync(join(tmpdir(), "pursebench-rejudge-cli-")), "run");
  await pursebench(["certify", "--bench", "inproc", "--out", dir]);
  return dir;
}

test("the same suites give the same verdicts: exit code 0, and the directory is as it was", async () => {
  const dir = await oldRun();
  const before = readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), "utf8")]);
  const { code, printed } = await pursebench(["rejudge", dir]);
  expect(code).toBe(0);
  expect(printed).toMatch(
    /judged by the suites that it was run with\.\n\n3 as then, 0 otherwise, 0 cannot be judged\n$/,
  );
  expect(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), "utf8")])).toEqual(before);
});

test("a case that is another today is listed, as text and as JSON: exit code 1", async () => {
  const dir = await oldRun();
  const [first, ...others] = SAMPLES;
  if (!first) throw new Error("there are samples");
  const stricter = {
    ...first,
    run: async (t: Parameters<typeof first.run>[0]) => {
      await first.run(t);
      t.expect.equal("a sum", 4, 5);
    },
  };
  const house = fakeHouse({
    cases: async () => [stricter, ...others],
    rejudge: async (options) => await rejudge({ ...options, cases: [stricter, ...others] }),
  });
  const text = await pursebench(["rejudge", dir], house);
  expect(text.code).toBe(1);
  expect(text.printed).toContain(`\n${first.id}: then pass\n  now: fail, a sum: expected 5, found 4\n`);
  expect(text.printed).toContain("other suites than it was run with");
  const out = join(dir, "..", "differences.json");
  const json = await pursebench(["rejudge", "--json", "--out", out, dir], house);
  expect(JSON.parse(json.printed)).toMatchObject({ cases: 3, same: 2, differ: [{ case: first.id }] });
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(JSON.parse(json.printed));
});

test("a wrong command line ends with 64, and nothing is written into old evidence", async () => {
  const dir = await oldRun();
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [["/nowhere"], /there is no directory \/nowhere/],
    [["--case", "PAY-NONE", dir], /the run has no case PAY-NONE/],
    [["--out", join(dir, "more.json"), dir], /more\.json is in the run directory/],
    [["--out", "/nowhere/more.json", dir], /--out \/nowhere\/more\.json: ENOENT/],
    [["--bench", "inprok", dir], /no bench "inprok", did you mean "inproc"/],
  ];
  for (const [args, complaint] of wrong) {
    const { code, complained } = await pursebench(["rejudge", ...args]);
    expect(complained).toMatch(complaint);
    expect(code).toBe(64);
  }
  expect(existsSync(join(dir, "more.json"))).toBe(false);
});
