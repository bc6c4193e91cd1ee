/** Cards that come and go. */
import { fromHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { exerciser, failureOf, freeSlot, put, TOLD_MS, take, talkOver } from "./support/exerciser.ts";
import { slotCase } from "./support/reader-case.ts";
import { Tally } from "./support/tally.ts";

const REQUIREMENTS = ["RDR-0067"];
const about = { requirement: "RDR-0067" };
const CARD = { kind: "exerciser" } as const;

export const cases: readonly Case[] = [
  slotCase({
    id: "IFD-DET-01",
    purpose: "A card that is put in and taken out is told once each, in that order, five times in a row",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      const heard: boolean[] = [];
      const undo = slot.onPresence((present) => heard.push(present));
      const tally = new Tally(t, "RDR-0067");
      for (let round = 1; round <= 5; round++) {
        await put(slot, CARD);
        tally.judge(`told after insertion ${round}`, heard.join(), "true");
        tally.judge(`seen after insertion ${round}`, slot.isCardPresent(), true);
        await take(slot);
        tally.judge(`told after removal ${round}`, heard.join(), "true,false");
        tally.judge(`seen after removal ${round}`, slot.isCardPresent(), false);
        heard.length = 0;
      }
      undo();
      tally.expectNone("insertions and removals");
    },
  }),

  slotCase({
    id: "IFD-DET-02",
    purpose: "The reader tells within three seconds that a card came, and that it went",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      const tally = new Tally(t, "RDR-0067");
      for (const round of [1, 2, 3]) {
        await slot.insert(CARD);
        tally.judge(`insertion ${round}`, await failureOf(slot.presence(true, TOLD_MS)), "none");
        await slot.remove();
        tally.judge(`removal ${round}`, await failureOf(slot.presence(false, TOLD_MS)), "none");
      }
      tally.expectNone("what was not told in time");
    },
  }),

  slotCase({
    id: "IFD-DET-03",
    purpose: "An empty slot is told as that, before the first card and after each one",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      const tally = new Tally(t, "RDR-0067");
      tally.judge("before the first card", await failureOf(slot.connect()), "DEVICE_ABSENT");
      for (const round of [1, 2]) {
        await put(slot, CARD);
        await (await slot.connect())[Symbol.asyncDispose]();
        await take(slot);
        tally.judge(`after card ${round}`, await failureOf(slot.connect()), "DEVICE_ABSENT");
      }
      tally.expectNone("connecting to an empty slot");
    },
  }),

  slotCase({
    id: "IFD-DET-04",
    purpose: "A card that is pulled and put in again at once is served, and is a new one to the reader",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      const tally = new Tally(t, "RDR-0067");
      await put(slot, CARD);
      for (const round of [1, 2, 3]) {
        const before = await slot.connect();
        await slot.remove();
        await slot.insert(CARD);
        tally.judge(`what was open before, ${round}`, await failureOf(before.apdu(fromHex(ECHO))), "DEVICE_LOST");
        await before[Symbol.asyncDispose]();
        await slot.presence(true, TOLD_MS);
        const talk = talkOver(slot, await slot.connect());
        await tally.ask(talk, `the card put in again, ${round}`, ECHO, "AA55 9000");
        await talk.card[Symbol.asyncDispose]();
      }
      tally.expectNone("cards pulled and put in at once");
    },
  }),

  slotCase({
    id: "IFD-DET-05",
    purpose: "A mute card is seen and told as mute, and the card after it is served",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["mute", "exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      await put(slot, { kind: "mute" });
      t.expect.equal("connecting to a mute card", await failureOf(slot.connect()), "DEVICE_SILENT", about);
      t.expect.that(slot.isCardPresent(), "a mute card is there all the same", about);
      await take(slot);
      const { ask } = await exerciser(t);
      t.expect.equal("the card after it", (await ask(ECHO)).SW, "9000", about);
    },
  }),

  slotCase({
    id: "IFD-DET-06",
    purpose: "A card with a malformed answer to reset is told as such, and the card after it is served",
    requirements: REQUIREMENTS,
    needs: { slotCards: ["malformed-atr", "exerciser"] },
    async run(t) {
      const slot = t.devices.slot(freeSlot(t));
      await slot.remove();
      await put(slot, { kind: "malformed-atr" });
      const code = await failureOf(slot.connect());
      t.expect.oneOf("connecting to a malformed card", code, ["DEVICE_GARBLED", "DEVICE_SILENT"], about);
      await take(slot);
      const { ask } = await exerciser(t);
      t.expect.equal("the card after it", (await ask(ECHO)).SW, "9000", about);
    },
  }),
];

const ECHO = "8010000002AA5500";
