import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import type { Case } from "../../suites/define/case.ts";
import { failing, passing, sampleCase } from "../../suites/define/testing/sample-cases.ts";
import { realHouse } from "../cli/house.ts";
import { PursebenchError } from "../core/errors.ts";
import type { RunHouse } from "../run/house.ts";
import { launchBrowser, nameless, smallTargets, violations } from "./testing/browser.ts";
import { compiledPage } from "./testing/compiled.ts";
import {
  askingHouse,
  gate,
  type OpenedPage,
  openPage,
  type PageChange,
  TWO_READERS,
  waitingCase,
} from "./testing/station-page.ts";

const browser = await launchBrowser();
const assets = compiledPage();
const stations: OpenedPage[] = [];
afterAll(async () => {
  await browser.close();
  for (const station of stations) await station[Symbol.asyncDispose]();
});

const complaints: string[] = [];

async function show(station: OpenedPage, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(station.page.url);
  return page;
}

async function open(change: PageChange = {}): Promise<{ station: OpenedPage; page: Page }> {
  const station = await openPage({ assets, ...change });
  stations.push(station);
  return { station, page: await show(station) };
}

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** In every state: nothing that axe finds, a name for every control, headings in order, room for a finger, no sideways scrolling. */
async function expectUsable(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  expect(await nameless(page)).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
  const levels = await page.locator("h1, h2, h3").evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
  for (const [index, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
}

/** On each screen; a screen in dark stands for the others in dark. */
async function expectUsableEverywhere(page: Page): Promise<void> {
  for (const [width, height, colorScheme] of [
    [1280, 800, "light"],
    [768, 1024, "dark"],
    [390, 844, "light"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await expectUsable(page);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** The house of the command, with a few cases. */
async function houseOf(ids: readonly string[]): Promise<{ house: RunHouse; cases: readonly Case[] }> {
  const house = realHouse();
  const cases = (await house.cases()).filter(({ id }) => ids.includes(id));
  return { house: { ...house, laboratoryFile: undefined, cases: async () => cases }, cases };
}

test("a technician runs the inproc bench: device, papers, start, verdict, report, evidence", {
  timeout: 120_000,
}, async () => {
  const { house, cases } = await houseOf(["PAY-BASE-01", "PAY-602-01"]);
  const { page, station } = await open({ house, cases });
  await page
    .getByLabel("PICS", { exact: true })
    .selectOption({ label: "pursebench simulated card 1, card (reference-card.yaml)" });
  await page.getByLabel("PIXIT", { exact: true }).selectOption({ label: "reference-card.yaml" });
  await page.getByRole("radio", { name: "Whole system" }).check();
  await page.getByLabel("PICS", { exact: true }).selectOption("none");
  await page.locator(".extent", { hasText: /^2 cases/ }).waitFor();
  await press(page, "Start the run");
  await heading(page, "pass").waitFor();
  expect(await page.title()).toBe("✔ pass – pursebench");
  await press(page, "Check the evidence");
  await page.getByText(/✔ Intact: \d+ lines, none changed\./).waitFor();
  const [report] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("link", { name: "Report of this run", exact: false }).first().click(),
  ]);
  await report.waitForLoadState();
  expect(await report.locator("h1").count()).toBeGreaterThan(0);
  expect(await report.evaluate("self.origin")).toBe("null");
  await report.close();
  expect(readdirSync(station.runs).filter((name) => !name.startsWith(".")).length).toBe(1);
  await expectUsableEverywhere(page);
});

test("before a run: the form, its errors and what is attached", { timeout: 120_000 }, async () => {
  const { page, station } = await open();
  await page.locator(".extent", { hasText: /^2 cases/ }).waitFor();
  await expectUsableEverywhere(page);
  station.attach({ ...TWO_READERS, pcsc: { kind: "absent", reason: "no pcscd answers", mend: "start pcscd" } });
  await page.getByText("To mend: start pcscd").waitFor();
  await expectUsable(page);
  station.attach({ ...TWO_READERS, pcsc: { kind: "readers", readers: [] } });
  await page.getByText("No card reader is attached").waitFor();
  await page.getByLabel("Card", { exact: true }).last().selectOption("typed");
  await page.getByLabel("Card: its place").fill("pcsk:ACS");
  await page
    .getByText('bad card "pcsk:ACS"', { exact: false })
    .or(page.getByText("Bad card", { exact: false }))
    .first()
    .waitFor();
  await page.getByLabel("PICS", { exact: true }).selectOption("text");
  await page.getByLabel("PICS: text (YAML)").fill("format: pursebench-pics/1\nrole: card\ndevice: 5\n");
  await page.getByText("Line 3: device", { exact: false }).waitFor();
  await expectUsableEverywhere(page);
  await press(page, "Start the run");
  await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("card");
});

test("a run is followed by two browsers, through a reload, to a fail that is seen and said", {
  timeout: 120_000,
}, async () => {
  const held = gate();
  const cases = [passing, failing, waitingCase("PAY-GATE-001", held)];
  const { page, station } = await open({ cases });
  await press(page, "Start the run");
  await page.getByText("Purpose of PAY-GATE-001").waitFor();
  await page.getByText("2 of 3", { exact: true }).waitFor();
  await page.getByText("card → set-top-box").waitFor();
  await expectUsableEverywhere(page);
  const second = await show(station, { width: 768, height: 1024 });
  await second.getByText("2 of 3", { exact: true }).waitFor();
  await second.getByText("BALIEP: expected 7, found 5").waitFor();
  await page.reload();
  await page.getByText("2 of 3", { exact: true }).waitFor();
  expect(await page.title()).toBe("2/3 running – pursebench");
  held.open();
  for (const each of [page, second]) {
    await heading(each, "fail").waitFor();
    expect(await each.evaluate("getComputedStyle(document.querySelector('.verdict')).backgroundColor")).toBe(
      "rgb(179, 20, 28)",
    );
    expect(await each.getByRole("alert").allTextContents()).toContain("Result: fail. card · inproc · engineering");
  }
  const { width = 0, height = 0 } = (await heading(page, "fail").boundingBox()) ?? {};
  expect(Math.min(width / 3, height)).toBeGreaterThan(80);
  await expectUsableEverywhere(page);
  await second.close();
});

test("a step that needs a hand is shown with the bench and its time, and answered", { timeout: 120_000 }, async () => {
  const { house, asking } = askingHouse({
    kind: "insert",
    text: "Put the card under test into slot 1",
    place: "slot 1",
    withinMs: 600_000,
  });
  const able = { ...house, labFinding: async () => ({ what: "virtual lab", ok: true, detail: "" }) };
  const { page } = await open({ cases: [asking], house: able, bench: "virtual-lab" });
  await press(page, "Start the run");
  const prompt = page.getByRole("alertdialog", { name: "Your hand is needed" });
  await prompt.getByText("Put the card under test into slot 1").waitFor();
  await prompt.getByText(/^(10:00|9:5\d) left$/).waitFor();
  await prompt.locator(".box.here").getByText("◀ here").waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("prompt-title");
  await expectUsableEverywhere(page);
  await press(page, "Done");
  await heading(page, "pass").waitFor();
  await press(page, "Run this again");
  await press(page, "Cannot be done");
  await heading(page, "fail").waitFor();
});

test("what came to no verdict, and what broke, are told apart from a fail", { timeout: 120_000 }, async () => {
  const lost = sampleCase("PAY-LOST-001", {
    run: async () => {
      throw new PursebenchError("DEVICE_LOST", "the line was cut", { owner: "bench", mend: "plug it in" });
    },
  });
  const { page } = await open({ cases: [passing, lost] });
  await press(page, "Start the run");
  await heading(page, "inconclusive").waitFor();
  await expectUsableEverywhere(page);
  const broken = await open({
    house: {
      describe: async () => await Promise.reject(new PursebenchError("STORAGE", "no room", { mend: "make room" })),
    },
  });
  await press(broken.page, "Start the run");
  await heading(broken.page, "error").waitFor();
  await broken.page.getByText("To mend: make room").waitFor();
  await expectUsable(broken.page);
});

test("the keyboard alone is enough: choose, start, stop, look at the end, begin again", {
  timeout: 120_000,
}, async () => {
  const held = gate();
  const { page } = await open({ cases: [passing, waitingCase("PAY-GATE-001", held)] });
  await page.locator(".extent", { hasText: /^2 cases/ }).waitFor();
  const tabTo = async (name: string) => {
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press("Tab");
      const text = await page.evaluate<string>(
        "(document.activeElement.labels?.[0] ?? document.activeElement).textContent",
      );
      if (text.startsWith(name)) return;
    }
    throw new Error(`no way to ${name} by Tab`);
  };
  await tabTo("Card");
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("radio", { name: "Security card" }).isChecked()).toBe(true);
  await page.keyboard.press("ArrowUp");
  await tabTo("Start the run");
  await page.keyboard.press("Enter");
  await page.getByText("Purpose of PAY-GATE-001").waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("main-title");
  await tabTo("Stop the run");
  await page.keyboard.press("Enter");
  await tabTo("Stop now");
  const told = page.waitForResponse((response) => response.url().endsWith("/api/run/stop"));
  await page.keyboard.press("Space");
  await told; // otherwise the case may end before the station knows
  held.open();
  await heading(page, "stopped").waitFor();
  await tabTo("New run");
  await page.keyboard.press("Enter");
  await heading(page, "New run").waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("main-title");
});

test("focus and what was typed stay while news come in", { timeout: 60_000 }, async () => {
  const { page, station } = await open();
  await page.getByLabel("PICS", { exact: true }).selectOption("text");
  const area = page.getByLabel("PICS: text (YAML)");
  await area.pressSequentially("format: ");
  station.attach({ ...TWO_READERS, ports: [] });
  await page.getByText("A USB serial adapter appears here").waitFor();
  await page.keyboard.type("pursebench-pics/1");
  expect(await area.inputValue()).toBe("format: pursebench-pics/1");
  await page.reload();
  expect(await page.getByLabel("PICS: text (YAML)").inputValue()).toBe("format: pursebench-pics/1");
});

test("results are there after a restart, and the page comes back by itself", { timeout: 120_000 }, async () => {
  const { page, station } = await open({ cases: [passing] });
  await press(page, "Start the run");
  await heading(page, "pass").waitFor();
  const { port } = new URL(station.page.url);
  await station[Symbol.asyncDispose]();
  await page.getByText("The station does not answer.", { exact: false }).first().waitFor();
  expect(await violations(page)).toEqual([]);
  const back = await openPage({ assets, port: Number(port), runs: station.runs, cases: [passing] });
  stations.push(back);
  await page.getByText("Connected", { exact: true }).waitFor();
  await heading(page, "New run").waitFor();
  const last = page.getByRole("region", { name: "Last results" });
  await last.getByText("card (fake card)").waitFor();
  await last.getByRole("button", { name: "Verify" }).click();
  await last.getByText("✔ Intact", { exact: false }).waitFor();
  const [name = ""] = readdirSync(station.runs).filter((each) => !each.startsWith("."));
  writeFileSync(join(station.runs, name, "run.json"), "{}");
  await last.getByRole("button", { name: "Verify" }).click();
  await last.getByText("✖ Not intact", { exact: false }).waitFor();
});

test("a token is asked for once, by hand or behind #", { timeout: 60_000 }, async () => {
  const { page, station } = await open({ token: "correct horse" });
  await heading(page, "Enter the token").waitFor();
  await expectUsableEverywhere(page);
  await page.getByRole("textbox", { name: "Token" }).fill("battery");
  await press(page, "Open the station");
  await page.getByText("This is not the token.", { exact: false }).first().waitFor();
  await page.getByRole("textbox", { name: "Token" }).fill("correct horse");
  await press(page, "Open the station");
  await heading(page, "New run").waitFor();
  await page.reload();
  await heading(page, "New run").waitFor();
  const context = await browser.newContext();
  const direct = await context.newPage();
  await direct.goto(`${station.page.url}#token=correct%20horse`);
  await heading(direct, "New run").waitFor();
  expect(new URL(direct.url()).hash).toBe("");
  await context.close();
});

test("no page has complained", () => {
  const known = /Failed to load resource/; // answers 401, 422 and a station that is gone are part of the tests above
  expect(complaints.filter((text) => !known.test(text))).toEqual([]);
});
