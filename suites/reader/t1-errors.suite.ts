/** Errors of the card in T=1: the reader recovers from them (ISO/IEC 7816-3, 11.6.3), or says so. */
import type { T1Mischief } from "../../harness/core/t1-mischief.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { t1With } from "./support/atrs.ts";
import { filling, pattern } from "./support/bytes.ts";
import { type Answer, echo, exerciser, patternCommand, shown, take, tried } from "./support/exerciser.ts";
import { slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

/** So that commands are chained as well. */
const ATR = t1With(32);
/** Blocks of the card: one, three (two acknowledgements), two (it chains). Six to a round. */
const ROUND: readonly (readonly [Uint8Array, Answer])[] = [
  [echo(filling(4, 1)), good(filling(4, 1))],
  [echo(filling(70, 2)), good(filling(70, 2))],
  [patternCommand(256), good(pattern(256))],
];
/** The first block of the card answers the reader's S(IFS request). */
const FIRST = 2;
const NEEDS = { mischief: true } as const;

type Act = Omit<T1Mischief, "nth">;

interface Row {
  readonly id: string;
  readonly what: string;
  readonly act: Act;
}

/** What has to be recovered from, wherever it happens. */
const RECOVERED: readonly Row[] = [
  { id: "EDC", what: "a block with a wrong check", act: { act: "corrupt-edc" } },
  { id: "EDC2", what: "two blocks in a row with a wrong check", act: { act: "corrupt-edc", times: 2 } },
  { id: "PCB", what: "a block with a damaged PCB", act: { act: "flip-bit", value: 9 } },
  { id: "LEN", what: "a block with a damaged LEN", act: { act: "flip-bit", value: 23 } },
  { id: "SHORT", what: "a block that lacks its last character", act: { act: "truncated", value: 1 } },
  { id: "NUMBER", what: "a block with the other number", act: { act: "wrong-sequence" } },
  { id: "AGAIN1", what: "an R-block for a wrong check", act: { act: "r-block-error" } },
  { id: "AGAIN2", what: "an R-block for another error", act: { act: "r-block-other" } },
  { id: "WTX", what: "a request for time", act: { act: "wtx", value: 1 } },
  { id: "WTX255", what: "requests for the longest time", act: { act: "wtx", value: 255, times: 3 } },
  { id: "IFS", what: "a request for smaller blocks", act: { act: "ifs", value: 16 } },
];

/** Where the waiting time is the harness's own affair; many a PC/SC driver gives the command up. */
const SILENT: readonly Row[] = [{ id: "MUTE", what: "a block that does not come", act: { act: "silence" } }];

/** What a command need not survive. */
const ENDED: readonly Row[] = [
  { id: "ONCE", what: "nothing in place of one block", act: { act: "silence" } },
  { id: "EDC", what: "nothing but wrong checks", act: { act: "corrupt-edc", times: 500 } },
  { id: "MUTE", what: "nothing any more", act: { act: "silence", times: 500 } },
  { id: "SHORT", what: "nothing but blocks that are cut", act: { act: "truncated", value: 1, times: 500 } },
  { id: "NUMBER", what: "nothing but blocks with the other number", act: { act: "wrong-sequence", times: 500 } },
  { id: "AGAIN", what: "nothing but R-blocks", act: { act: "r-block-error", times: 500 } },
  { id: "ABORT", what: "S(ABORT request)", act: { act: "abort" } },
  { id: "RESYNCH", what: "damaged blocks until S(RESYNCH request)", act: { act: "resynch-needed" } },
];

/** Rounds of commands while the act falls on each kind of block in turn; each command is answered right, and carried out once. */
async function expectRecovered(t: DeviceContext, act: Act): Promise<void> {
  const mischief = [0, 1, 2, 3, 4, 5].map((at) => ({ ...act, nth: FIRST + 1 + at * 11 }));
  const talk = await exerciser(t, { ATR, mischief });
  const tally = new Tally(t);
  const rounds = 16;
  for (let round = 0; round < rounds; round++) {
    for (const [command, due] of ROUND) await tally.ask(talk, `command of round ${round}`, command, due);
  }
  const { COMMANDS } = await talk.report();
  tally.judge("commands that the card carried out", COMMANDS, rounds * ROUND.length);
  tally.expectNone("commands to a card that goes wrong now and then");
}

/** In each kind of command, or in one where time is dear: it ends in an error or with the right answer, and so do those after it; the next card is served. */
async function expectEnded(t: DeviceContext, act: Act, row: number): Promise<void> {
  const tally = new Tally(t);
  for (const [index, [command, due]] of ROUND.entries()) {
    if (!t.facts.offers.exhaustive && index !== row % ROUND.length) continue;
    const talk = await exerciser(t, { ATR, mischief: [{ ...act, nth: FIRST }] });
    for (const attempt of [1, 2]) {
      const found = shown(await tried(talk, command));
      tally.judge(`command ${index}, attempt ${attempt}`, CLEAN.test(found) ? shown(due) : found, shown(due));
    }
    await talk.card[Symbol.asyncDispose]();
    await take(talk.slot);
    const next = await exerciser(t, { ATR });
    await tally.ask(next, `the card after it (${index})`, command, due);
    tally.judge(`commands that the card after it carried out (${index})`, (await next.report()).COMMANDS, 1);
    await next.card[Symbol.asyncDispose]();
    await take(talk.slot);
  }
  tally.expectNone("commands to a card that goes wrong for good, and to the one after it");
}

/**
 * A reader's own error in place of an answer. '6700' is the card's: drivers are known that send it what was left of the command after
 * they have resynchronised, which it refuses.
 */
const CLEAN = /^(DEVICE_(SILENT|GARBLED|LOST)|PROTOCOL|6700)$/;

export const cases: readonly Case[] = [
  ...RECOVERED.map(({ id, what, act }) =>
    slotCase({
      id: `IFD-T1-${id}`,
      purpose: `The reader recovers from ${what}, in short exchanges and in chains of either side; each command is carried out once`,
      needs: NEEDS,
      run: (t) => expectRecovered(t, act),
    }),
  ),
  ...ENDED.map(({ id, what, act }, row) =>
    slotCase({
      id: `IFD-T1-END-${id}`,
      purpose: `From a card that sends ${what} comes no wrong answer but an error, and the next card is served`,
      needs: NEEDS,
      run: (t) => expectEnded(t, act, row),
    }),
  ),
  slotCase({
    id: "IFD-T1-PLACES",
    purpose:
      "The reader recovers from each error at each single block of a short exchange and of chains of either side",
    needs: { ...NEEDS, exhaustive: true },
    async run(t) {
      const tally = new Tally(t);
      for (const { id, act } of [...RECOVERED, ...SILENT]) {
        for (const nth of [0, 1, 2, 3, 4, 5]) {
          const talk = await exerciser(t, { ATR, mischief: [{ ...act, nth: FIRST + nth }] });
          for (const [command, due] of ROUND) await tally.ask(talk, `${id} at block ${nth}`, command, due);
          tally.judge(`commands with ${id} at block ${nth}`, (await talk.report()).COMMANDS, ROUND.length);
          await talk.card[Symbol.asyncDispose]();
        }
      }
      tally.expectNone("single errors");
    },
  }),
];
