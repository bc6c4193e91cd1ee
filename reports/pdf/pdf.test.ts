import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../harness/bench/package-root.ts";
import type { ReportDocument } from "../document/blocks.ts";
import { caseRows, SIGNS, sampleDocument } from "../testing/sample-document.ts";
import { pdfOf } from "./index.ts";

const file = join(mkdtempSync(join(tmpdir(), "pursebench-")), "report.pdf");
let bytes: Uint8Array;
let text: string;
/** As a reader copies it, in the order of reading, without the breaks of lines. */
let flowing: string;

beforeAll(async () => {
  bytes = await pdfOf(sampleDocument(300));
  writeFileSync(file, bytes);
  text = poppler("pdftotext", "-layout", file, "-");
  flowing = poppler("pdftotext", "-raw", file, "-").replace(/\s+/g, " ");
});

function poppler(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
}

test("every case stands in it with its whole id and its verdict", () => {
  const lines = text.split("\n");
  for (const [index, { cells }] of caseRows(300).entries()) {
    const line = lines.find((each) => each.includes(String(cells[0])));
    expect(line).toMatch(index % 97 === 3 ? /✗\s?fail/ : /✓\s?pass/);
  }
});

test("title, laboratory, language and date are properties, and the date is that of the evidence", () => {
  const info = poppler("pdfinfo", "-isodates", file);
  expect(info).toMatch(/Title: +Protocol conformance test report\n/);
  expect(info).toMatch(/Author: +Example Card Laboratory\n/);
  expect(info).toMatch(/Subject: +Purse card Example and Söhne ‹2.1›\n/);
  expect(info).toContain("CreationDate:    2026-11-23T06:25:00Z");
  expect(info).toMatch(/Tagged: +yes\n/);
  expect(info).toContain("595.28 x 841.89 pts (A4)");
  expect(Buffer.from(bytes).includes("/Lang (en)")).toBe(true);
});

test("a report is on every page: its number, which page of how many, and whose it is", () => {
  const pages = text.split("\f").slice(0, -1);
  expect(pages.length).toBeGreaterThan(10);
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`page ${index + 1} of ${pages.length}`);
    expect(page).toContain("Report 2026-0147/20261123T062220Z-7DC8FA");
    expect(page).toContain("Example Card Laboratory");
  }
});

test("heads of tables are repeated, and no heading stands alone at the foot of a page", () => {
  const pages = text.split("\f").slice(0, -1);
  const campaign = pages.filter((page) => page.includes("CARD-DEBIT-PRECEDENCE-"));
  for (const page of campaign) expect(page).toMatch(/Case +Purpose and requirements +Selected +Run +Verdict/);
  // The first page ends with the contents, which name the clauses.
  for (const page of pages.slice(1)) {
    const rows = page.split("\n").filter((line) => line.trim() !== "");
    expect(rows.at(-2)).not.toMatch(/^ *(\d+(\.\d+)* [A-Z]|All \d+ cases|Case +Purpose)/);
  }
});

test("the same document gives the same bytes", async () => {
  expect(Buffer.compare(bytes, await pdfOf(sampleDocument(300)))).toBe(0);
});

test("all signs of our texts and letters of Europe are printed as they are", () => {
  const words = SIGNS.split(" ");
  expect(words.filter((word) => !flowing.includes(word))).toEqual([]);
});

test("what cannot be printed is named by its number, and hides or reorders nothing", () => {
  const has = (words: string) => expect(flowing.includes(words), words).toBe(true);
  has("bell \\u0007 escape \\u001b[31m null \\u0000 end");
  has("abc\\u202edef\\u2066ghi[U+200B]jkl[U+FEFF]");
  has("[U+05E2][U+05D1][U+05E8][U+05D9][U+05EA]");
  has("[U+6F22][U+5B57] [U+1F600][U+1F469][U+200D]");
  has("<script>alert(1)</script> & \\) Tj ET (");
  // Every one of the six rows of the table that has such words beside a verdict has its verdict.
  const table = flowing.slice(flowing.indexOf("Words that follow"), flowing.indexOf("Expected and actual answer"));
  expect(table.match(/✗\s?fail/g)).toHaveLength(6);
  expect(flowing.match(/W/g)?.length).toBeGreaterThanOrEqual(6_000);
});

test("pictures are drawn with their words, as lines and not as images", () => {
  expect(flowing).toContain("INITIALISE IEP for purchas…");
  expect(flowing).toContain("bench: the line is cut");
  expect(flowing).toMatch(/DEBIT IEP 400 times/);
  expect(poppler("pdfimages", "-list", file).trim().split("\n")).toHaveLength(2);
});

test("fonts are embedded, and the outline leads to the clauses", () => {
  const fonts = poppler("pdffonts", file).trim().split("\n").slice(2);
  expect(fonts.length).toBeGreaterThan(0);
  for (const font of fonts) expect(font).toMatch(/ yes yes yes +\d+ +0$/);
  expect(Buffer.from(bytes).includes("/Title (2 Test campaign report)")).toBe(true);
});

test("a laboratory without a logo, with one as PNG, or none at all", async () => {
  const { laboratory: _, ...none } = sampleDocument(1);
  const info = async (laboratory: ReportDocument["laboratory"]): Promise<string> => {
    const other = join(dirname(file), "other.pdf");
    writeFileSync(other, await pdfOf({ ...none, laboratory }));
    return poppler("pdfinfo", other) + poppler("pdfimages", "-list", other);
  };
  const logo = { type: "image/png", bytes: readFileSync(join(packageRoot(), "fixtures/laboratory/logo.png")) } as const;
  expect(await info(undefined)).not.toContain("Author:");
  expect(await info({ name: "L & Co", lines: [] })).toMatch(/Author: +L and Co\n/);
  expect(await info({ name: "L", lines: [], logo })).toMatch(/ image +480 +144 +rgb /);
});
