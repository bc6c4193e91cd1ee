import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportDocument } from "../document/build.ts";
import { loadRun } from "../record/load.ts";
import { BASIS, recordedRun } from "../testing/recorded-run.ts";
import { conformancePage } from "./page.ts";

const LAUNCH = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** As much of axe as is asked of it. */
interface Axe {
  run(): Promise<{ readonly violations: readonly Violation[] }>;
}
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

let browser: Browser;
let html = "";
let axeSource = "";

beforeAll(async () => {
  browser = await chromium.launch(LAUNCH);
  html = conformancePage(reportDocument(await loadRun(await recordedRun()), BASIS));
  axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}, 60_000);

afterAll(() => browser.close());

/** The page without its policy, which rightly keeps axe out as well. */
async function open(width: number, colorScheme: "light" | "dark" = "light") {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  await page.setContent(html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
  return page;
}

test.each(["light", "dark"] as const)(
  "a reader with a screen reader finds names, captions and contrast (%s)",
  async (scheme) => {
    const page = await open(1280, scheme);
    await page.addScriptTag({ content: axeSource });
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { readonly axe: Axe };
      const found = await axe.run();
      return found.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)}`);
    });
    expect(violations).toEqual([]);
    await page.close();
  },
  60_000,
);

test("no part is wider than a narrow screen, but what scrolls by itself", async () => {
  const page = await open(390);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await page.close();
}, 60_000);

test("a filter shows the rows of one outcome, and the others again", async () => {
  const page = await open(1280);
  const rows = page.locator("section[aria-labelledby=campaign] tbody tr");
  const visible = () => rows.evaluateAll((all) => all.filter((row) => row.checkVisibility()).length);
  expect(await visible()).toBe(6);
  await page.getByRole("radio", { name: "fail (1)" }).first().check();
  expect(await visible()).toBe(1);
  await page.getByRole("radio", { name: "all (6)" }).check();
  expect(await visible()).toBe(6);
  await page.close();
}, 60_000);

test("is printed whole, with the summary alone on its first page", async () => {
  const page = await open(1280);
  await page.getByRole("radio", { name: "fail (1)" }).first().check();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const { stdout } = spawnSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" });
  const [first = "", second = "", ...rest] = stdout.split("\f");
  expect(first).toContain("What did not pass");
  expect(second).toContain("Contents");
  expect(rest.join("")).toMatch(/LOAD-CARD-002[\s\S]*not run/);
  await page.close();
}, 60_000);
