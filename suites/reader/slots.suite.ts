/** Several slots at once, and one user at a time. */
import { toHex } from "../../harness/core/bytes.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { t1Atr } from "./support/atrs.ts";
import { filling } from "./support/bytes.ts";
import { echo, exerciser, failureOf, put, type Talk, TOLD_MS, tried, work } from "./support/exerciser.ts";
import { readerCase, slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const ATRS = [t1Atr(Uint8Array.of(0x53, 0x30)), t1Atr(Uint8Array.of(0x53, 0x31, 0x31))] as const;

async function both(t: DeviceContext, workMs = 1): Promise<readonly [Talk, Talk]> {
  return [await exerciser(t, { ATR: ATRS[0], workMs }, 0), await exerciser(t, { ATR: ATRS[1], workMs }, 1)];
}

export const cases: readonly Case[] = [
  slotCase(
    {
      id: "IFD-SLOT-01",
      purpose: "Cards in two slots each give their own answer to reset, and hear their own commands in turn",
      async run(t) {
        const talks = await both(t);
        const tally = new Tally(t);
        for (const [slot, { card }] of talks.entries()) tally.judge(`ATR in slot ${slot}`, toHex(card.ATR), ATRS[slot]);
        for (let round = 0; round < 50; round++) {
          for (const [slot, talk] of talks.entries()) {
            const data = filling(5 + round * 4, slot * 100 + round);
            await tally.ask(talk, `round ${round}, slot ${slot}`, echo(data), good(data));
          }
        }
        for (const [slot, talk] of talks.entries()) {
          tally.judge(`commands in slot ${slot}`, (await talk.report()).COMMANDS, 50);
        }
        tally.expectNone("two slots in turn");
      },
    },
    2,
  ),
  slotCase(
    {
      id: "IFD-SLOT-02",
      purpose: "Commands for two slots at once do not mix",
      async run(t) {
        const talks = await both(t);
        const tally = new Tally(t);
        const traffic = async (talk: Talk, slot: number) => {
          for (let round = 0; round < 100; round++) {
            const data = filling(1 + ((round * 37 + slot * 11) % 250), slot * 100 + round);
            await tally.ask(talk, `round ${round}, slot ${slot}`, echo(data), good(data));
          }
          tally.judge(`commands in slot ${slot}`, (await talk.report()).COMMANDS, 100);
        };
        await Promise.all(talks.map(traffic));
        tally.expectNone("two slots at once");
      },
    },
    2,
  ),
  slotCase(
    {
      id: "IFD-SLOT-03",
      purpose:
        "While the card in one slot works, the one in the other is served, then or afterwards, and both answers are right",
      async run(t) {
        const [worker, other] = await both(t, 100);
        const tally = new Tally(t);
        const working = tried(worker, work(25));
        for (let round = 0; round < 5; round++) {
          const data = filling(40, round);
          await tally.ask(other, `ECHO beside WORK, ${round}`, echo(data), good(data));
        }
        tally.judge("WORK", (await working).SW, "9000");
        tally.judge("commands of the one that worked", (await worker.report()).COMMANDS, 1);
        tally.judge("commands of the other", (await other.report()).COMMANDS, 5);
        tally.expectNone("a slot beside one that works");
      },
    },
    2,
  ),
  slotCase(
    {
      id: "IFD-SLOT-04",
      purpose:
        "A card that is pulled from one slot, or put into it, is told of that slot, and the card in the other one keeps its power",
      requirements: ["RDR-0067"],
      async run(t) {
        const [stays, goes] = await both(t);
        const tally = new Tally(t, "RDR-0067");
        const heard: boolean[] = [];
        const undo = stays.slot.onPresence((present) => heard.push(present));
        const before = await stays.report();
        await goes.card[Symbol.asyncDispose]();
        await goes.slot.remove();
        tally.judge("news of the removal", await failureOf(goes.slot.presence(false, TOLD_MS)), "none");
        tally.judge("the other slot", stays.slot.isCardPresent(), true);
        tally.judge("commands of the other card", (await stays.report()).COMMANDS - before.COMMANDS, 1);
        await put(goes.slot, { kind: "exerciser" });
        const after = await stays.report();
        tally.judge("resets of the other card", after.RESETS - before.RESETS, 0);
        tally.judge("what was told of the other slot", heard.join(), "");
        undo();
        tally.expectNone("the slot beside one that is used");
      },
    },
    2,
  ),
  readerCase({
    id: "IFD-EXCL-01",
    purpose: "A card that one user holds is refused to another, whose attempt changes nothing; let go, it is free",
    requirements: ["RDR-0027-a"],
    async run(t) {
      const talk = await exerciser(t);
      const tally = new Tally(t, "RDR-0027-a");
      const before = (await talk.report()).COMMANDS;
      for (const attempt of [1, 2]) {
        const work = talk.slot.connect().then((second) => second[Symbol.asyncDispose]());
        tally.judge(`second user, attempt ${attempt}`, await failureOf(work), "DEVICE_BUSY");
      }
      tally.judge("commands of the card in between", (await talk.report()).COMMANDS - before, 1);
      await talk.card[Symbol.asyncDispose]();
      tally.judge(
        "a user after the first",
        await failureOf(talk.slot.connect().then((card) => card[Symbol.asyncDispose]())),
        "none",
      );
      tally.expectNone("users of one card");
    },
  }),
];
