/** Warm and cold resets. */
import { toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { filling } from "./support/bytes.ts";
import { echo, exerciser, patternCommand, talkOver } from "./support/exerciser.ts";
import { readerCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const KINDS = ["warm", "cold"] as const;

export const cases: readonly Case[] = [
  readerCase({
    id: "IFD-RST-01",
    purpose: "Each warm and each cold reset reaches the card, once",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      let before = (await talk.report()).RESETS;
      for (const kind of ["warm", "cold", "cold", "warm", "warm", "cold", "warm", "cold"] as const) {
        await talk.card.reset(kind);
        const { RESETS, COMMANDS } = await talk.report();
        tally.judge(`resets that the card counts over a ${kind} one`, RESETS - before, 1);
        tally.judge(`commands after a ${kind} reset`, COMMANDS, 0);
        before = RESETS;
      }
      tally.expectNone("resets");
    },
  }),

  readerCase({
    id: "IFD-RST-02",
    purpose: "A reset in the middle of a chain, or of an answer in parts, ends it; what the card keeps is kept",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      const kept = filling(20, 7);
      await tally.ask(talk, "REMEMBER", `801C000014${toHex(kept)}`, "9000");
      for (const kind of KINDS) {
        await talk.ask("901A0000023132");
        await talk.card.reset(kind);
        await tally.ask(talk, `chain over a ${kind} reset`, "801A0000013304", good(Uint8Array.of(0, 1, 0xe7, 0xc0)));
        await talk.ask(patternCommand(700, 256));
        await talk.card.reset(kind);
        await tally.ask(talk, `rest of an answer over a ${kind} reset`, "00C0000000", "6985");
        await tally.ask(talk, `what is kept over a ${kind} reset`, "801C000000", good(kept));
      }
      tally.expectNone("what is left after resets");
    },
  }),

  readerCase({
    id: "IFD-RST-03",
    purpose: "After each of 20 resets commands of all forms pass at once",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      for (let round = 0; round < 20; round++) {
        await talk.card.reset(KINDS[round % 2] ?? "warm");
        const data = filling(200 + round, round);
        await tally.ask(talk, `ECHO after reset ${round}`, echo(data), good(data));
        await tally.ask(talk, `ECHO without data after reset ${round}`, "80100000", "9000");
      }
      tally.expectNone("commands after resets");
    },
  }),

  readerCase({
    id: "IFD-RST-04",
    purpose: "A card that is let go and taken again has lost its power in between",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      let before = (await talk.report()).RESETS;
      await talk.card[Symbol.asyncDispose]();
      for (let round = 1; round <= 3; round++) {
        const again = talkOver(talk.slot, await talk.slot.connect());
        const { RESETS, COMMANDS } = await again.report();
        tally.judge(`resets of the card that is taken again, ${round}`, RESETS > before, true);
        tally.judge(`commands of the card that is taken again, ${round}`, COMMANDS, 0);
        before = RESETS;
        await again.card[Symbol.asyncDispose]();
      }
      tally.expectNone("cards let go and taken again");
    },
  }),
];
