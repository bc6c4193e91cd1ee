import { expect, test } from "vitest";
import { loadBench } from "../harness/bench/load.ts";
import { REFERENCE } from "../harness/defects/variation.ts";
import { describe } from "../harness/protocol/messages/describe.ts";
import { openStation } from "../harness/station/index.ts";
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

if (selection.length > 0) {
  const { bench } = loadBench("inproc");
  registerCases({
    title: "the reference system conforms, in process",
    cases: selection,
    openStation: (record) => openStation({ bench, iut: "card", variation: REFERENCE }, record),
    describe,
  });
}
