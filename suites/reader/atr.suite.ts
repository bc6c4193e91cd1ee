/** The answer to reset is passed on as the card gave it, whatever is in it. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { LONG_ATRS, T0_ATRS, T1_ATRS, t1Atr } from "./support/atrs.ts";
import { exerciser, freeSlot, put, take, talkOver } from "./support/exerciser.ts";
import { readerCase, slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

/** Historical bytes that are easily taken for something else: procedure and status bytes, TS, XON and XOFF, a CCID start. */
const TELLING = ["003B3F6061", "6CFF909F", "11130D0A1B", "0306837F80", "FEFFC101C0"] as const;
const PROBE = "8010000003A55AC300";
const PROBED = good(Uint8Array.of(0xa5, 0x5a, 0xc3));

async function expectPassed(t: DeviceContext, rows: readonly (readonly [string, string])[]): Promise<void> {
  const slot = t.devices.slot(freeSlot(t));
  await slot.remove();
  const tally = new Tally(t);
  for (const [what, ATR] of rows) {
    await put(slot, { kind: "exerciser", ATR });
    const talk = talkOver(slot, await slot.connect());
    tally.judge(what, toHex(talk.card.ATR), ATR);
    await tally.ask(talk, `a command to the card with ${what}`, PROBE, PROBED);
    await talk.card[Symbol.asyncDispose]();
    await take(slot);
  }
  tally.expectNone("answers to reset, and a command after each");
}

function historical(bytes: Uint8Array): readonly [string, string] {
  return [`historical bytes ${toHex(bytes)}`, t1Atr(bytes)];
}

/** All 256 values, 15 to an answer. */
const EVERY_VALUE = Array.from({ length: 18 }, (_, row) =>
  historical(Uint8Array.from({ length: row === 17 ? 1 : 15 }, (_, at) => row * 15 + at)),
);

export const cases: readonly Case[] = [
  slotCase({
    id: "IFD-ATR-01",
    purpose: "Answers to reset of T=0 cards, 2 bytes and up, direct and inverse, are passed on unchanged",
    run: (t) => expectPassed(t, T0_ATRS),
  }),
  slotCase({
    id: "IFD-ATR-02",
    purpose: "Answers to reset of T=1 cards with TCK, defaults and IFSC, BWI, CWI and TC3, are passed on unchanged",
    run: (t) => expectPassed(t, T1_ATRS),
  }),
  slotCase({
    id: "IFD-ATR-03",
    purpose: "Answers to reset with several interface groups, up to 33 bytes, are passed on unchanged",
    run: (t) => expectPassed(t, LONG_ATRS),
  }),
  slotCase({
    id: "IFD-ATR-04",
    purpose:
      "Historical bytes that are procedure bytes, status bytes or control characters elsewhere are passed on unchanged",
    run: (t) =>
      expectPassed(
        t,
        TELLING.map((hex) => historical(fromHex(hex))),
      ),
  }),
  slotCase({
    id: "IFD-ATR-05",
    purpose: "Historical bytes of all 256 values are passed on unchanged",
    needs: { exhaustive: true },
    run: (t) => expectPassed(t, EVERY_VALUE),
  }),
  readerCase({
    id: "IFD-ATR-06",
    purpose: "Warm and cold resets of one card give the same answer to reset each time",
    async run(t) {
      const { card } = await exerciser(t);
      const first = toHex(card.ATR);
      const tally = new Tally(t);
      for (const kind of ["warm", "cold", "warm", "warm", "cold", "cold"] as const) {
        tally.judge(`answer to a ${kind} reset`, toHex(await card.reset(kind)), first);
        tally.judge(`what is kept of it after a ${kind} reset`, toHex(card.ATR), first);
      }
      tally.expectNone("answers to resets");
    },
  }),
];
