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

if (cases.length > 0) {
  const { bench } = loadBench("inproc");
  registerCases({
    title: "the reference system conforms, in process",
    cases,
    openStation: (record) => openStation({ bench, iut: "card", variation: REFERENCE }, record),
    describe,
  });
}
