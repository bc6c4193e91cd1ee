/** FIG 4, steps 618 and 620: what the card answers to a debit, and what has become of the money by then. */
import { toHex } from "../../harness/core/bytes.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { baseItems } from "./support/base-sites.ts";
import { balanceNow, freshSession, selectPurse } from "./support/card.ts";
import { collected, expectMoved, readAccounts } from "./support/money.ts";
import { apdusOn, theLog, theMessage } from "./support/observe.ts";
import { debitIep, expectCardResponse, expectCompletion, signedDebit } from "./support/own-debit.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-620-01",
    suite: "payment",
    purpose:
      "The card answers a debit with completion code, its transaction number, the new balance and its signature, as computed independently",
    requirements: [
      "PAY-BASE-620-a",
      "PAY-BASE-618-f",
      "PAY-BASE-618-g",
      "PAY-BASE-618-h",
      "CARD-0033-c",
      "CARD-0033-d",
      "CARD-0031-d",
      "CARD-0033-a",
    ],
    owner: "card",
    needs: { secretKeyCard: true, keys: true, links: ["235"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-h" };
      const seen = await t.system.purchase();
      const { INITRSP, DEBITDATA, CARDRSP } = exchangeOf(t, seen.events);
      const MPDA = Number.parseInt(toHex(DEBITDATA.subarray(11, 15)), 16);
      expectCardResponse(t, INITRSP, DEBITDATA, CARDRSP, "0000", MPDA, about);
      t.expect.completed(seen, { requirement: "PAY-BASE-618-f" });
      t.expect.oneOf("ALGIEP", INITRSP[8], [4, 5], { requirement: "CARD-0033-a" });
      t.expect.equal("AMIEP of a card that signs with secret keys", INITRSP[19], 1, { requirement: "CARD-0033-a" });
    },
  }),

  defineCase({
    id: "PAY-620-02",
    suite: "payment",
    purpose: "Success message and signature of the card travel on unchanged, and the set-top box logs them",
    requirements: ["PAY-BASE-620-a", "PAY-BASE-618-f"],
    owner: "card",
    needs: { links: ["235", "cable"], logs: ["set-top-box"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-620-a" };
      const before = await t.system.readPurse();
      const seen = await t.system.purchase();
      const { CARDRSP, SW, DEBITDATA } = exchangeOf(t, seen.events);
      const MPDA = Number.parseInt(toHex(DEBITDATA.subarray(11, 15)), 16);
      t.expect.equal("status word of DEBIT IEP", SW, "9000", about);
      t.expect.equal("length of the debit response", CARDRSP.length, 16, about);
      t.expect.equal("completion code", toHex(CARDRSP.subarray(0, 2)), "0000", about);
      const numbers = [bytesAt(CARDRSP, 2, 2), bytesAt(CARDRSP, 4, 4)];
      t.expect.equal("NTIEP and BALIEP in the answer", numbers, [before.NTIEP, before.BALIEP - MPDA], about);
      t.expect.completed(seen);
      const sent = theMessage(t, seen, "cable", "debit-response", about);
      const { IDTRX, RECOVERED } = sent.message;
      t.expect.equal("answer of the card on the cable", toHex(sent.message.CARDRSP), toHex(CARDRSP), about);
      t.expect.equal(
        "IDTRX, SW and RECOVERED on the cable",
        [IDTRX, sent.message.SW, RECOVERED],
        [seen.outcome.IDTRX, "9000", 0],
        about,
      );
      const entry = theLog(t, seen, "set-top-box", "debit-response", about);
      t.expect.equal("logged CC and SW", [entry.fields.CC, entry.fields.SW], ["0000", "9000"], { ...about, at: entry });
    },
  }),

  defineCase({
    id: "PAY-620-03",
    suite: "payment",
    purpose: "Over several purchases no signature and no challenge of the card comes twice, and S3 is never S2",
    requirements: ["PAY-BASE-618-g", "CARD-0031-i"],
    owner: "card",
    needs: { links: ["235"] },
    async run(t) {
      const signatures: string[] = [];
      const challenges: string[] = [];
      for (let round = 0; round < 3; round++) {
        const { INITRSP, DEBITDATA, CARDRSP } = exchangeOf(t, (await t.system.purchase()).events);
        signatures.push(toHex(CARDRSP.subarray(8)), toHex(DEBITDATA.subarray(45)));
        challenges.push(toHex(INITRSP.subarray(23)));
      }
      t.expect.equal("different ones of 6 signatures (S2, S3)", new Set(signatures).size, 6, {
        requirement: "PAY-BASE-618-g",
      });
      t.expect.equal("different ones of 3 challenges", new Set(challenges).size, 3, { requirement: "CARD-0031-i" });
    },
  }),

  defineCase({
    id: "PAY-620-04",
    suite: "payment",
    purpose:
      "The amount of the command has left the balance when the card says so, and stays away through a reset (card-only debits of 4 minor units)",
    requirements: [
      "PAY-BASE-620-b",
      "PAY-BASE-618-e",
      "PAY-BASE-618-f",
      "CARD-0030-a",
      "CARD-0031-j",
      "CARD-0022-d",
      "CARD-0030-c",
    ],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      for (const [kind, MPDA] of [
        ["warm", 1],
        ["cold", 3],
      ] as const) {
        await t.step(`${MPDA} minor units, then a ${kind} reset`, async () => {
          await selectPurse(t);
          const before = await balanceNow(t);
          await expectCompletion(t, { MPDA }, "0000", { requirement: "CARD-0022-d" });
          const atOnce = await balanceNow(t);
          t.expect.equal("BALIEP at once", atOnce.BALIEP, before.BALIEP - MPDA, { requirement: "PAY-BASE-620-b" });
          const card = await freshSession(t);
          const { SW } = await debitIep(t, signedDebit(t, card, { MPDA }));
          t.expect.equal("status word of the second debit", SW, "9000", { requirement: "PAY-BASE-618-f" });
          await t.system.resetCard(kind);
          await selectPurse(t);
          const after = await balanceNow(t);
          t.expect.equal("BALIEP after the reset", after.BALIEP, before.BALIEP - 2 * MPDA, {
            requirement: "PAY-BASE-618-f",
          });
          t.expect.equal("NTIEP after two debits", after.NTIEP, before.NTIEP + 2, { requirement: "PAY-BASE-618-e" });
        });
      }
    },
  }),

  defineCase({
    id: "PAY-620-05",
    suite: "payment",
    purpose:
      "Over purchases of different prices the card loses exactly the totals of the pages, and the PSAMs gain them each time",
    requirements: ["UI-514-a", "PAY-BASE-618-e", "CARD-0030-a", "CARD-0031-j", "PSAM-0080-c"],
    owner: "card",
    async run(t) {
      const purse = await t.system.readPurse();
      const items = baseItems(t.facts).filter(({ CURR, CEXP }) => CURR === purse.CURRIEP && CEXP === purse.CEXPIEP);
      const about = { requirement: "UI-514-a" };
      t.expect.that(items.length > 0, "an item in the card's currency", { owner: "bench" });
      for (const { SITE, ITEM, price } of items) {
        for (const QUANTITY of [1, 3]) {
          const before = await readAccounts(t);
          const seen = await t.system.purchase({ SITE, ITEM, QUANTITY });
          const after = await readAccounts(t);
          t.expect.completed(seen, about);
          t.expect.money(before.purse, after.purse, -price * QUANTITY, about);
          t.expect.equal("rise of the PSAM totals", collected(after) - collected(before), price * QUANTITY, {
            requirement: "PSAM-0080-c",
            owner: "psam",
          });
          expectMoved(t, before, after, price * QUANTITY, about);
        }
      }
    },
  }),
];

/** The card's side of one purchase: INITRSP, the data it was given, and what it answered. */
function exchangeOf(t: CaseContext, events: readonly RecordedEvent[]) {
  const initialised = t.expect.present("INITIALIZE IEP on link 235", apdusOn(events, "235", 0x50).at(-1)?.response);
  const debit = t.expect.present("DEBIT IEP on link 235", apdusOn(events, "235", 0x54)[0]);
  const answer = t.expect.present("answer to DEBIT IEP", debit.response, { requirement: "PAY-BASE-620-a" });
  return {
    INITRSP: initialised.bytes.slice(0, 27),
    DEBITDATA: debit.command.bytes.slice(5, 58),
    CARDRSP: answer.bytes.slice(0, -2),
    SW: toHex(answer.bytes.subarray(-2)),
  };
}

function bytesAt(bytes: Uint8Array, at: number, length: number): number {
  return Number.parseInt(toHex(bytes.subarray(at, at + length)), 16);
}
