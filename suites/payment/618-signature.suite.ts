/** FIG 4, step 618, and AMB-SIG-COVER: what S2 covers, bit by bit and element by element, on the card alone. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import { signS2 } from "../../harness/crypto/purse-signatures.ts";
import type { STRUCTURES } from "../../harness/protocol/messages/structures.ts";
import { type Case, defineCase } from "../define/case.ts";
import { balanceNow, freshSession, initialise, selectPurse } from "./support/card.ts";
import { apdusOn } from "./support/observe.ts";
import { debitIep, expectCompletion, sessionKeysFor, signedDebit, withS2 } from "./support/own-debit.ts";

/** Minor units that a wrongly accepted debit of these cases would take. */
const TINY = { MPDA: 2 };

const DEBIT_ELEMENTS: readonly Place[] = [
  { name: "PPPSAM", at: 0, length: 3 },
  { name: "IDPSAM", at: 3, length: 4 },
  { name: "NTPSAM", at: 7, length: 4 },
  { name: "MPDA", at: 11, length: 4 },
  { name: "CURRPDA", at: 15, length: 2 },
  { name: "CEXPPDA", at: 17, length: 1 },
  { name: "DTHR", at: 18, length: 7 },
  { name: "LOC", at: 25, length: 4 },
  { name: "IDTRX", at: 29, length: 16 },
];

const INIT_ELEMENTS: readonly Place[] = [
  { name: "PPIEP", at: 0, length: 3 },
  { name: "IDIEP", at: 3, length: 5 },
  { name: "ALGIEP", at: 8, length: 1 },
  { name: "DEXPIEP", at: 9, length: 3 },
  { name: "BALIEP", at: 12, length: 4 },
  { name: "CURRIEP", at: 16, length: 2 },
  { name: "CEXPIEP", at: 18, length: 1 },
  { name: "AMIEP", at: 19, length: 1 },
  { name: "NTIEP", at: 20, length: 2 },
  { name: "VKIEP", at: 22, length: 1 },
  { name: "R", at: 23, length: 4 },
];

/** An element's bytes inside of a structure. */
interface Place {
  readonly name: (typeof STRUCTURES)["DEBITDATA" | "INITRSP"][number];
  readonly at: number;
  readonly length: number;
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-618-10",
    suite: "payment",
    purpose:
      "The card refuses S2 with any single one of its 64 bits inverted, and accepts the right one (card-only debit of 2 minor units)",
    requirements: ["PAY-BASE-618-d", "CARD-0082-a", "CARD-0033-b"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      const about = { requirement: "PAY-BASE-618-d" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      for (let bit = 0; bit < 64; bit++) {
        const card = await initialise(t);
        const answer = await debitIep(t, flipBit(signedDebit(t, card, TINY), 45 * 8 + bit));
        t.expect.equal(`answer with bit ${bit} of S2 inverted`, toHex(answer.data) + answer.SW, "9302", about);
      }
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0082-a" });
      await expectCompletion(t, TINY, "0000", about);
    },
  }),

  defineCase({
    id: "PAY-618-11",
    suite: "payment",
    purpose: "The card refuses a debit command when any element under S2 was altered, one at a time",
    requirements: ["PAY-BASE-618-d", "PSAM-0080-a"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    async run(t) {
      const before = await t.system.readPurse();
      await selectPurse(t);
      for (const { name, at, length } of DEBIT_ELEMENTS) {
        for (const bit of [at * 8, at * 8 + 3, (at + length) * 8 - 1]) {
          const card = await initialise(t);
          const answer = await debitIep(t, flipBit(signedDebit(t, card, TINY), bit));
          t.expect.equal(`answer with ${name} altered (bit ${bit})`, toHex(answer.data) + answer.SW, "9302", {
            requirement: name === "IDPSAM" || name === "PPPSAM" ? "PSAM-0080-a" : "PAY-BASE-618-d",
          });
        }
      }
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0082-a" });
    },
  }),

  defineCase({
    id: "PAY-618-12",
    suite: "payment",
    purpose: "The card refuses an S2 that was made for another card, number, balance or challenge than its own",
    requirements: ["PAY-BASE-618-d", "CARD-0031-i"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    async run(t) {
      const before = await t.system.readPurse();
      await selectPurse(t);
      for (const { name, at, length } of INIT_ELEMENTS) {
        for (const keysOf of ["the card's own keys", "the keys of that other one"] as const) {
          const card = await initialise(t);
          const other = flipBit(card.INITRSP, (at + length) * 8 - 1);
          const keys = sessionKeysFor(t, card.INITRSP, keysOf === "the card's own keys" ? card.INITRSP : other);
          const DEBITDATA = withS2(t, card.fields.ALGIEP, keys, other, signedDebit(t, card, TINY));
          const answer = await debitIep(t, DEBITDATA);
          t.expect.equal(`answer to S2 over another ${name}, ${keysOf}`, toHex(answer.data) + answer.SW, "9302", {
            requirement: name === "R" || name === "NTIEP" ? "CARD-0031-i" : "PAY-BASE-618-d",
          });
        }
      }
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0082-a" });
    },
  }),

  defineCase({
    id: "PAY-618-13",
    suite: "payment",
    purpose:
      "A debit command is good once: neither at once nor after a new INITIALIZE IEP does the card obey it again (card-only debit of 2 minor units)",
    requirements: ["CARD-0031-i", "PAY-BASE-618-d"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      const about = { requirement: "CARD-0031-i" };
      const { DEBITDATA } = await expectCompletion(t, TINY, "0000", about);
      const done = await balanceNow(t);
      const atOnce = await debitIep(t, DEBITDATA);
      t.expect.equal("answer to the same debit at once", toHex(atOnce.data) + atOnce.SW, "6985", about);
      await initialise(t, about);
      const again = await debitIep(t, DEBITDATA);
      t.expect.equal("answer to the same debit in a new session", toHex(again.data) + again.SW, "9302", about);
      await t.system.resetCard("cold");
      await freshSession(t, about);
      const later = await debitIep(t, DEBITDATA);
      t.expect.equal("answer to the same debit after a reset", toHex(later.data) + later.SW, "9302", about);
      t.expect.equal("balance, limits and NTIEP after the repetitions", await balanceNow(t), done, about);
    },
  }),

  defineCase({
    id: "PAY-618-14",
    suite: "payment",
    purpose:
      "S2 in a purchase is the keyed signature over the card's own answer and every element of the debit command",
    requirements: ["PSAM-0080-a", "PSAM-0080-b"],
    owner: "psam",
    needs: { secretKeyCard: true, keys: true, links: ["235"] },
    async run(t) {
      const about = { requirement: "PSAM-0080-b" };
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      const initialised = t.expect.present("INITIALIZE IEP on 235", apdusOn(seen, "235", 0x50).at(-1)?.response, about);
      const command = t.expect.present("DEBIT IEP on 235", apdusOn(seen, "235", 0x54)[0]?.command, about);
      const INITRSP = initialised.bytes.slice(0, 27);
      const DEBITDATA = command.bytes.slice(5, 58);
      const { KS2 } = sessionKeysFor(t, INITRSP);
      const S2 = toHex(signS2(INITRSP[8] ?? 0, KS2, INITRSP, DEBITDATA));
      t.expect.equal("S2 of the debit command", toHex(DEBITDATA.subarray(45)), S2, { ...about, at: command });
      const known = await Promise.all(t.system.terminals().map((IDTERM) => t.system.readTotals(IDTERM)));
      t.expect.oneOf(
        "PSAM that the command names (PPPSAM, IDPSAM)",
        toHex(DEBITDATA.subarray(0, 7)),
        known.map(({ PPPSAM, IDPSAM }) => PPPSAM + IDPSAM),
        { requirement: "PSAM-0080-a", at: command },
      );
    },
  }),
];
