import { expect, test } from "vitest";
import { consumptionOf, whyExhausting } from "./consumption.ts";
import { sampleCase } from "./testing/sample-cases.ts";

const two = [
  sampleCase("CARD-A-01", { consumes: { NTIEP: 30, value: 500 } }),
  sampleCase("CARD-B-01", { consumes: { NTIEP: 10, value: 700 } }),
];
const euro = { CURRIEP: "0978", CEXPIEP: "2" };

test("a case says itself what it uses, or was measured", () => {
  expect(consumptionOf(two[0] as (typeof two)[0])).toEqual({ NTIEP: 30, value: 500 });
  expect(consumptionOf(sampleCase("PAY-BASE-01", {}))).toEqual({ NTIEP: 1, value: 250 });
});

test("a specimen that has just enough is not refused", () => {
  expect(whyExhausting(two, { ...euro, NTIEP: "65495", BALIEP: "1200" }, undefined)).toBeUndefined();
});

test("too few numbers left are told, with the cases that take most", () => {
  const refused = whyExhausting(two, { ...euro, NTIEP: "65496", BALIEP: "1200" }, undefined);
  expect(refused).toMatchObject({
    owner: "bench",
    reason:
      "this run would use its specimen up: it needs 40 steps of its transaction number, and the card has 39 left (most is used by CARD-A-01, CARD-B-01)",
  });
});

test("too little value is told with its unit, on the card and in the PIXIT", () => {
  const poor = whyExhausting(two, { ...euro, NTIEP: "1", BALIEP: "1199" }, undefined);
  expect(poor?.reason).toContain("may use 12.00 EUR, and the card holds 11.99 EUR");
  const pixit = { format: "pursebench-pixit/1", specimen: { test: true, spendable: 1_000 } } as never;
  const limited = whyExhausting(two, { ...euro, NTIEP: "1", BALIEP: "5000" }, pixit);
  expect(limited?.reason).toContain("the PIXIT (spendable) allows 10.00 EUR");
});

test("what could not be read is not judged", () => {
  expect(whyExhausting(two, {}, undefined)).toBeUndefined();
});
