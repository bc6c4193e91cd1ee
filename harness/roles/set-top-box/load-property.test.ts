import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { bench, type Far, IDTRX, PAGE } from "./test-bench.ts";
import {
  A2,
  A6,
  A9,
  ended,
  LOAD_PAGE,
  LOADED,
  LoadCard,
  loadData,
  loadInit,
  ORDER_25,
  ZERO,
} from "./testing/load-script.ts";

/** What a head end may say, in any order: the right thing, the right thing altered, and what belongs elsewhere. */
const SAID: readonly Message[] = [
  A2,
  LOAD_PAGE,
  A6,
  ZERO,
  A9,
  LOADED,
  ended("0000"),
  ended("A01A"),
  ended("A023"),
  PAGE,
  { ...A6, LOADINIT: loadInit({ MLDA: 9_900 }) },
  { ...A6, LOADINIT: loadInit({ MLDA: 0, IDTRX }) },
  { ...A9, LOADDATA: loadData({ MLDA: 9_900 }) },
  { ...A9, IDTRX },
];

/** The course of an honest load, with whatever `strays` says put in before its turns. */
type Strays = readonly (readonly [number, number])[];

const HONEST: readonly Message[] = [A2, LOAD_PAGE, A6, A9, LOADED];

function scripted(strays: Strays): readonly Message[] {
  return HONEST.flatMap((turn, at) => {
    const before = strays.filter(([when]) => when === at).map(([, which]) => SAID[which] ?? turn);
    return [...before, turn];
  });
}

async function saying(far: Far, messages: readonly Message[]): Promise<void> {
  await far.hear();
  for (const message of messages) {
    await far.say(message);
    if (message.kind !== "user-message" && (await far.hear()) === null) return;
  }
}

const READING = new Set(["A4", "5A", "5C", "B2"]);
/** Half of them after the command was given, where most is at stake. */
const when = fc.constantFrom(0, 1, 2, 3, 4, 4, 4, 4);
const strays = fc.array(fc.tuple(when, fc.nat(SAID.length - 1)), { maxLength: 5 });
/** What the card does with a command: honest, mute, garbled, refused, executed without an answer. */
const play = fc.constantFrom("honest", "mute", "6F00", "9302", "lost");
/** CREDIT IEP gets a play of its own; the others are mostly honest. */
const plays = fc.record({
  credit: play,
  others: fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant("honest") }, { weight: 1, arbitrary: play }), {
    maxLength: 12,
  }),
});

describe("whatever head end and card do", () => {
  it("the card is credited once at most, with the user's amount, and only read before he gave it", async () => {
    await fc.assert(
      fc.asyncProperty(strays, plays, async (mixed, { credit, others }) => {
        const card = new LoadCard();
        const given: number[] = [];
        let isAsked = false;
        card.trick = (command, honest) => {
          const INS = toHex(command.subarray(1, 2));
          if (!isAsked) expect(READING).toContain(INS);
          if (INS === "52") given.push(Number.parseInt(toHex(command.subarray(5, 9)), 16));
          const how = INS === "52" ? credit : (others[card.commands.length - 1] ?? "honest");
          if (how === "mute") return null;
          if (how !== "honest" && how !== "lost") return fromHex(how);
          const answer = honest();
          return how === "lost" ? null : answer;
        };
        const { box } = bench((far) => saying(far, scripted(mixed)), card);
        const enter = () => {
          isAsked = true;
          return 2_500;
        };
        const result = await box.load({ ...ORDER_25, enter });
        expect([[], [2_500]]).toContainEqual(given);
        expect([10_000, 12_500]).toContain(card.balance);
        if (result.CC === "0000") expect(card.balance).toBe(12_500);
        const isLost = card.balance === 12_500 && result.CC !== "0000";
        if (isLost) expect(box.pending()).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});
