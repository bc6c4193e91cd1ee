import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { defaultLaboratoryFile, loadLaboratory } from "./laboratory.ts";
import { checkedLogo, MAX_LOGO_BYTES, readLogo } from "./logo.ts";
import { loadOrder } from "./order.ts";
import { packageRoot } from "./package-root.ts";

const examples = join(packageRoot(), "fixtures", "laboratory");
const place = mkdtempSync(join(tmpdir(), "pursebench-"));
const png = readFileSync(join(examples, "logo.png"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(place, name);
  writeFileSync(path, content);
  return path;
}

function complaint(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code === "USAGE") return thrown.message;
    throw thrown;
  }
  return "none";
}

const laboratory = (lines: string) => file("lab.yaml", `format: pursebench-laboratory/1\n${lines}\n`);
const order = (lines: string) => file("order.yaml", `format: pursebench-order/1\n${lines}\n`);
const svg = (inside: string, head = 'viewBox="0 0 10 10"') =>
  checkedLogo(Buffer.from(`<?xml version="1.0"?><!-- - --><svg ${head}>${inside}</svg>\n`));

test("the example laboratory gives what run.json holds, its logo and no key", () => {
  const { laboratory: said, logo, signingKey } = loadLaboratory(join(examples, "laboratory.yaml"));
  expect(said).toEqual({
    name: "Example Card Laboratory",
    address: ["Hall 3, Test Street 12", "12345 Exampletown"],
    accreditation: "Example accreditation body, TL-0000",
    contact: "Reports desk, reports@laboratory.example",
    logo: {
      file: "logo.svg",
      sha256: createHash("sha256")
        .update(logo?.bytes ?? "")
        .digest("hex"),
    },
  });
  expect(logo?.type).toBe("image/svg+xml");
  expect(signingKey).toBeUndefined();
});

test("the example order is read", () => {
  expect(loadOrder(join(examples, "order.yaml"))).toEqual({
    number: "2026-0147",
    client: { name: "Example Purse Cards Ltd", address: ["Card Road 5", "54321 Sampleville"] },
    received: "2026-11-02",
    remarks: "Two specimens of the same batch; specimen 1 was tested.",
  });
});

test("paths are relative to the file of the laboratory, and a PNG is known by its bytes", () => {
  file("brand.bin", png);
  const {
    laboratory: said,
    logo,
    signingKey,
  } = loadLaboratory(laboratory("name: L\nlogo: brand.bin\nsigningKey: keys/lab.key"));
  expect(said.logo?.file).toBe("logo.png");
  expect(logo?.bytes).toEqual(png);
  expect(signingKey).toBe(join(place, "keys/lab.key"));
});

test.each([
  ["adress: [x]\nname: L", /lab\.yaml:2: unknown field "adress" in the file, did you mean "address"\?/],
  ["address: [x]", /lab\.yaml:1: name is missing: expected string/],
  ["name: ''", /lab\.yaml:2: name: found "", expected one line of 1 to 200 characters/],
  ['name: "a\\u202eb"', /lab\.yaml:2: name: .*expected one line/],
  ["name: L\naddress: x", /lab\.yaml:3: address: found "x", expected array/],
  [
    "name: L\nlogo: none.png",
    /lab\.yaml:3: logo: found "none\.png", expected a picture of at most 262144 bytes \(ENOENT/,
  ],
])("a laboratory with %j is refused with file and line", (lines, message) => {
  expect(complaint(() => loadLaboratory(laboratory(lines)))).toMatch(message);
});

test.each([
  ["client: { name: C }", /order\.yaml:1: number is missing/],
  ["number: '1'\nclient: { nam: C }", /order\.yaml:3: unknown field "nam" in client, did you mean "name"\?/],
  [
    "number: '1'\nclient: { name: C }\nreceived: 2026-02-30",
    /order\.yaml:4: received: found "2026-02-30", expected a day/,
  ],
  ['number: "1"\nclient: { name: C }\nremarks: "a\\u0007"', /order\.yaml:4: remarks: .*without control characters/],
])("an order with %j is refused with file and line", (lines, message) => {
  expect(complaint(() => loadOrder(order(lines)))).toMatch(message);
});

test("without --lab the file of the user's configuration is taken when it is there", () => {
  mkdirSync(join(place, "pursebench"));
  expect(defaultLaboratoryFile({ XDG_CONFIG_HOME: place })).toBeUndefined();
  const path = file("pursebench/laboratory.yaml", "");
  expect(defaultLaboratoryFile({ XDG_CONFIG_HOME: place })).toBe(path);
  const fallback = defaultLaboratoryFile({ XDG_CONFIG_HOME: "relative" });
  expect(fallback ?? homedir()).toContain(homedir());
});

test.each([
  ["cut off", (bytes: Buffer) => bytes.subarray(0, -20), "this PNG is cut off"],
  ["longer", (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)]), "this PNG has bytes after its end"],
  ["with another signature", (bytes: Buffer) => withByte(bytes, 1, 0x51), "its first bytes are neither"],
  [
    "with a changed byte",
    (bytes: Buffer) => withByte(bytes, 100, (bytes[100] ?? 0) ^ 1),
    "this PNG is damaged (wrong CRC)",
  ],
])("a PNG %s is refused", (_, change, message) => {
  expect(checkedLogo(change(png))).toContain(message);
});

test("every picture that is cut anywhere or has any byte changed is refused or still whole, and nothing else happens", () => {
  for (let at = 0; at < png.length; at += 7) {
    expect(typeof checkedLogo(png.subarray(0, at))).toBe("string");
    expect(typeof checkedLogo(withByte(png, at, (png[at] ?? 0) ^ 0x10))).toBe("string");
  }
  const text = readFileSync(join(examples, "logo.svg"));
  for (let at = 0; at < text.length - 7; at++) expect(typeof checkedLogo(text.subarray(0, at))).toBe("string");
});

test("a picture that is too long, and a device, are refused unread", () => {
  expect(readLogo(file("long.png", Buffer.concat([png, Buffer.alloc(MAX_LOGO_BYTES)])))).toContain("at most 262144");
  expect(readLogo("/dev/zero")).toContain("a device or pipe");
});

test.each([
  ["<script>1</script>", "<script>"],
  ["<svg:script/>", "<script>"],
  ["<foreignObject></foreignObject>", "<foreignobject>"],
  ["<style>@import 'x'</style>", "<style>"],
  ["<animateMotion/>", "<animatemotion>"],
  ['<rect onload="x()"/>', "a script (onload)"],
  ['<image href="https://example.org/a.png"/>', "outside (href)"],
  ['<use xlink:href="other.svg#a"/>', "outside (xlink:href)"],
  ['<rect fill="url(https://example.org/#a)"/>', "outside (fill)"],
  ['<rect style="fill:u\\72l(x)"/>', "outside (style)"],
  ['<rect a="1" a="2"/>', "a twice"],
  ["<g>", "</svg> closes nothing"],
  ["a < b", "not well-formed"],
  ["<!DOCTYPE x>", "DOCTYPE"],
  ["<g>".repeat(70), "more than 64"],
])("an SVG with %s is refused", (inside, message) => {
  expect(svg(inside)).toContain(message);
});

test("an SVG of shapes that refers to its own parts is taken, one without a size is not", () => {
  const fine = '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#b"/><text>x &lt; y</text>';
  expect(svg(fine)).toMatchObject({ type: "image/svg+xml", file: "logo.svg" });
  expect(svg(fine, 'width="3" height="4"')).toContain("viewBox");
  expect(checkedLogo(Buffer.from("GIF89a"))).toContain("expected PNG or SVG");
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return changed;
}
