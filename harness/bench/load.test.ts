import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { knownBenches, loadBench } from "./load.ts";
import { packageRoot } from "./package-root.ts";
import { loadPics } from "./pics.ts";
import { loadPixit } from "./pixit.ts";

const fixtures = join(packageRoot(), "fixtures");

function complaintAbout(work: () => unknown): PursebenchError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof PursebenchError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

/** The inproc bench with one piece of its text replaced, in a file of its own. */
function changed(from: string | RegExp, to: string): string {
  const text = readFileSync(join(fixtures, "benches", "inproc.yaml"), "utf8");
  const result = text.replace(from, to);
  expect(result).not.toBe(text);
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
  writeFileSync(path, result);
  return path;
}

function lineOf(path: string, text: string): number {
  return (
    readFileSync(path, "utf8")
      .split("\n")
      .findIndex((each) => each.includes(text)) + 1
  );
}

test("every bench that comes along can be loaded by its name", () => {
  expect(knownBenches().sort()).toEqual(["crowd", "inproc", "usb-example", "virtual-lab"]);
  for (const name of knownBenches()) expect(loadBench(name).bench.name).toBe(name);
});

test("digits keep their zeros and numbers are numbers", () => {
  const { bench } = loadBench("inproc");
  expect(bench.terminals[0]).toEqual({
    id: "00000001",
    terminal: { kind: "sim" },
    kind: "smart",
    server: "payment-server",
  });
  expect(bench.catalogue[0]).toMatchObject({ price: 250, CURR: "0978", CEXP: 2 });
  expect(bench.concentrator).toBe(true);
});

test("a command line takes the place of what the file says", () => {
  const { bench } = loadBench("usb-example", { card: "vpcd:4000", terminal: "serial:/dev/ttyS5" });
  expect(bench.card).toEqual({ kind: "vpcd", port: 4000 });
  expect(bench.terminals[0]?.terminal).toEqual({ kind: "serial", path: "/dev/ttyS5", baud: 9600 });
  expect(bench.terminals[1]?.terminal).toMatchObject({ path: "/dev/ttyUSB0" });
});

test.each<[string, string | RegExp, string, string, RegExp]>([
  [
    "an unknown field",
    "concentrator: true",
    "concentrater: true",
    "concentrater",
    /unknown field "concentrater".*did you mean "concentrator"/,
  ],
  [
    "a kind that does not exist",
    "kind: inproc",
    "kind: inprok",
    "kind: inprok",
    /found "inprok".*inproc or virtual-lab or lab, did you mean "inproc"/,
  ],
  [
    "a bad price",
    "price: 250",
    "price: 2.50",
    "price: 2.50",
    /catalogue\.0\.price: found "2\.50", expected a whole number/,
  ],
  [
    "a bad terminal number",
    "{ id: 00000002 }",
    "{ id: 2 }",
    "id: 2",
    /terminals\.1\.id: found "2", expected 4 bytes in hex/,
  ],
  ["two terminals of one number", "{ id: 00000002 }", "{ id: 00000001 } # again", "again", /terminals\.1\.id.*taken/],
  ["a bad SPEC", "card: sim", "card: pscs:ACS", "card: pscs", /card: found "pscs:ACS".*did you mean "pcsc"/],
  ["a real device in process", "psam: sim", "psam: pcsc:X", "psam: pcsc", /psam.*only sim devices/],
  [
    "an item of an unknown site",
    "{ SITE: library, ITEM",
    "{ SITE: librari, ITEM",
    "librari",
    /expected one of the sites: shop, library/,
  ],
  [
    "a nested unknown field",
    "title: A mug",
    "titel: A mug",
    "titel",
    /unknown field "titel" in catalogue\.1, did you mean "title"/,
  ],
])("%s is named with file, line, found and expected", (_name, from, to, marker, message) => {
  const path = changed(from, to);
  const complaint = complaintAbout(() => loadBench(path));
  expect(complaint.code).toBe("USAGE");
  expect(complaint.message.startsWith(`${path}:${lineOf(path, marker)}: `)).toBe(true);
  expect(complaint.message).toMatch(message);
  expect(complaint.message.split("\n")).toHaveLength(1);
});

test("a missing field is named", () => {
  const complaint = complaintAbout(() => loadBench(changed(/^name: inproc\n/m, "")));
  expect(complaint.message).toMatch(/name is missing/);
});

test("what is no YAML is named with its line", () => {
  const path = changed("kind: inproc", "kind: [inproc");
  const complaint = complaintAbout(() => loadBench(path));
  expect(complaint.message).toMatch(/bench\.yaml:\d+: not YAML/);
});

test("an unknown bench gets the nearest name", () => {
  const complaint = complaintAbout(() => loadBench("virtual-lap"));
  expect(complaint).toMatchObject({ code: "USAGE" });
  expect(complaint.message).toContain('did you mean "virtual-lab"');
});

test("the PICS and PIXIT that come along can be loaded", () => {
  for (const file of readdirSync(join(fixtures, "pics")).filter((name) => name.endsWith(".yaml")))
    expect(loadPics(join(fixtures, "pics", file)).format).toBeTruthy();
  const pixit = loadPixit(join(fixtures, "pixit", "reference-card.yaml"));
  expect(pixit.specimen).toEqual({ test: true, spendable: 5000 });
  expect(loadPics(join(fixtures, "pics", "reference-card.yaml")).claims).toMatchObject({ ALGIEP: ["04", "05"] });
});
