/** Traffic for long, and how long it takes. */
import type { Case } from "../define/case.ts";
import { filling, numbers, pattern } from "./support/bytes.ts";
import { echo, exerciser, patternCommand } from "./support/exerciser.ts";
import { readerCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const COMMANDS = 2_000;
const SAMPLES = 200;

export const cases: readonly Case[] = [
  readerCase({
    id: "IFD-LONG-01",
    purpose:
      "Of 2,000 commands of all forms and lengths each is answered right, and the card has carried out each once",
    timeoutMs: 120_000,
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      const below = numbers(20_260_802);
      const before = await talk.report();
      for (let at = 0; at < COMMANDS; at++) {
        const length = below(256);
        if (at % 4 === 3) {
          await tally.ask(talk, `PATTERN ${at}`, patternCommand(length), good(pattern(length)));
        } else if (at % 4 === 2) {
          await tally.ask(talk, `STATUS ${at}`, "801490AA", "90AA");
        } else {
          const data = filling(Math.max(1, length), at);
          await tally.ask(talk, `ECHO ${at}`, echo(data), good(data));
        }
      }
      const after = await talk.report();
      tally.judge("commands that the card carried out", after.COMMANDS - before.COMMANDS, COMMANDS + 1);
      tally.judge("resets in between", after.RESETS - before.RESETS, 0);
      tally.expectNone("long traffic");
    },
  }),
  readerCase({
    id: "IFD-TIME-01",
    purpose:
      "How long exchanges of 0, 16 and 255 bytes take is measured and told; none is repeated, and none takes ten seconds",
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t);
      const before = (await talk.report()).COMMANDS;
      for (const length of [0, 16, 255]) {
        const times: number[] = [];
        for (let at = 0; at < SAMPLES; at++) {
          const { elapsedMs } = await talk.card.timed(echo(filling(length, at)));
          times.push(elapsedMs);
        }
        times.sort((left, right) => left - right);
        const at = (share: number) => (times[Math.min(SAMPLES - 1, Math.floor(share * SAMPLES))] ?? 0).toFixed(2);
        t.note(
          `ECHO of ${length} bytes, ${SAMPLES} times, ms: least ${at(0)}, median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, most ${at(1)}`,
        );
        tally.judge(`ECHO of ${length} bytes within 10 s`, (times.at(-1) ?? 0) < 10_000, true);
      }
      tally.judge("commands that the card carried out", (await talk.report()).COMMANDS - before, 3 * SAMPLES + 1);
      tally.expectNone("measured exchanges");
    },
  }),
];
