/** Cards that need time. */
import type { Case } from "../define/case.ts";
import { t1With } from "./support/atrs.ts";
import { filling } from "./support/bytes.ts";
import { echo, exerciser, work } from "./support/exerciser.ts";
import { readerCase, slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const about = { requirement: "RDR-0028-a" };
/** BWI 0: a tenth of a second; the reader may not go by a waiting time of its own. */
const SHORT_BWT = "3B848131FE0545584552C5";

export const cases: readonly Case[] = [
  slotCase({
    id: "IFD-WAIT-01",
    purpose: "A card that works for longer than BWT several times over gets its time by waiting time extension",
    async run(t) {
      const talk = await exerciser(t, { workMs: 100 });
      const tally = new Tally(t);
      await tally.ask(talk, "WORK of 4 s", work(40), "9000");
      await tally.ask(talk, "ECHO after it", echo(filling(100, 1)), good(filling(100, 1)));
      const { COMMANDS } = await talk.report();
      tally.judge("commands that the card carried out", COMMANDS, 2);
      tally.expectNone("a card that works");
    },
  }),
  slotCase({
    id: "IFD-WAIT-02",
    purpose: "Many short works one after the other, each within BWT, are waited for and none is repeated",
    async run(t) {
      const talk = await exerciser(t, { workMs: 10 });
      const tally = new Tally(t);
      for (let units = 0; units <= 20; units += 2) await tally.ask(talk, `WORK of ${units} units`, work(units), "9000");
      tally.judge("commands that the card carried out", (await talk.report()).COMMANDS, 11);
      tally.expectNone("a card that works");
    },
  }),
  slotCase({
    id: "IFD-WAIT-03",
    purpose: "Requests for one, two, ten and 255 times BWT are granted, at a short exchange and inside of a chain",
    needs: { mischief: true },
    async run(t) {
      const mischief = [1, 2, 10, 255].map((value, at) => ({ nth: 2 + 5 * at, act: "wtx" as const, value }));
      const talk = await exerciser(t, { ATR: t1With(32), mischief });
      const tally = new Tally(t);
      for (const length of [4, 70, 4, 100, 200, 4, 70, 4]) {
        await tally.ask(talk, `ECHO of ${length}`, echo(filling(length, 5)), good(filling(length, 5)));
      }
      tally.judge("commands that the card carried out", (await talk.report()).COMMANDS, 8);
      tally.expectNone("requests for time");
    },
  }),
  slotCase({
    id: "IFD-WAIT-04",
    purpose: "The waiting time of the answer to reset counts: a card with BWI 0 works for a second",
    async run(t) {
      const talk = await exerciser(t, { ATR: SHORT_BWT, workMs: 100 });
      t.expect.equal("WORK of one second", (await talk.ask(work(10))).SW, "9000", about);
      t.expect.equal("ECHO after it", (await talk.ask(echo(filling(9, 9)))).SW, "9000", about);
    },
  }),
  slotCase({
    id: "IFD-WAIT-05",
    purpose: "Over T=0 a card that works for longer than its work waiting time is waited for",
    async run(t) {
      const talk = await exerciser(t, { ATR: "3B0445584552", workMs: 100 });
      const tally = new Tally(t);
      await tally.ask(talk, "WORK of 1.5 s", work(15), "9000");
      await tally.ask(talk, "ECHO after it", echo(filling(50, 2)), good(filling(50, 2)));
      tally.expectNone("a card that works, over T=0");
    },
  }),
  readerCase({
    id: "IFD-WAIT-06",
    purpose: "WORK is waited for and carried out once, whatever card this is",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      const before = (await talk.report()).COMMANDS;
      for (const units of [0, 1, 5, 20]) await tally.ask(talk, `WORK of ${units} units`, work(units), "9000");
      tally.judge("commands that the card carried out", (await talk.report()).COMMANDS - before, 5);
      tally.expectNone("a card that works");
    },
  }),
];
