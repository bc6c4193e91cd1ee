import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportDocument } from "./document/build.ts";
import { conformancePage } from "./html/page.ts";
import { MOST_DETAILED } from "./record/collect.ts";
import { loadRun } from "./record/load.ts";
import { BASIS, recordedRun } from "./testing/recorded-run.ts";

/** 100,000 exchanges are to take less than 10 s of a processor, and less than 500 MB. */
const MS_EACH = 0.1;
/** What the first of them costs more: modules, warming up. */
const BEFOREHAND_MS = 1_000;

test("a page costs less than a tenth of a millisecond for each exchange, and keeps few of them", async () => {
  const dir = await recordedRun(200);
  const lines = (await readFile(join(dir, "events.jsonl"), "utf8")).split("\n");
  const exchanges = lines.filter((line) => line.includes('"event":{"kind":"message"')).length;
  expect(exchanges).toBeGreaterThan(10_000);
  const started = process.cpuUsage();
  const run = await loadRun(dir);
  const page = conformancePage(reportDocument(run, BASIS));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(exchanges * MS_EACH + BEFOREHAND_MS);
  expect(run.cases.filter((one) => one.exchanges.length > 0).length).toBeLessThanOrEqual(MOST_DETAILED);
  expect(page).toContain(`Their exchanges are not shown here`);
  expect(page.length).toBeLessThan(20_000_000);
}, 60_000);
