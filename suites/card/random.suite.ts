/** R (`card-edge.md` 5.2): fresh each time. The bounds are such that a card that draws at random fails once in a hundred million runs. */
import { bytesToUint } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { initializeLoad } from "./support/purse.ts";
import { ANY_LOADINIT } from "./support/states.ts";
import { select, type Talk, talkTo } from "./support/talk.ts";

const about = { requirement: "CARD-0031-i" };
const DRAWN = 500;
/** Standard deviations: two-sided 4e-11 a bit, 3e-9 for all that are looked at. */
const SIGMAS = 6.6;

/** R of so many INITIALIZE IEP, for purchase and for load in turn. */
async function draw(talk: Talk, count: number): Promise<readonly number[]> {
  const drawn: number[] = [];
  for (let number = 0; number < count; number++) {
    const { data } = await talk.ask(number % 2 === 0 ? "905001001B" : initializeLoad(ANY_LOADINIT));
    drawn.push(bytesToUint(data.subarray(23, 27)));
  }
  return drawn;
}

/** Of `numbers`, how many have each of the 32 bits. */
function onesByBit(numbers: readonly number[]): readonly number[] {
  return Array.from({ length: 32 }, (_, bit) => numbers.filter((each) => ((each >>> bit) & 1) === 1).length);
}

function expectBalanced(t: DeviceContext, what: string, numbers: readonly number[]): void {
  const [mean, most] = [numbers.length / 2, (SIGMAS * Math.sqrt(numbers.length)) / 2];
  const odd = onesByBit(numbers).flatMap((ones, bit) =>
    Math.abs(ones - mean) > most ? [`bit ${bit} is set in ${ones} of ${numbers.length}`] : [],
  );
  t.expect.equal(`${what}: bits further than ${SIGMAS} standard deviations from the half`, odd, [], about);
}

/** At most one value twice: more has a chance of less than 1e-8 among 500 of 2^32. */
function expectDifferent(t: DeviceContext, what: string, numbers: readonly number[]): void {
  const repeated = numbers.length - new Set(numbers).size;
  t.expect.that(repeated <= 1, `${what}: at most one of ${numbers.length} comes again`, { ...about, actual: repeated });
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-RND-01",
    suite: "card",
    purpose: `${DRAWN} challenges: none comes again, every bit is set in half of them, and differs from the one before in half of them`,
    requirements: ["CARD-0031-i"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      await select(talk, about);
      const drawn = await draw(talk, DRAWN);
      expectDifferent(t, "challenges", drawn);
      expectBalanced(t, "challenges", drawn);
      const changes = drawn.slice(1).map((each, at) => (each ^ (drawn[at] ?? 0)) >>> 0);
      expectBalanced(t, "changes from one challenge to the next", changes);
      const steps = drawn.slice(1).map((each, at) => (each - (drawn[at] ?? 0)) >>> 0);
      expectDifferent(t, "steps from one challenge to the next", steps);
      t.note("chance that a card that draws at random fails here: below 1e-8");
    },
  }),
  defineDeviceCase({
    id: "CARD-RND-02",
    suite: "card",
    purpose: "The first challenges after a hundred resets, warm and cold, are as different as any",
    requirements: ["CARD-0031-i"],
    owner: "card",
    async run(t) {
      const talk = await talkTo(t);
      const drawn: number[] = [];
      for (let round = 0; round < 100; round++) {
        await talk.card.reset(round % 2 === 0 ? "warm" : "cold");
        await select(talk, about);
        drawn.push(...(await draw(talk, 2)));
      }
      expectDifferent(t, "challenges after resets", drawn);
      const firsts = drawn.filter((_, at) => at % 2 === 0);
      expectDifferent(t, "first challenges after resets", firsts);
      expectBalanced(t, "first challenges after resets", firsts);
    },
  }),
];
