/** The order of commands (`psam-edge.md` 2), against an oracle of the table of states. */
import type { Case } from "../define/case.ts";
import { psamCase } from "./support/psam-case.ts";
import { ALL_MOVES, due, PLACES, TELLING } from "./support/walk.ts";
import { Walker } from "./support/walker.ts";

const requirements = ["PSAM-0059-a"];

/** Moves in an order that is the same each time and has no pattern: a linear congruence over whole numbers of 31 bits. */
function* chances(seed: number): Generator<number> {
  let value = seed;
  for (;;) {
    value = (value * 1_103_515_245 + 12_345) % 0x8000_0000;
    yield value >>> 8;
  }
}

export const cases: readonly Case[] = [
  ...PLACES.map((place, index) =>
    psamCase({
      id: `PSAM-ORD-0${index + 1}`,
      purpose: `In ${place} every command is answered as the table of states says, and so is what follows it`,
      requirements,
      consumes: { NTPSAM: place.includes("debit") ? 240 : 20 },
      async run(_, psam) {
        const walker = new Walker(psam);
        for (const first of ALL_MOVES) {
          for (const second of TELLING) {
            await walker.reach(place);
            await walker.move(first);
            await walker.move(second);
          }
        }
        await walker.reach("idle");
      },
    }),
  ),
  psamCase({
    id: "PSAM-ORD-09",
    purpose: "Every pair of commands after every other: a walk of three thousand commands keeps to the table of states",
    requirements,
    consumes: { NTPSAM: 300 },
    timeoutMs: 120_000,
    async run(t, psam) {
      const walker = new Walker(psam);
      const random = chances(20_260_115);
      const next = () => random.next().value as number;
      await walker.reach("idle");
      const seen = new Set<string>();
      for (let step = 0; step < 3_000; step++) {
        // a move in order twice out of three times, so that the walk gets far
        const inOrder = ALL_MOVES.filter((move) => due(walker.state, move).SW === "9000" && move !== "SELECT");
        const from = next() % 3 === 0 ? ALL_MOVES : inOrder;
        const move = from[next() % from.length] ?? "SELECT";
        seen.add(`${walker.state.place}, ${move}`);
        await walker.move(move);
        if (step % 40 === 39) await walker.reach("idle");
      }
      t.expect.that(seen.size > 150, "the walk has come about", { actual: seen.size, owner: "bench" });
      await walker.reach("idle");
    },
  }),
];
