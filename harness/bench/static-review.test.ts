import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CardClaims, PsamClaims, ReaderClaims, TerminalClaims } from "./claims.ts";
import { packageRoot } from "./package-root.ts";
import { PROFORMA } from "./proforma.ts";
import { reviewPics } from "./static-review.ts";

test("the table is the proforma that people read, item for item", () => {
  const text = readFileSync(join(packageRoot(), "fixtures/pics/README.md"), "utf8");
  const rows = [...text.matchAll(/^\| ([CPRT]\.\d+) \|(.*)\|$/gm)].map(([, item, rest]) => [
    item,
    ...(rest ?? "").split("|").map((cell) => cell.replaceAll("`", "").trim()),
  ]);
  const items = Object.values(PROFORMA)
    .flat()
    .map(({ item, field, status, asks, reference }) => [item, field, status, asks, reference]);
  expect(items).toEqual(rows);
});

test("every claim that a PICS may make has an item, and the other way round", () => {
  const fields = (role: keyof typeof PROFORMA) => PROFORMA[role].map(({ field }) => field).sort();
  expect(fields("card")).toEqual(Object.keys(CardClaims.shape).sort());
  expect(fields("psam")).toEqual(Object.keys(PsamClaims.shape).sort());
  expect(fields("reader")).toEqual(Object.keys(ReaderClaims.shape).sort());
  expect(fields("terminal")).toEqual(Object.keys(TerminalClaims.shape).sort());
});

test("what is claimed is reviewed with the others, what is not is told", () => {
  const reviewed = reviewPics("card", { ALGIEP: ["04", "05"], AMIEP: ["01"], protocols: ["T=0"], personalise: true });
  expect(reviewed?.map(({ item, claimed, ok, finding }) => [item, claimed, ok, finding])).toEqual([
    ["C.1", "04, 05", true, "answered, and agrees with the other items"],
    ["C.2", "01", true, "answered, and agrees with the other items"],
    ["C.3", "T=0", true, "answered, and agrees with the other items"],
    ["C.4", "", true, "not called for by the other items"],
    ["C.5", "", true, "not called for by the other items"],
    ["C.6", "", true, "not answered: not limited"],
    ["C.7", "", true, "not answered: taken as not limited, and all that depends on it is run"],
    ["C.8", "yes", true, "answered, and agrees with the other items"],
  ]);
});

test("claims that no device can keep together are findings, and so is what is no claim at all", () => {
  const dumb = reviewPics("terminal", { kind: "dumb", bauds: ["9600"], reversal: true });
  expect(dumb?.filter(({ ok }) => !ok)).toMatchObject([{ item: "T.4", finding: expect.stringContaining("T.1") }]);
  expect(reviewPics("reader", { slots: "many" })?.filter(({ ok }) => !ok)).toMatchObject([{ item: "R.1" }]);
  expect(reviewPics("card", null)?.every(({ ok }) => ok)).toBe(true);
  expect(reviewPics("merchant", {})).toBeUndefined();
});
