/** A card that is pulled, or whose answer is lost, at DEBIT IEP: what happened is found out, and it happens once. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  type Accounts,
  expectConserved,
  expectMoved,
  expectNextPurchaseWorks,
  newDebits,
  readAccounts,
} from "./support/money.ts";
import { apdusOn } from "./support/observe.ts";

const DEBIT_IEP = 0x54;
const GET_PREVIOUS = 0x5a;
/** Of S3 in the card's answer. */
const S3_AT = 8;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CARD-30",
    suite: "payment",
    purpose:
      "When the answer to DEBIT IEP is lost the card is asked for its signature, and the purchase completes with one debit",
    requirements: ["PAY-BASE-620-a", "PAY-BASE-618-e"],
    owner: "card",
    needs: { links: ["235"] },
    async run(t) {
      for (const loss of ["lose-link", "silence"] as const) {
        await t.step(`answer lost: ${loss}`, async () => {
          const about = { requirement: "PAY-BASE-620-a" };
          const before = await readAccounts(t);
          using fault = t.system.disturb({
            link: "235",
            from: "card",
            message: DEBIT_IEP,
            times: 1,
            act: () => (loss === "lose-link" ? "lose-link" : []),
            what: "the answer to DEBIT IEP does not arrive",
          });
          const seen = await t.system.purchase();
          t.expect.equal("answers lost", fault.hits, 1, { owner: "bench" });
          const after = await readAccounts(t);
          const price = expectOneDebit(t, before, after);
          t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", DEBIT_IEP).length, 1, {
            requirement: "PAY-BASE-618-e",
          });
          const asked = t.expect.present(
            "GET PREVIOUS IEP SIGNATURE",
            apdusOn(seen, "235", GET_PREVIOUS).at(-1),
            about,
          );
          const NTIEP = before.purse.NTIEP.toString(16).toUpperCase().padStart(4, "0");
          t.expect.equal("number asked for", toHex(asked.command.bytes.subarray(5, 7)), NTIEP, about);
          t.expect.completed(seen, about);
          expectMoved(t, before, after, price, about);
        });
      }
      await expectNextPurchaseWorks(t, await readAccounts(t), { requirement: "PAY-BASE-620-a" });
    },
  }),

  defineCase({
    id: "PAY-CARD-31",
    suite: "payment",
    purpose:
      "A card pulled before DEBIT IEP reaches it has lost nothing when it comes back, and the purchase stays failed",
    requirements: ["PAY-BASE-618-e", "CARD-0031-j"],
    owner: "card",
    needs: { links: ["235"], cards: ["specimen"], swiftHand: true },
    async run(t) {
      const about = { requirement: "CARD-0031-j" };
      const before = await readAccounts(t);
      using pulled = t.system.when({ link: "235", from: "set-top-box", message: DEBIT_IEP }, () =>
        t.system.removeCard(),
      );
      const seen = await t.system.purchase();
      t.expect.equal("cards pulled", pulled.hits, 1, { owner: "bench" });
      pulled[Symbol.dispose]();
      t.expect.that(seen.outcome.CC !== "0000", "the purchase does not succeed", { ...about, actual: seen.outcome.CC });
      await t.system.insertCard("specimen");
      await t.system.recover();
      const after = await readAccounts(t);
      t.expect.samePurse(before.purse, after.purse, about);
      expectMoved(t, before, after, 0, about);
      await expectNextPurchaseWorks(t, before, { requirement: "PAY-BASE-618-e" });
    },
  }),

  defineCase({
    id: "PAY-CARD-32",
    suite: "payment",
    purpose:
      "A card pulled right after it has debited still knows its answer when it comes back: the amount is collected once",
    requirements: ["PAY-BASE-618-f", "PAY-BASE-620-b"],
    owner: "card",
    needs: { links: ["235"], cards: ["specimen"], swiftHand: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-f" };
      const before = await readAccounts(t);
      using pulled = t.system.when({ link: "235", from: "card", message: DEBIT_IEP }, () => t.system.removeCard());
      using fault = t.system.disturb({
        link: "235",
        from: "card",
        message: DEBIT_IEP,
        times: 1,
        act: () => "lose-link",
        what: "the card is pulled before its answer is read",
      });
      const seen = await t.system.purchase();
      t.expect.equal("cards pulled, answers lost", [pulled.hits, fault.hits], [1, 1], { owner: "bench" });
      pulled[Symbol.dispose]();
      t.expect.that(seen.outcome.CC !== "0000", "the purchase does not succeed without the card's answer", {
        ...about,
        actual: seen.outcome.CC,
      });
      await t.system.insertCard("specimen");
      const torn = await readAccounts(t);
      const price = expectOneDebit(t, before, torn);
      expectConserved(t, before, torn, { owner: "server" });
      const settled = t.expect.present("recovery", await t.system.recover(), about);
      t.expect.equal("DEBIT IEP commands of the recovery", apdusOn(settled, "235", DEBIT_IEP).length, 0, about);
      const answer = t.expect.present(
        "GET PREVIOUS IEP SIGNATURE",
        apdusOn(settled, "235", GET_PREVIOUS)[0]?.response,
        about,
      );
      t.expect.equal(
        "answer to GET PREVIOUS IEP SIGNATURE: CC and status word",
        toHex(answer.bytes.subarray(0, 2)) + toHex(answer.bytes.subarray(-2)),
        "00009000",
        about,
      );
      expectMoved(t, before, await readAccounts(t), price, { requirement: "PAY-BASE-620-b" });
      await expectNextPurchaseWorks(t, before, about);
    },
  }),

  defineCase({
    id: "PAY-CARD-33",
    suite: "payment",
    purpose:
      "A purchase whose S3 was altered each time between card and set-top box is settled as soon as the set-top box hears the card itself: it asks again, and does not repeat what it once heard",
    requirements: ["PAY-BASE-624-b"],
    owner: "server",
    needs: { links: ["235"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-624-b" };
      const before = await readAccounts(t);
      const act = (answer: Uint8Array) => (answer.length === 18 ? flipBit(answer, S3_AT * 8 + 5) : answer);
      const wrong = [DEBIT_IEP, GET_PREVIOUS].map((message) =>
        t.system.disturb({ link: "235", from: "card", message, act, what: "one bit of S3 inverted" }),
      );
      t.expect.refused(await t.system.purchase(), "A01A", about);
      t.expect.equal(
        "answers with another S3",
        wrong.map(({ hits }) => hits > 0),
        [true, true],
        { owner: "bench" },
      );
      t.expect.refused(t.expect.present("a recovery", await t.system.recover(), about), "A01A", about);
      const open = await readAccounts(t);
      const price = expectOneDebit(t, before, open);
      expectConserved(t, before, open, { owner: "server" });
      for (const each of wrong) each[Symbol.dispose]();
      t.expect.completed(t.expect.present("a recovery", await t.system.recover(), about), about);
      expectMoved(t, before, await readAccounts(t), price, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
];

/** The card has debited exactly once: one record, and its amount has left the balance. Gives the amount. */
function expectOneDebit(t: CaseContext, before: Accounts, after: Accounts): number {
  const debits = newDebits(before, after);
  t.expect.equal("new debits in the card's log", debits.length, 1, { requirement: "PAY-BASE-618-e" });
  const { MPDA } = t.expect.present("the debit", debits[0]);
  t.expect.money(before.purse, after.purse, -MPDA, { requirement: "PAY-BASE-618-e" });
  return MPDA;
}
