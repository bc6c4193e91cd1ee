import { expect, test } from "vitest";
import { coverage, inconsistencies } from "./coverage.ts";
import { loadRequirements, type Requirement } from "./requirements.ts";
import { sampleCase } from "./testing/sample-cases.ts";

const requirement = (id: string, flow = "pay-base"): Requirement => ({
  id,
  flow,
  level: "must",
  actor: "smart card",
  step: null,
  text: "",
  source: [],
});
const basis = [requirement("R-1"), requirement("R-2"), requirement("R-3"), requirement("L-1", "load-bank")];

test("every requirement is covered, excused or uncovered", () => {
  const cases = [sampleCase("PAY-A-1", { requirements: ["R-1"] })];
  const excuses = new Map([["R-2", "nobody can see it"]]);
  expect(coverage(basis, cases, excuses, "pay-base")).toEqual({
    requirements: 3,
    covered: ["R-1"],
    notTested: [{ id: "R-2", reason: "nobody can see it" }],
    uncovered: ["R-3"],
  });
  expect(coverage(basis, cases, excuses).uncovered).toEqual(["R-3", "L-1"]);
});

test("finds ids used twice, malformed or unknown, and excuses that are none", () => {
  const cases = [
    sampleCase("PAY-A-1", { requirements: ["R-1"] }),
    sampleCase("PAY-A-1", { requirements: ["R-11"] }),
    sampleCase("pay-b", { requirements: [] }),
    sampleCase("PAY-A-2", { suite: "cable", requirements: ["R-1"] }),
  ];
  const excuses = new Map([
    ["R-1", "tested all the same"],
    ["X-9", "unknown"],
  ]);
  expect(inconsistencies(basis, cases, excuses)).toEqual([
    "case id PAY-A-1 is used twice",
    "PAY-A-1 names R-11, which does not exist (R-1 does)",
    'case id "pay-b" of the suite payment is not of the form PAY-…',
    "pay-b names no requirement",
    'case id "PAY-A-2" of the suite cable is not of the form CAB-…',
    "not-tested.yaml excuses R-1, which a case tests",
    "not-tested.yaml excuses X-9, which does not exist",
  ]);
});

test("the conformance basis can be read: 751 requirements, 96 of them of the base payment", () => {
  const requirements = loadRequirements();
  expect(requirements).toHaveLength(751);
  expect(requirements.filter((each) => each.flow === "pay-base")).toHaveLength(96);
  expect(new Set(requirements.map((each) => each.id)).size).toBe(751);
});
