import { expect, test } from "vitest";
import { sampleCase } from "../../suites/define/testing/sample-cases.ts";
import { ownerOf, parseRole, selectCases } from "./selection.ts";

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

test.each(["bank-server", "load-server", "hsm", "concentration-point", "clearing-system"])(
  "%s can be under test, and its failures are a server's",
  (name) => {
    expect(ownerOf(parseRole(name))).toBe("server");
  },
);

test("a suite that does not exist is told with the nearest one and all there are", () => {
  expect(() => selectCases(CASES, { suites: ["load-negativ"] })).toThrow(
    expect.objectContaining({
      message: 'no suite "load-negativ", did you mean "load-negative"?',
      mend: "there is: card, psam, reader, terminal, payment, encryption, cable, load, load-negative, clearing, tearing",
    }),
  );
});
