import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newPlace, start } from "./testing/command.ts";

const FORM = {
  bench: "inproc",
  iut: "",
  card: "",
  psam: "",
  terminal: "",
  pics: { kind: "none" },
  pixit: { kind: "none" },
  mode: "engineering",
  suites: ["clearing"],
};

test("the command serves the page, runs in a process of its own, and Ctrl-C ends both in good order", {
  timeout: 120_000,
}, async () => {
  const place = newPlace();
  const runs = join(place, "runs");
  const { child, ended, said } = start(place, ["station", "--port", "0", "--runs", runs], 110_000);
  let printed = "";
  child.stdout?.on("data", (text: string) => {
    printed += text;
  });
  await said("Ctrl-C ends it.");
  const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0] ?? "";
  const page = await fetch(url);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/app/browser/main.js")]);
  expect((await fetch(new URL("/app/browser/main.js", url))).status).toBe(200);
  const begun = await fetch(new URL("/api/run", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(FORM),
  });
  expect(begun.status).toBe(200);
  const directories = () => readdirSync(runs).filter((name) => !name.startsWith("."));
  await expect.poll(directories, { timeout: 60_000 }).toHaveLength(1);
  child.kill("SIGINT");
  const { code, err } = await ended;
  expect([code, err]).toEqual([0, ""]);
  const [name = ""] = directories();
  const { run } = JSON.parse(readFileSync(join(runs, name, "results.json"), "utf8")) as { run: { id: string } };
  expect(run).toMatchObject({ id: name, complete: true, interrupted: expect.any(String) });
});
