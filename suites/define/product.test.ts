import { expect, test } from "vitest";
import { type Combination, casesOf, pairwise, product } from "./product.ts";
import { sampleCase } from "./testing/sample-cases.ts";

const SALES = {
  comparison: ["psam", "payment-server", "head-end", "merchant"],
  encryption: [undefined, "AES-128-GCM", "3DES-CBC-MAC"],
  kind: ["internet", "cable"],
  card: [{ id: "des" }, { id: "aes" }, { id: "rsa" }],
  fault: ["lost", "twice", "late", "altered", "link lost", "restart"],
} as const;

/** Every pair of values of two dimensions, as text. */
function pairs(combinations: readonly Combination[]): Set<string> {
  const found = new Set<string>();
  for (const each of combinations) {
    const entries = Object.entries(each);
    for (const [index, first] of entries.entries()) {
      for (const second of entries.slice(index + 1)) found.add(JSON.stringify([first, second]));
    }
  }
  return found;
}

test("a product has every combination once, the last dimension changing fastest", () => {
  expect(product({ a: [1, 2], b: ["x", "y"] })).toEqual([
    { a: 1, b: "x" },
    { a: 1, b: "y" },
    { a: 2, b: "x" },
    { a: 2, b: "y" },
  ]);
  expect(product(SALES)).toHaveLength(4 * 3 * 2 * 3 * 6);
});

test("a pairwise selection has each pair of values and is little larger than its two longest dimensions", () => {
  const all = product(SALES);
  const few = pairwise(all);
  expect(pairs(few)).toEqual(pairs(all));
  expect(few.length).toBeGreaterThanOrEqual(4 * 6);
  expect(few.length).toBeLessThanOrEqual(28);
  expect(pairwise(all)).toEqual(few);
});

test("what cannot be is not selected, and everything else still meets", () => {
  const possible = product(SALES).filter(({ kind, comparison }) => kind === "internet" || comparison !== "merchant");
  const few = pairwise(possible);
  expect(pairs(few)).toEqual(pairs(possible));
  expect(few.every((each) => possible.includes(each))).toBe(true);
});

test("of a single dimension every value is selected", () => {
  expect(pairwise(product({ a: [1, 2, 3] }))).toHaveLength(3);
});

test("cases of a product are named by their values; those outside of the selection need time that costs nothing", () => {
  const combinations = product({
    encryption: [undefined, "3DES-CBC-MAC"],
    direct: [true, false],
    at: [{ id: "236 result" }, { id: "235" }],
  });
  const cases = casesOf("PAY-FAULT", combinations, (_, id) => sampleCase(id, { needs: { keys: true } }));
  expect(cases.map(({ id, needs }) => [id, needs])).toEqual([
    ["PAY-FAULT-NONE-YES-236-RESULT", { keys: true }],
    ["PAY-FAULT-NONE-YES-235", { keys: true, exhaustive: true }],
    ["PAY-FAULT-NONE-NO-236-RESULT", { keys: true, exhaustive: true }],
    ["PAY-FAULT-NONE-NO-235", { keys: true }],
    ["PAY-FAULT-3DES-CBC-MAC-YES-236-RESULT", { keys: true, exhaustive: true }],
    ["PAY-FAULT-3DES-CBC-MAC-YES-235", { keys: true }],
    ["PAY-FAULT-3DES-CBC-MAC-NO-236-RESULT", { keys: true }],
    ["PAY-FAULT-3DES-CBC-MAC-NO-235", { keys: true, exhaustive: true }],
  ]);
});
