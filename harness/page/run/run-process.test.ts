import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passing } from "../../../suites/define/testing/sample-cases.ts";
import { fakeHouse } from "../../cli/testing/fake-house.ts";
import type { RunMessage } from "./messages.ts";
import { runsHere, runsInProcess } from "./run-process.ts";

test("a run tells its directory, every case, the messages that passed and its end, in that order", async () => {
  const runs = mkdtempSync(join(tmpdir(), "pb-run-"));
  const heard: RunMessage[] = [];
  const house = fakeHouse({ cases: async () => [passing] });
  const { ended } = runsHere(house)({ bench: "inproc", out: join(runs, "new"), mode: "engineering" }, (message) =>
    heard.push(message),
  );
  await ended;
  expect(heard.map(({ kind }) => kind)).toEqual(["begun", "case", "exchange", "case", "ended"]);
  const [begun, , exchange, end] = heard;
  expect(begun).toEqual({ kind: "begun", dir: join(runs, readdirSync(runs)[0] ?? ""), total: 1 });
  expect(exchange).toMatchObject({
    exchange: { link: "235", from: "card", to: "set-top-box", hex: "3B00", length: 2, count: 1 },
  });
  expect(end).toMatchObject({ id: "PAY-CARD-001", finished: { outcome: "pass", reason: "", owner: "card" } });
});

test("a request that is wrong is told in words, with the mend", async () => {
  const heard: RunMessage[] = [];
  await runsHere(fakeHouse())({ bench: "no-such-bench" }, (message) => heard.push(message)).ended;
  expect(heard).toEqual([
    {
      kind: "failed",
      message: expect.stringContaining('no bench "no-such-bench"'),
      mend: expect.stringContaining("inproc"),
    },
  ]);
});

test("a process that ends without a word is told as the failure of its run", async () => {
  const script = join(mkdtempSync(join(tmpdir(), "pb-run-")), "dies.mjs");
  const { writeFileSync } = await import("node:fs");
  writeFileSync(script, 'console.error("out of memory"); process.exit(3);');
  const heard: RunMessage[] = [];
  await runsInProcess(script)({ bench: "inproc" }, (message) => heard.push(message)).ended;
  expect(heard).toEqual([{ kind: "failed", message: "the process of the run ended: out of memory" }]);
});
