import { expect, test } from "vitest";
import { loadBench } from "../harness/bench/load.ts";
import { REFERENCE } from "../harness/defects/variation.ts";
import { describe } from "../harness/protocol/messages/describe.ts";
import { openStation } from "../harness/station/index.ts";
import { consumptionOf } from "./define/consumption.ts";
import { type Consumed, measuring } from "./define/measure-consumption.ts";
import { registerCases } from "./define/vitest.ts";
import { cases } from "./index.ts";

test("every case stands for itself", () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

/**
 * The matrices have two thousand places: among the tests every third of those outside of the pairwise selection stands for the
 * rest. `pursebench certify --bench inproc` runs all of them.
 */
const EVERY_NTH = 3;
let place = 0;
const selection = cases.filter(
  ({ cell, needs }) => cell === undefined || !needs?.exhaustive || place++ % EVERY_NTH === 0,
);

/** IDIEP of `fixtures/cards/specimen.yaml`. */
const SPECIMEN = "0000004711";
const consumed: Consumed[] = [];

if (selection.length > 0) {
  const { bench } = loadBench("inproc");
  registerCases({
    title: "the reference system conforms, in process",
    cases: selection,
    openStation: async (record) => {
      const station = await openStation({ bench, iut: "card", variation: REFERENCE }, record);
      return measuring(station, SPECIMEN, (each) => consumed.push(each));
    },
    describe,
  });
}

test("no case uses more of its specimen than it says", () => {
  const onRealBenches = new Map(cases.filter(({ needs }) => !needs?.exhaustive).map((each) => [each.id, each]));
  const over = consumed.filter(({ caseId, NTIEP, value }) => {
    const definition = onRealBenches.get(caseId);
    const said = definition && consumptionOf(definition);
    return said !== undefined && (NTIEP > said.NTIEP || value > said.value);
  });
  expect(over).toEqual([]);
  expect(consumed.length).toBeGreaterThan(selection.length / 2);
});
