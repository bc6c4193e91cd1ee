import { expect, test } from "vitest";
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import { Window } from "./window.ts";

const note = (n: number, bench?: number): EvidenceLine => ({
  n,
  at: 1000 + n,
  ...(bench === undefined ? {} : { bench }),
  wall: "",
  event: { kind: "note", text: String(n) },
  hash: "",
});

function kept(size: number, at: number | undefined, lines: readonly EvidenceLine[]) {
  const window = new Window(size, at);
  for (const line of lines) window.take(line);
  const { exchanges, before, after } = window.end();
  return { lines: exchanges.map(({ n }) => n), times: exchanges.map(({ atMs }) => atMs), before, after };
}

const hundred = Array.from({ length: 100 }, (_, index) => note(index + 1));

test("the last entries of a case are kept, and how many there were before them", () => {
  expect(kept(3, undefined, hundred)).toMatchObject({ lines: [98, 99, 100], before: 97, after: 0 });
  expect(kept(200, undefined, hundred)).toMatchObject({ before: 0, after: 0 });
});

test("where the verdict is about a line, the entries up to it and forty after it", () => {
  expect(kept(45, 20, hundred)).toMatchObject({
    before: 15,
    after: 40,
    lines: Array.from({ length: 45 }, (_, i) => i + 16),
  });
});

test("what steers the run is no entry", () => {
  expect(kept(5, undefined, [{ ...note(1), event: { kind: "case-start" } }, note(2)])).toMatchObject({
    lines: [2],
    before: 0,
  });
});

test("an entry without a time of the bench's clock stands at that of the one before it", () => {
  expect(kept(5, undefined, [note(1), note(2, 7), note(3), note(4, 9)]).times).toEqual([7, 7, 7, 9]);
  expect(kept(5, undefined, [note(1), note(2)]).times).toEqual([1001, 1002]);
});
