import { expect, test } from "vitest";
import type { EvidenceEvent, EvidenceLine } from "../../harness/evidence/event.ts";
import { axisOf, binned, percentile, placeOn, ticksOf, timeText } from "../plot/axis.ts";
import { layOutSpreads, PLOT } from "../plot/layout.ts";
import { Times } from "./times.ts";

const ask = (command: string): EvidenceEvent => ({
  kind: "message",
  link: "235",
  from: "set-top-box",
  to: "card",
  hex: "00",
  decoded: { command },
});
const answer: EvidenceEvent = { kind: "message", link: "235", from: "card", to: "set-top-box", hex: "9000" };

function timesOf(events: readonly (readonly [atMs: number, event: EvidenceEvent])[]) {
  const times = new Times();
  for (const [index, [bench, event]] of events.entries()) {
    const line: EvidenceLine = { n: index + 1, at: 0, bench, wall: "", event, hash: "" };
    times.take(line);
  }
  return times.end().flatMap(({ commands }) => commands.map(({ name, timesMs }) => [name, [...timesMs]]));
}

test("the time of a command is that to its answer, sorted, command by command", () => {
  const events = [
    [0, ask("SELECT")],
    [5, answer],
    [10, ask("DEBIT IEP")],
    [12, answer],
    [20, ask("SELECT")],
    [21, answer],
  ] as const;
  expect(timesOf(events)).toEqual([
    ["SELECT", [1, 5]],
    ["DEBIT IEP", [2]],
  ]);
});

test("what the bench disturbed, what is never answered and what others overlap is no time of a device", () => {
  const fault: EvidenceEvent = { kind: "fault", link: "235", what: "delayed" };
  expect(
    timesOf([
      [0, ask("A")],
      [1, fault],
      [9, answer],
    ]),
  ).toEqual([]);
  expect(
    timesOf([
      [0, ask("A")],
      [1, { kind: "case-start" }],
      [9, answer],
    ]),
  ).toEqual([]);
  expect(
    timesOf([
      [0, ask("A")],
      [1, ask("B")],
      [2, answer],
      [3, answer],
    ]),
  ).toEqual([]);
  expect(
    timesOf([
      [0, ask("A")],
      [1, ask("B")],
      [2, answer],
      [3, ask("C")],
      [7, answer],
    ]),
  ).toEqual([["C", [4]]]);
});

test("a device that calls itself something else each time fills no memory with names", () => {
  const events = Array.from({ length: 200 }, (_, index) => [
    [index * 2, ask(`X${index}`)] as const,
    [index * 2 + 1, answer] as const,
  ]).flat();
  expect(timesOf(events)).toHaveLength(61);
});

test("percentiles are nearest ranks", () => {
  const sorted = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  expect([50, 95, 99, 100].map((share) => percentile(sorted, share))).toEqual([50, 95, 99, 100]);
  expect(percentile(Float64Array.of(7), 50)).toBe(7);
  expect(percentile(new Float64Array(), 50)).toBe(0);
});

test("the axis is logarithmic, from the least to the greatest time", () => {
  const axis = axisOf([
    { minMs: 1, maxMs: 10 },
    { minMs: 0.1, maxMs: 5 },
  ]);
  expect(axis).toEqual({ leastMs: 0.1, mostMs: 10 });
  expect([0.1, 1, 10, 1000].map((ms) => placeOn(axis, ms))).toEqual([0, 0.5, 1, 1]);
  expect(binned(Float64Array.of(0.1, 0.11, 1, 10), axis, 4)).toEqual([2, 0, 1, 1]);
  expect(ticksOf(axis)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
  expect(placeOn(axisOf([{ minMs: 0, maxMs: 0 }]), 0)).toBe(0.5);
  expect([0, 0.0042, 1.234567, 999, 2500].map(timeText)).toEqual(["0", "4.2 µs", "1.23 ms", "999 ms", "2.5 s"]);
});

test("a row of a plot has its marks in order and its bars within the picture", () => {
  const spread = { name: "A", count: 3, minMs: 1, medianMs: 2, p95Ms: 4, p99Ms: 8, maxMs: 10, bins: [0, 3, 1] };
  const { rows, width } = layOutSpreads([spread]);
  const [row] = rows;
  expect(row?.bars.map(({ height }) => height)).toEqual([PLOT.bar, PLOT.bar / 3]);
  expect(row && row.median < row.p95 && row.p95 < row.p99 && row.p99 < width).toBe(true);
});
