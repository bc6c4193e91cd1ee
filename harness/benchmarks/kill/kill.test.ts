import { expect, test } from "vitest";
import { killRuns } from "./kill-run.ts";
import { killText } from "./kill-text.ts";

test("ten runs are killed at random moments, and all end as the undisturbed one", { timeout: 600_000 }, async () => {
  const report = await killRuns({
    kills: 10,
    random: Math.random,
    isStopped: () => false,
    onProgress: () => undefined,
  });
  expect(report.flaws).toEqual([]);
  expect(report).toMatchObject({ isComplete: true, kills: 10 });
  expect(report.cases).toBeGreaterThanOrEqual(40);
  expect(killText(report)).toContain("10 runs of");
});
