import { expect, test } from "vitest";
import { sampleCase } from "../../suites/define/testing/sample-cases.ts";
import { selectCases } from "./selection.ts";

const CASES = [
  sampleCase("PAY-A-1"),
  sampleCase("ENC-A-1", { suite: "encryption", owner: "server" }),
  sampleCase("CAB-A-1", { suite: "cable" }),
];

test("several suites are selected together, in the order of the cases", () => {
  const ids = (...suites: string[]) => selectCases(CASES, { suites }).map(({ id }) => id);
  expect(ids()).toEqual(["PAY-A-1", "ENC-A-1", "CAB-A-1"]);
  expect(ids("cable", "encryption")).toEqual(["ENC-A-1", "CAB-A-1"]);
});

test("the cable provider's payment server is a server as others are", () => {
  expect(selectCases(CASES, { iut: "head-end-payment-server" }).map(({ id }) => id)).toEqual(["ENC-A-1"]);
});
