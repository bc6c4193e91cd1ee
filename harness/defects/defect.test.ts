import { expect, test } from "vitest";
import { isMeant } from "./defect.ts";

test("an id means itself and nothing else", () => {
  expect(isMeant("ENC-802-A", "ENC-802-A")).toBe(true);
  expect(isMeant("ENC-802-A", "ENC-802-A-FIG4")).toBe(false);
  expect(isMeant("ENC.802", "ENC-802")).toBe(false);
});

test("a star stands for anything, a dot only for itself", () => {
  expect(isMeant("ENC-802-*-AES", "ENC-802-FIG4-AES")).toBe(true);
  expect(isMeant("ENC-802-*-AES", "ENC-802-FIG4-3DES")).toBe(false);
  expect(isMeant("ENC-802-*", "PAY-ENC-802-A")).toBe(false);
  expect(isMeant("E.C-*", "ENC-802")).toBe(false);
});
