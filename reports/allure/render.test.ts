import { cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordedRun } from "../testing/recorded-run.ts";
import { HISTORY_FILE } from "./history.ts";
import { withoutAnalytics } from "./offline.ts";
import { renderAllure } from "./render.ts";

test("Allure shows recorded verdicts: fail failed, inconclusive and error broken, the rest skipped with the reason", async () => {
  const { results, page } = await renderAllure(await recordedRun());
  const names = (await readdir(results)).filter((name) => name.endsWith("-result.json"));
  const found = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(results, name), "utf8"))));
  const status = new Map(found.map((one) => [String(one.name).split(":")[0], one]));
  expect(status.get("PAY-CARD-001")).toMatchObject({ status: "passed" });
  expect(status.get("PAY-CARD-002")).toMatchObject({ status: "failed" });
  expect(status.get("PAY-CARD-003")).toMatchObject({ status: "broken" });
  expect(status.get("PAY-CARD-004")).toMatchObject({ status: "broken" });
  const reason = "not applicable: PICS: the card cannot be loaded";
  expect(status.get("LOAD-CARD-001")).toMatchObject({ status: "skipped", statusDetails: { message: reason } });
  expect(status.get("LOAD-CARD-002")).toMatchObject({ status: "skipped" });
  const passed = status.get("PAY-CARD-001");
  expect(passed.stop - passed.start).toBe(1234);
  // one for each of the 32 messages, and one that holds the attachment
  expect(passed.steps).toHaveLength(33);
  expect(passed.steps[0]).toMatchObject({ name: "602 cable set-top-box → head-end: selection" });
  expect(await readFile(page, "utf8")).not.toMatch(/googletagmanager|dataLayer/);
}, 120_000);

test("a run stands in the history of its folder once, however often it is rendered, between the runs before and after it", async () => {
  const recorded = await recordedRun();
  const folder = await mkdtemp(join(tmpdir(), "pursebench-runs-"));
  const [first, second] = ["20260801T101530Z-000001", "20260802T101530Z-000002"];
  for (const name of [first, second]) {
    await cp(recorded, join(folder, name), { recursive: true });
    const identification = JSON.parse(await readFile(join(recorded, "run.json"), "utf8"));
    await writeFile(join(folder, name, "run.json"), JSON.stringify({ ...identification, run: name }));
  }
  for (const name of [second, first, second]) await renderAllure(join(folder, name));
  const points = (await readFile(join(folder, HISTORY_FILE), "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  expect(points.map(({ name }) => name)).toEqual([`pursebench ${first}`, `pursebench ${second}`]);
  // the same case is the same test in both, whatever its verdict: else it had no history
  const [left, right] = points.map(({ testResults }) => Object.keys(testResults).sort());
  expect(left).toHaveLength(6);
  expect(left).toEqual(right);
}, 180_000);

test("visitor counting is taken out of Allure pages, and what would still load from elsewhere is refused", () => {
  const counting = `<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
<script>
        window.dataLayer = window.dataLayer || [];
        gtag('config', 'G-1', {});
</script>`;
  const cleaned = withoutAnalytics(`<p>a</p>${counting}<script>let a = "www.googletagmanager.com";</script>`);
  expect(cleaned.replaceAll("\n", "")).toBe('<p>a</p><script>let a = "www.googletagmanager.com";</script>');
  expect(() => withoutAnalytics('<link href="https://elsewhere.example/x">')).toThrow(
    "load something from the network",
  );
});
