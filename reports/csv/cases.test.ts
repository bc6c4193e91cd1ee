import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { readResults } from "../../harness/evidence/reader.ts";
import { HOSTILE, recordedRun } from "../testing/recorded-run.ts";
import { visible } from "../text/clean.ts";
import { casesCsv } from "./cases.ts";
import { csvText } from "./csv.ts";

/** As another program reads it: Python's own reader. */
function readElsewhere(text: string): readonly (readonly string[])[] {
  const program =
    "import csv,json,sys,io;print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.read(),newline='')))))";
  const { stdout, status, error } = spawnSync("python3", ["-c", program], { input: text, encoding: "utf8" });
  if (error || status !== 0) throw new Error(`python3 is missing (the set-up installs it): ${error?.message}`);
  return JSON.parse(stdout);
}

test("quotes, commas, line ends and hostile text come through as they are", () => {
  const rows = [
    ["a,b", 'say "x"', "two\r\nlines", HOSTILE],
    ["", " ", "ä→", "-"],
  ];
  expect(readElsewhere(csvText(["1", "2", "3", "4"], rows))).toEqual([
    ["1", "2", "3", "4"],
    ["a,b", 'say "x"', "two\r\nlines", visible(HOSTILE)],
    ["", " ", "ä→", "'-"],
  ]);
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])("%s is text for a spreadsheet, no formula", (text) => {
  expect(readElsewhere(csvText(["x"], [[text]]))[1]).toEqual([`'${text}`]);
});

test("numbers stay numbers", () => {
  expect(csvText(["x"], [[-5], [0]])).toBe("x\r\n-5\r\n0\r\n");
});

test("every case of a run has its line, with verdict, reason and owner", async () => {
  const results = await readResults(await recordedRun());
  const [header = [], ...rows] = readElsewhere(casesCsv(results));
  const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
  expect(column("case")).toEqual(results.cases.map(({ id }) => id));
  expect(column("verdict")).toEqual(["pass", "fail", "inconc", "error", "notApplicable", "notRun"]);
  expect(column("reason")[4]).toBe("PICS: the card cannot be loaded");
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([header.length]));
});
