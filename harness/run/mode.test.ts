import { expect, test } from "vitest";
import { modeOf } from "./mode.ts";

const CARD = { role: "card" } as const;

test.each([
  ["nothing", {}, undefined, "engineering"],
  ["a PICS", {}, CARD, "certification"],
  ["a PICS and its own role", { iut: "card" }, CARD, "certification"],
  ["a PICS and another role", { iut: "psam" }, CARD, "engineering"],
  ["a PICS and a suite", { suites: ["card"] }, CARD, "engineering"],
  ["a PICS and a case", { cases: ["CARD-ATR-01"] }, CARD, "engineering"],
  ["a PICS, for engineering", { mode: "engineering" }, CARD, "engineering"],
  ["a PICS, for certification", { mode: "certification" }, CARD, "certification"],
] as const)("%s: %j", (_, request, pics, mode) => {
  expect(modeOf(request, pics)).toBe(mode);
});

test.each([
  [{}, undefined, "--mode certification without --pics"],
  [{ suites: ["card"] }, CARD, "--suite with --mode certification"],
  [{ cases: ["CARD-ATR-01"] }, CARD, "--case with --mode certification"],
  [{ iut: "psam" }, CARD, "--iut psam (the PICS is of a card) with --mode certification"],
] as const)("certification with %j is refused", (request, pics, words) => {
  const wrong = () => modeOf({ ...request, mode: "certification" }, pics);
  expect(wrong).toThrow(words);
  expect(wrong).toThrow(expect.objectContaining({ code: "USAGE" }));
});
