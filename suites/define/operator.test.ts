/**
 * A bench with a real reader, as far as it can tell: the reader of a virtual lab, named as any reader of PC/SC is. Whoever is asked
 * moves the card with the lab's own hand.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import type { Bench } from "../../harness/bench/schema.ts";
import { systemClock } from "../../harness/core/clock.ts";
import { deadlineIn } from "../../harness/core/deadline.ts";
import { REFERENCE } from "../../harness/defects/variation.ts";
import type { EvidenceEvent, EvidenceLine } from "../../harness/evidence/event.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import type { Operator, OperatorAnswer, OperatorStep } from "../../harness/flows/operator.ts";
import { LabControl } from "../../harness/lab/control/client.ts";
import { type RunLab, takeLab } from "../../harness/lab/run-lab.ts";
import { describe } from "../../harness/protocol/messages/describe.ts";
import { openStation } from "../../harness/station/index.ts";
import { labDaemonScript } from "../../harness/station/lab-script.ts";
import { cases } from "../index.ts";
import { conductRun, exitCodeOf } from "./conduct.ts";

const SLOT = 0;
/** A card that is taken out and put back; a card that is expired. */
const CASES = ["PAY-506-01", "PAY-609-06"];

const soon = () => deadlineIn(systemClock, 30_000);
let lab: RunLab;
let control: LabControl;
let bench: Bench;

beforeAll(async () => {
  lab = await takeLab(soon(), { name: `operator-${process.pid}`, daemonScript: labDaemonScript() });
  process.env.PCSCLITE_CSOCK_NAME = lab.state.pcscSocket;
  control = await LabControl.open(lab.state.control, soon());
  const usb = loadBench("usb-example").bench;
  bench = {
    ...usb,
    card: { kind: "pcsc", reader: lab.state.readers[SLOT] ?? "" },
    psam: { kind: "sim" },
    terminals: usb.terminals.slice(0, 1),
    database: "sqlite::memory:",
    cardsAtHand: [{ kind: "expired", label: "card 7, red sticker" }],
    handMs: 20_000,
  };
}, 60_000);

afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

/** Puts cards where a prompt wants them. What was there keeps its place on the table. */
async function move({ kind, card }: OperatorStep): Promise<void> {
  if (kind === "remove" || kind === "swap") await control.pull(SLOT, soon());
  if (kind === "remove") return;
  await control.noticed(SLOT, soon());
  await control.insert(SLOT, { kind: "sim", card }, soon());
}

const never = () => new Promise<OperatorAnswer>(() => undefined);

type Act = (step: OperatorStep, signal: AbortSignal) => Promise<OperatorAnswer>;
const robot = (ask: Act): Operator => ({ name: "robot", ask });

async function run(operator: Operator | undefined, signal?: AbortSignal, ids = CASES) {
  await control.insert(SLOT, { kind: "sim", card: "specimen" }, soon());
  const dir = temporaryDirectory();
  const conducted = await conductRun({
    dir,
    run: SAMPLE_RUN,
    cases: ids.flatMap((wanted) => cases.filter(({ id }) => id === wanted)),
    station: (record, hand) =>
      openStation({ bench, iut: "card", variation: REFERENCE, operator: hand, signal }, record),
    operator,
    describe,
    clock: systemClock,
    signal,
  });
  const lines = readFileSync(join(dir, "events.jsonl"), "utf8").trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as EvidenceLine);
  const ends = conducted.outcome.cases.map(({ finished: { outcome, reason, owner } }) => ({ outcome, reason, owner }));
  return { conducted, events, ends };
}

const of = <K extends EvidenceEvent["kind"]>(lines: readonly EvidenceLine[], kind: K) =>
  lines.flatMap(({ event, caseId }) =>
    event.kind === kind ? [{ ...(event as Extract<EvidenceEvent, { kind: K }>), caseId }] : [],
  );

test("cases that need a hand pass through prompts: some are answered, some are seen", {
  timeout: 120_000,
}, async () => {
  let asked = 0;
  const operator = robot(async (step) => {
    await move(step);
    return asked++ % 2 === 0 ? "done" : await never();
  });
  const { ends, events, conducted } = await run(operator);
  expect(ends.map(({ outcome, reason }) => outcome + reason)).toEqual(["pass", "pass"]);
  expect(exitCodeOf(conducted)).toBe(0);
  const reader = bench.card.kind === "pcsc" ? bench.card.reader : "";
  expect(of(events, "prompt").map(({ caseId, step }) => [caseId, step.kind, step.text])).toEqual([
    ["PAY-506-01", "remove", `Take the card under test out of slot 1 of ${reader}`],
    ["PAY-506-01", "insert", `Put the card under test into slot 1 of ${reader}`],
    [
      "PAY-609-06",
      "swap",
      `Take the card under test out of slot 1 of ${reader} and put "card 7, red sticker" (expired) in`,
    ],
    [
      "PAY-609-06",
      "swap",
      `Take "card 7, red sticker" (expired) out of slot 1 of ${reader} and put the card under test in`,
    ],
  ]);
  const answers = of(events, "answer");
  expect(answers.map(({ by }) => by)).toEqual(["robot", "robot", "robot", "robot"]);
  expect(answers.every(({ answer }) => answer === "done" || answer === "noticed")).toBe(true);
  expect(answers[1]?.answer).toBe("noticed");
});

test("where nobody is there they are not run, and nothing waits", { timeout: 60_000 }, async () => {
  const { ends, conducted, events } = await run(undefined);
  expect(ends).toEqual([
    { outcome: "notRun", reason: "needs a hand: to take the card out and put it back", owner: "bench" },
    { outcome: "notRun", reason: "needs a hand: to put in a card of the kind expired", owner: "bench" },
  ]);
  expect(exitCodeOf(conducted)).toBe(2);
  expect(of(events, "prompt")).toEqual([]);
});

test.each<[OperatorAnswer, string]>([
  ["cannot", 'the answer was "cannot"'],
  ["late", "nobody answered within 20 s"],
])(
  "%s: the case is inconclusive for the bench's sake and says what was not done",
  { timeout: 60_000 },
  async (answer, why) => {
    const { ends, events } = await run(
      robot(async () => answer),
      undefined,
      ["PAY-506-01"],
    );
    expect(ends[0]).toMatchObject({ outcome: "inconc", owner: "bench" });
    expect(ends[0]?.reason).toMatch(
      /^what a hand was asked for was not done: "Take the card under test out of slot 1 of /,
    );
    expect(ends[0]?.reason).toContain(why);
    expect(of(events, "answer").map((each) => each.answer)).toEqual([answer]);
  },
);

test("a run that is interrupted during a prompt ends, and the prompt has no answer", { timeout: 60_000 }, async () => {
  const interrupt = new AbortController();
  const operator = robot(() => {
    interrupt.abort();
    return never();
  });
  const { ends, conducted, events } = await run(operator, interrupt.signal);
  expect(ends.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    "notRun: interrupted",
    "notRun: interrupted",
  ]);
  expect(exitCodeOf(conducted)).toBe(130);
  expect(of(events, "prompt").length).toBe(1);
  expect(of(events, "answer")).toEqual([]);
});
