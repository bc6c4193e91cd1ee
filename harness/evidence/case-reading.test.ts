import { expect, test } from "vitest";
import { CaseReading } from "./case-reading.ts";
import type { CaseHeader, EvidenceEvent } from "./event.ts";

const HEADER: CaseHeader = { id: "A-1", suite: "payment", purpose: "P", requirements: [], owner: "card" };

type Outcome = Extract<EvidenceEvent, { kind: "case-end" }>["outcome"];

const start = { kind: "case-start" } as const;
const end = (outcome: Outcome, reason = "") =>
  ({ kind: "case-end", outcome, reason, owner: "card", durationMs: 7 }) as const;
const wrong = { kind: "check", ok: false, what: "BALIEP", expected: ["7"], actual: "5", at: 3 } as const;
const BROKE_OFF = "broke off";

function read(...events: (EvidenceEvent | typeof BROKE_OFF)[]) {
  const reading = new CaseReading(HEADER);
  let n = 10;
  for (const event of events) {
    n++;
    if (event === BROKE_OFF) reading.breakOff();
    else reading.take({ n, at: n * 10, wall: "", caseId: HEADER.id, event, hash: "" });
  }
  return reading;
}

test("a case that was run once has no list of attempts", () => {
  const result = read(start, end("pass")).result("never");
  expect(result).toMatchObject({ verdict: "pass", durationMs: 7, events: { from: 11, to: 12 } });
  expect(result).not.toHaveProperty("attempts");
});

test("the attempt that decides gives reason and lines; all are listed", () => {
  const result = read(start, end("fail", "once"), start, end("pass")).result("never");
  expect(result).toMatchObject({ verdict: "fail", reason: "once", events: { from: 11, to: 12 } });
  expect(result.attempts).toEqual([
    { verdict: "fail", reason: "once", durationMs: 7, events: { from: 11, to: 12 } },
    { verdict: "pass", reason: "", durationMs: 7, events: { from: 13, to: 14 } },
  ]);
});

test("what broke off is no verdict, and the next attempt decides", () => {
  const reading = read(start, BROKE_OFF, start, end("pass"));
  expect(reading.isUnderWay).toBe(false);
  expect(reading.result("never")).toMatchObject({
    verdict: "pass",
    attempts: [{ verdict: "notRun", reason: "the run broke off" }, { verdict: "pass" }],
  });
});

test("an expectation that did not hold before a run broke off stays a fail", () => {
  expect(read(start, wrong, BROKE_OFF, start, end("pass")).result("never")).toMatchObject({
    verdict: "fail",
    reason: "BALIEP: expected 7, found 5",
    owner: "card",
    at: 3,
    attempts: [{ verdict: "fail", reason: "it failed, and then the run broke off" }, { verdict: "pass" }],
  });
});

test("what never went on is an error of the bench; what failed before, a fail", () => {
  const reading = read(start);
  expect(reading.isUnderWay).toBe(true);
  expect(reading.result("never")).toMatchObject({ verdict: "error", reason: "the run broke off during this case" });
  expect(read(start, wrong).result("never").verdict).toBe("fail");
});

test("a line that says why it was not run is no attempt", () => {
  const result = read(end("notRun", "interrupted"), start, end("pass")).result("never");
  expect(result).toMatchObject({ verdict: "pass", events: { from: 12, to: 13 } });
  expect(result).not.toHaveProperty("attempts");
  expect(read().result("never")).toMatchObject({ verdict: "notRun", reason: "never" });
});

test("a waiver stands beside a fail and nowhere else", () => {
  const waiver = { case: "A-1", product: "x", version: "1", reason: "r", approver: "a", expires: "2026-12-31" };
  const event = { kind: "waiver", ...waiver } as const;
  expect(read(start, end("fail"), event).result("never")).toMatchObject({ verdict: "fail", waiver });
  expect(read(start, end("pass"), event).result("never")).not.toHaveProperty("waiver");
});
