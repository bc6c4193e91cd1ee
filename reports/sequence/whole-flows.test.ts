import { expect, test } from "vitest";
import type { EvidenceEvent, EvidenceLine } from "../../harness/evidence/event.ts";
import { WholeFlows } from "./whole-flows.ts";

function told(cases: Readonly<Record<string, readonly string[]>>) {
  const flows = new WholeFlows();
  let n = 0;
  const take = (id: string, event: EvidenceEvent) => {
    const line: EvidenceLine = { n: ++n, at: n, wall: "", caseId: id, event, hash: "" };
    flows.take(id, line);
  };
  for (const [id, steps] of Object.entries(cases)) {
    take(id, { kind: "case-start" });
    for (const step of steps) {
      take(id, { kind: "message", link: "cable", from: "set-top-box", to: "head-end", step, hex: "00" });
    }
    take(id, { kind: "case-end", durationMs: 1, outcome: "pass", reason: "", owner: "card" });
  }
  return flows.found().map(({ title, transaction }) => [title, transaction.caseId, transaction.exchanges.length]);
}

test("of each flow the transaction with the most different steps is kept, the shortest of those, the first of those", () => {
  const found = told({
    SHORT: ["602", "641"],
    LONG: ["602", "607", "607", "641"],
    BEST: ["602", "607", "641"],
    SAME: ["602", "607", "641"],
    BROKEN: ["602", "607", "612", "617"],
    LOAD: ["871", "641"],
  });
  expect(found).toEqual([
    ["purchase", "BEST", 3],
    ["load from a pre-funded account", "LOAD", 2],
  ]);
});

test("a case of too many entries is no picture", () => {
  expect(told({ A: ["602", ...Array.from({ length: 700 }, () => "607"), "641"] })).toEqual([]);
});
