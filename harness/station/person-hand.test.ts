import { expect, test } from "vitest";
import type { Bench } from "../bench/schema.ts";
import { systemClock } from "../core/clock.ts";
import { systemRandom } from "../core/random.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { type VirtualReader, virtualReader } from "../device/virtual/virtual-reader.ts";
import type { AskOver, Operator, OperatorAnswer, OperatorStep } from "../flows/operator.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";
import { OperatorDesk } from "./operator-desk.ts";
import { PersonHand } from "./person-hand.ts";

const CARDS_AT_HAND: Bench["cardsAtHand"] = [{ kind: "expired", label: "card 7, red sticker" }];

type Act = (step: OperatorStep, signal: AbortSignal) => Promise<OperatorAnswer> | OperatorAnswer;

/** Does what is written for each step in turn, and keeps what was asked and why prompts were taken away. */
class Script implements Operator {
  readonly name = "robot";
  readonly asked: OperatorStep[] = [];
  readonly over: AskOver[] = [];
  readonly #acts: Act[];

  constructor(...acts: Act[]) {
    this.#acts = acts;
  }

  async ask(step: OperatorStep, signal: AbortSignal): Promise<OperatorAnswer> {
    this.asked.push(step);
    signal.addEventListener("abort", () => this.over.push(signal.reason));
    return (await this.#acts.shift()?.(step, signal)) ?? "cannot";
  }

  get texts(): readonly string[] {
    return this.asked.map(({ text }) => text);
  }
}

const never = () => new Promise<OperatorAnswer>(() => undefined);
const card = (kind: "specimen" | "second" | "expired") =>
  simulatedCard(kind, { keys: testKeys(), random: systemRandom });

interface Table {
  readonly reader: VirtualReader;
  readonly specimen: VirtualCard;
  readonly hand: PersonHand;
  readonly script: Script;
}

async function table(
  acts: (reader: VirtualReader, specimen: VirtualCard) => Act[],
  parts: { withinMs?: number; signal?: AbortSignal } = {},
): Promise<Table> {
  const reader = virtualReader({ name: "ACS" });
  const specimen = card("specimen");
  reader.insert(specimen);
  const script = new Script(...acts(reader, specimen));
  const { withinMs = 2_000, signal } = parts;
  const desk = new OperatorDesk({ operator: script, clock: systemClock, withinMs, signal });
  const hand = new PersonHand({ reader, desk, cardsAtHand: CARDS_AT_HAND, clock: systemClock });
  await hand.begin();
  return { reader, specimen, hand, script };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: { code: string; owner: string; message: string }) => thrown,
  );

test("nobody is asked for a card that is there", async () => {
  const { hand, script } = await table(() => []);
  await hand.restore();
  expect(script.asked).toEqual([]);
});

test("take it out, put another in: the reader notices, and the prompt is taken away", async () => {
  const { hand, script } = await table((reader) => [
    () => {
      reader.remove();
      return never();
    },
    () => {
      reader.insert(card("expired"));
      return never();
    },
  ]);
  await hand.remove();
  await hand.insert("expired");
  expect(script.asked).toEqual([
    { kind: "remove", text: "Take the card under test out of slot 1 of ACS", place: "slot 1", withinMs: 2_000 },
    {
      kind: "insert",
      text: 'Put "card 7, red sticker" (expired) into slot 1 of ACS',
      place: "slot 1",
      card: "expired",
      withinMs: 2_000,
    },
  ]);
  expect(script.over).toEqual(["noticed", "noticed"]);
});

test("a swap is one step, and is done only when a card has gone and one has come", async () => {
  const { hand, script, reader } = await table((reader) => [
    () => {
      reader.remove();
      reader.insert(card("expired"));
      return never();
    },
  ]);
  await hand.insert("expired");
  expect(script.texts).toEqual([
    'Take the card under test out of slot 1 of ACS and put "card 7, red sticker" (expired) in',
  ]);
  expect(reader.isCardPresent()).toBe(true);
});

test("the card under test is asked for until it is that one, and is known when somebody puts it back unasked", async () => {
  const { hand, script, reader, specimen } = await table((reader, specimen) => [
    () => {
      reader.remove();
      return "done";
    },
    () => {
      reader.insert(card("second"));
      return "done";
    },
    () => {
      reader.remove();
      reader.insert(specimen);
      return "done";
    },
  ]);
  await hand.remove();
  await hand.restore();
  expect(script.texts.slice(1)).toEqual([
    "Put the card under test into slot 1 of ACS",
    "That is another card. Take the card out of slot 1 of ACS and put the card under test in",
  ]);
  reader.remove();
  reader.insert(specimen);
  await hand.restore();
  expect(script.asked.length).toBe(3);
});

test.each<[string, Act, number, string]>([
  ["cannot", () => "cannot", 2_000, 'the answer was "cannot"'],
  ["late", () => "late", 2_000, "nobody answered within 2 s"],
])("%s: what was not done is told, and it is the bench's", async (_, act, withinMs, why) => {
  const { hand } = await table(() => [act], { withinMs });
  expect(await failure(hand.remove())).toMatchObject({
    code: "DEVICE_ABSENT",
    owner: "bench",
    message: `what a hand was asked for was not done: "Take the card under test out of slot 1 of ACS": ${why}`,
  });
});

test("an operator that does not keep the time is given up", async () => {
  const { hand, script } = await table(() => [never], { withinMs: 20 });
  expect((await failure(hand.remove()))?.message).toContain("nobody answered within 0.02 s");
  expect(script.over).toEqual(["late"]);
});

test("who does not answer three times in a row is not asked a fourth time, until somebody is at the reader", async () => {
  const { hand, script, reader, specimen } = await table(() => [
    () => "late",
    () => "late",
    () => "late",
    () => "cannot",
  ]);
  for (let n = 0; n < 4; n++) await failure(hand.remove());
  expect(script.asked.length).toBe(3);
  expect((await failure(hand.remove()))?.message).toContain("nobody has answered the last 3 times");
  reader.remove();
  reader.insert(specimen);
  await failure(hand.remove());
  expect(script.asked.length).toBe(4);
});

test("a run that is interrupted waits for nobody", async () => {
  const run = new AbortController();
  const { hand, script } = await table(
    () => [
      () => {
        run.abort();
        return never();
      },
    ],
    { signal: run.signal },
  );
  expect(await failure(hand.remove())).toMatchObject({ code: "DEVICE_LOST" });
  expect(script.over).toEqual(["interrupted"]);
});

test("for the reader under test the person's word counts", async () => {
  const { hand, reader } = await table(() => [() => "done", () => "done"]);
  await hand.removePlain();
  expect(reader.isCardPresent()).toBe(true);
  await hand.insertPlain({ kind: "exerciser" });
});
