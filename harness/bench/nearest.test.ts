import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

test.each([
  ["kitten", "sitting", 3], // the textbook example of Levenshtein distance
  ["", "abc", 3],
  ["card", "card", 0],
  ["crad", "card", 1], // neighbours swapped (Damerau)
])("from %s to %s it is %i edits", (left, right, expected) => {
  expect(editDistance(left, right)).toBe(expected);
});

test("finds the name that was meant and none for something else", () => {
  expect(nearest("certfy", ["cases", "certify", "coverage"])).toBe("certify");
  expect(nearest("xyzzyplugh", ["cases", "certify"])).toBeUndefined();
});

test("distance is symmetric and zero only for equal words", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, right) === 0).toBe(left === right);
    }),
  );
});
