import { expect, test } from "vitest";
import { killRuns } from "./kill-run.ts";
import { killText } from "./kill-text.ts";

test("five runs are killed at random moments, and all end as the undisturbed one", { timeout: 600_000 }, async () => {
  const report = await killRuns({
    kills: 5,
    random: Math.random,
    isStopped: () => false,
    onProgress: () => undefined,
  });
  expect(report.flaws).toEqual([]);
  expect(report).toMatchObject({ isComplete: true, kills: 5 });
  expect(report.cases).toBeGreaterThanOrEqual(40);
  expect(killText(report)).toContain("5 runs of");
});
