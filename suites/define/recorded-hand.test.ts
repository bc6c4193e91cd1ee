import { expect, test } from "vitest";
import { VirtualClock } from "../../harness/core/clock.ts";
import type { EvidenceEvent } from "../../harness/evidence/event.ts";
import type { Operator, OperatorStep } from "../../harness/flows/operator.ts";
import { recordedHand } from "./recorded-hand.ts";

const STEP: OperatorStep = { kind: "remove", text: "Take the card out", place: "slot 1", withinMs: 60_000 };

function bench(ask: Operator["ask"]) {
  const clock = new VirtualClock(new Date(0));
  const written: EvidenceEvent[] = [];
  const hand = recordedHand({ name: "robot", ask }, { write: (event) => written.push(event) }, clock);
  return { clock, written, hand };
}

test("prompt and answer are in the evidence, and who answered after how long", async () => {
  const { hand, written, clock } = bench(async () => {
    await clock.timer(1_234).elapsed;
    return "cannot";
  });
  expect(await hand.operator.ask(STEP, new AbortController().signal)).toBe("cannot");
  expect(written).toEqual([
    { kind: "prompt", step: STEP },
    { kind: "answer", to: 1, answer: "cannot", by: "robot", afterMs: 1_234 },
  ]);
});

test.each(["noticed", "late"] as const)("a prompt that is taken away as %s is answered by that", async (why) => {
  const { hand, written } = bench(() => new Promise(() => undefined));
  const over = new AbortController();
  const asked = hand.operator.ask(STEP, over.signal);
  over.abort(why);
  expect(await asked).toBe(why);
  expect(written[1]).toMatchObject({ kind: "answer", answer: why });
});

test("a prompt of a run that is interrupted has no answer", async () => {
  const { hand, written } = bench(() => new Promise(() => undefined));
  const over = new AbortController();
  const asked = hand.operator.ask(STEP, over.signal);
  over.abort("interrupted");
  await asked;
  expect(written).toEqual([{ kind: "prompt", step: STEP }]);
});

test("timers stand still while somebody is asked", async () => {
  const { hand, clock } = bench(async () => {
    await clock.timer(90_000).elapsed;
    return "done";
  });
  const timer = hand.clock.timer(60_000);
  await clock.timer(20_000).elapsed;
  await hand.operator.ask(STEP, new AbortController().signal);
  expect(clock.monotonicMs()).toBe(110_000);
  await timer.elapsed;
  expect(clock.monotonicMs()).toBe(150_000);
});

test("a timer that is taken back never ends, also while somebody is asked", async () => {
  const { hand, clock } = bench(async () => {
    await clock.timer(90_000).elapsed;
    return "done";
  });
  const ended: string[] = [];
  const timer = hand.clock.timer(60_000);
  void timer.elapsed.then(() => ended.push("taken back"));
  const asked = hand.operator.ask(STEP, new AbortController().signal);
  await clock.timer(70_000).elapsed;
  timer.cancel();
  await asked;
  await clock.timer(500_000).elapsed;
  expect(ended).toEqual([]);
});
