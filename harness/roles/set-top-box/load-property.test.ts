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
const strays = fc.array(fc.tuple(fc.nat(5), fc.nat(SAID.length - 1)), { maxLength: 4 });
/** What the card does with its nth command: honest, mute, garbled, refused, executed without an answer. */
const tricks = fc.array(fc.constantFrom("honest", "honest", "honest", "mute", "6F00", "9302", "lost"), {
  maxLength: 12,
});

describe("whatever head end and card do", () => {
  it("the card is credited once at most, with the user's amount, and only read before he gave it", async () => {
    await fc.assert(
      fc.asyncProperty(strays, tricks, async (mixed, plays) => {
        const card = new LoadCard();
        const given: number[] = [];
        let isAsked = false;
        card.trick = (command, honest) => {
          const INS = toHex(command.subarray(1, 2));
          if (!isAsked) expect(READING).toContain(INS);
          const play = plays[card.commands.length - 1] ?? "honest";
          if (play === "mute") return null;
          if (play.length === 4 && play !== "lost") return fromHex(play);
          const answer = honest();
          if (INS === "52") given.push(Number.parseInt(toHex(command.subarray(5, 9)), 16));
          return play === "lost" ? null : answer;
        };
        const { box } = bench((far) => saying(far, scripted(mixed)), card);
        const enter = () => {
          isAsked = true;
          return 2_500;
        };
        const result = await box.load({ ...ORDER_25, enter });
        expect([[], [2_500]]).toContainEqual(given);
        expect([10_000, 12_500]).toContain(card.balance);
        expect(card.count("52")).toBeLessThanOrEqual(1);
        if (result.CC === "0000") expect(card.balance).toBe(12_500);
        const isLost = card.balance === 12_500 && result.CC !== "0000";
        if (isLost) expect(box.pending()).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});
