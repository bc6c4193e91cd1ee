/** Which protocol is spoken, and with what parameters. */
import { toHex } from "../../harness/core/bytes.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { t1With, withTck } from "./support/atrs.ts";
import { filling } from "./support/bytes.ts";
import { echo, exerciser, type Talk } from "./support/exerciser.ts";
import { readerCase, slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

const about = { requirement: "RDR-0028-a" };

/** TA2 `01` and `00`: that protocol, at the usual bit rate. */
const SPECIFIC_T1 = withTck("3B84910131FE4545584552");
const SPECIFIC_T0 = "3B84100045584552";

/** Around one block of 32 bytes and over several. */
const LENGTHS = [1, 25, 26, 27, 28, 60, 64, 100, 254] as const;

async function expectEchoed(t: DeviceContext, talk: Talk): Promise<void> {
  const tally = new Tally(t);
  for (const length of LENGTHS) {
    const data = filling(length, length);
    await tally.ask(talk, `ECHO of ${length} bytes`, echo(data), good(data));
  }
  tally.expectNone("commands of several lengths");
}

async function expectSpoken(t: DeviceContext, ATR: string, protocol: "T=0" | "T=1"): Promise<void> {
  const talk = await exerciser(t, { ATR });
  t.expect.equal("protocol that the reader says is spoken", talk.card.protocol, protocol, about);
  await expectEchoed(t, talk);
  const { PROTOCOL } = await talk.report();
  t.expect.equal("protocol that the card says is spoken", PROTOCOL, protocol === "T=0" ? 0 : 1, about);
}

export const cases: readonly Case[] = [
  slotCase({
    id: "IFD-PROT-01",
    purpose: "A card that offers T=0 alone is spoken to in T=0",
    run: (t) => expectSpoken(t, "3B0445584552", "T=0"),
  }),
  slotCase({
    id: "IFD-PROT-02",
    purpose: "A card that offers T=1 alone is spoken to in T=1",
    run: (t) => expectSpoken(t, t1With(0xfe), "T=1"),
  }),
  slotCase({
    id: "IFD-PROT-03",
    purpose: "A card in specific mode (TA2) is spoken to in the protocol that TA2 names, T=1",
    run: (t) => expectSpoken(t, SPECIFIC_T1, "T=1"),
  }),
  slotCase({
    id: "IFD-PROT-04",
    purpose: "A card in specific mode (TA2) is spoken to in the protocol that TA2 names, T=0",
    run: (t) => expectSpoken(t, SPECIFIC_T0, "T=0"),
  }),
  slotCase({
    id: "IFD-PROT-05",
    purpose: "A card that offers T=0 and T=1 is spoken to in one of them, and commands pass whole",
    async run(t) {
      const talk = await exerciser(t, { ATR: withTck("3B848031FE4545584552") });
      t.expect.oneOf("protocol that the reader says is spoken", talk.card.protocol, ["T=0", "T=1"], about);
      await expectEchoed(t, talk);
    },
  }),
  slotCase({
    id: "IFD-PROT-06",
    purpose: "A card that checks its T=1 blocks by CRC is spoken to with CRC",
    run: (t) => expectSpoken(t, t1With(0xfe, "CRC"), "T=1"),
  }),
  slotCase({
    id: "IFD-PROT-07",
    purpose: "No block is longer than the card takes (IFSC 16, 32, 100)",
    async run(t) {
      for (const IFSC of [16, 32, 100]) {
        await t.step(`IFSC ${IFSC}`, async () => {
          const talk = await exerciser(t, { ATR: t1With(IFSC) });
          await expectEchoed(t, talk);
          await talk.card[Symbol.asyncDispose]();
        });
      }
    },
  }),
  readerCase({
    id: "IFD-PROT-08",
    purpose: "The protocol is the same after warm and cold resets, and the card agrees",
    async run(t) {
      const talk = await exerciser(t);
      const { protocol } = talk.card;
      const tally = new Tally(t);
      for (const kind of ["warm", "cold", "warm", "cold"] as const) {
        const atr = toHex(await talk.card.reset(kind));
        tally.judge(`protocol after a ${kind} reset (${atr})`, talk.card.protocol, protocol);
        tally.judge(`PROTOCOL after a ${kind} reset`, (await talk.report()).PROTOCOL, protocol === "T=0" ? 0 : 1);
      }
      tally.expectNone("protocols after resets");
    },
  }),
];
