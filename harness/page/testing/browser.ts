/** The station page in a real browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
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
  });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Violations of WCAG 2 A and AA that axe finds on the page as it is, each with its places. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
    };
    const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

/** Controls of the accessibility tree that have no name. */
export async function nameless(page: Page): Promise<readonly string[]> {
  const tree = await page.locator("body").ariaSnapshot();
  const controls =
    /^\s*- (button|link|textbox|combobox|radio|checkbox|progressbar|group|region|alertdialog)(?! ")[^\n]*$/gm;
  return [...tree.matchAll(controls)].map(([line]) => line.trim());
}

/** Things to press that are lower or narrower than 44 px. */
export async function smallTargets(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const document = (globalThis as unknown as { document: { querySelectorAll(selector: string): Iterable<Target> } })
      .document;
    interface Target {
      readonly textContent: string | null;
      getBoundingClientRect(): { readonly width: number; readonly height: number };
    }
    return [
      ...document.querySelectorAll("button, a, select, textarea, summary, label.choice, input[type=text]"),
    ].flatMap((each) => {
      const { width, height } = each.getBoundingClientRect();
      return width > 0 && (height < 44 || width < 44) ? [`${each.textContent} ${width}x${height}`] : [];
    });
  });
}
