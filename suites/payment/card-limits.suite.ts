/** What the card does not do: debits that its value, its currency, its numbers or its life cycle forbid. */
import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { ask, balanceNow, expectRefused, freshSession, selectPurse } from "./support/card.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, apdusOn, logsOf } from "./support/observe.ts";
import { debitIep, expectCompletion, expectedS3, previousSignature, signedDebit } from "./support/own-debit.ts";

const DEBIT_IEP = 0x54;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CARD-20",
    suite: "payment",
    purpose:
      "Where value does not cover the amount the card debits nothing and says so under its signature (card-only, then 1 minor unit)",
    requirements: ["PAY-BASE-618-i", "CARD-0082-b", "CARD-0031-j"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      const about = { requirement: "PAY-BASE-618-i" };
      const before = await t.system.readPurse();
      for (const MPDA of [before.BALIEP + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
        await t.step(`${MPDA} minor units`, async () => {
          const { CARDRSP } = await expectCompletion(t, { MPDA }, "9401", about);
          const kept = await previousSignature(t, before.NTIEP);
          t.expect.equal(
            "GET PREVIOUS IEP SIGNATURE gives the negative answer",
            toHex(kept.data) + kept.SW,
            `${toHex(CARDRSP)}9000`,
            { requirement: "CARD-0082-b" },
          );
        });
      }
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0082-b" });
      await expectCompletion(t, { MPDA: 1 }, "0000", { requirement: "CARD-0031-j" });
      t.expect.money(before, await t.system.readPurse(), -1, { requirement: "CARD-0031-j" });
    },
  }),

  defineCase({
    id: "PAY-CARD-21",
    suite: "payment",
    purpose:
      "A debit in another currency, with another exponent or of nothing completes negatively, in the order of the table, and takes nothing",
    requirements: ["PAY-BASE-618-i", "CARD-0031-j"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-i" };
      const before = await t.system.readPurse();
      const CURRPDA = before.CURRIEP === "0840" ? "0978" : "0840";
      const CEXPPDA = (before.CEXPIEP + 1) % 4;
      await expectCompletion(t, { MPDA: 1, CURRPDA }, "9409", about);
      await expectCompletion(t, { MPDA: 1, CEXPPDA }, "9409", about);
      await expectCompletion(t, { MPDA: 0, CURRPDA }, "9409", about);
      await expectCompletion(t, { MPDA: before.BALIEP + 1, CEXPPDA }, "9409", about);
      await expectCompletion(t, { MPDA: 0 }, "940A", about);
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0031-j" });
    },
  }),

  defineCase({
    id: "PAY-CARD-22",
    suite: "payment",
    purpose:
      "A card that reports insufficient value after the debit command ends the purchase in failure everywhere, with nothing collected",
    requirements: ["CARD-0082-b", "PAY-BASE-618-i"],
    owner: "server",
    needs: { secretKeyCard: true, keys: true, links: ["235", "236"], logs: ["payment-server", "head-end"] },
    async run(t) {
      const about = { requirement: "CARD-0082-b" };
      const before = await readAccounts(t);
      const command: Uint8Array[] = [];
      using heard = t.system.disturb({
        link: "235",
        from: "set-top-box",
        message: DEBIT_IEP,
        times: 1,
        act: (bytes) => {
          command.push(bytes.slice(5, 58));
          return fromHex("905C00000D");
        },
        what: "GET BALANCE in place of DEBIT IEP: the card debits nothing",
      });
      const INITRSP: Uint8Array[] = [];
      using initialised = t.system.disturb({
        link: "235",
        from: "card",
        message: 0x50,
        act: (bytes) => {
          INITRSP.push(bytes.slice(0, 27));
          return bytes;
        },
        what: "INITIALIZE IEP listened to",
      });
      using forged = t.system.disturb({
        link: "235",
        from: "card",
        message: DEBIT_IEP,
        times: 1,
        act: () => insufficient(t, INITRSP.at(-1), command[0], before.purse),
        what: "the answer of a card whose value does not suffice (9401, signed)",
      });
      const seen = await t.system.purchase();
      t.expect.equal("answers put in", [heard.hits, forged.hits, initialised.hits > 0], [1, 1, true], {
        owner: "bench",
      });
      t.expect.refused(seen, ["9401", "9404"], about);
      const [told] = allOf(seen, "236", "debit-response");
      const response = t.expect.present("debit response on link 236", told, about).message;
      t.expect.equal("completion code on link 236", toHex(response.CARDRSP.subarray(0, 2)), "9401", about);
      t.expect.present(
        "log entry of the debit response",
        logsOf(seen, "payment-server", "debit-response-received")[0],
        about,
      );
      const entry = t.expect.present(
        "log entry of the card's result",
        logsOf(seen, "head-end", "card-debit-result")[0],
        about,
      );
      t.expect.equal("the head end's log says debited", entry.fields.debited, false, { ...about, at: entry });
      const sale = await t.system.sale(seen.outcome.IDTRX ?? "");
      t.expect.that(sale?.status !== "released", "the merchant released nothing", { ...about, actual: sale?.status });
      t.expect.absent("purchased information", seen.outcome.CONTENT || undefined, about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),

  defineCase({
    id: "PAY-CARD-23",
    suite: "payment",
    purpose: "A card whose transaction number is used up starts no transaction, and can still be read",
    requirements: ["CARD-0031-h"],
    owner: "card",
    needs: { cards: ["exhausted"] },
    async run(t) {
      const about = { requirement: "CARD-0031-h" };
      await t.system.insertCard("exhausted");
      const before = await readAccounts(t);
      await selectPurse(t);
      await expectRefused(t, "INITIALIZE IEP with NTIEP FFFF", "905001001B", "9402", about);
      t.expect.equal("NTIEP", (await balanceNow(t)).NTIEP, 0xffff, about);
      const seen = await t.system.purchase();
      t.expect.that(seen.outcome.CC !== "0000", "the purchase fails", { ...about, actual: seen.outcome.CC });
      t.expect.equal("DEBIT IEP commands to the card", apdusOn(seen, "235", DEBIT_IEP).length, 0, about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-24",
    suite: "payment",
    purpose: "A blocked card refuses to initialise and to debit, tells its balance, and does not pay",
    requirements: ["CARD-0033-b"],
    owner: "card",
    needs: { cards: ["blocked"] },
    async run(t) {
      const about = { requirement: "CARD-0033-b" };
      await t.system.insertCard("blocked");
      await selectPurse(t);
      await expectRefused(t, "INITIALIZE IEP", "905001001B", "9303", about);
      await expectRefused(t, "DEBIT IEP", `9054010035${"00".repeat(53)}10`, "9303", about);
      await expectRefused(t, "INITIALIZE IEP with P1 02", "905002001B", "6A86", about);
      await expectRefused(t, "DEBIT IEP with 52 bytes", `9054010034${"00".repeat(52)}10`, "6700", about);
      const balance = await balanceNow(t);
      const seen = await t.system.purchase();
      t.expect.that(seen.outcome.CC !== "0000", "the purchase fails", { ...about, actual: seen.outcome.CC });
      await selectPurse(t);
      t.expect.equal("balance afterwards", await balanceNow(t), balance, about);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-25",
    suite: "payment",
    purpose:
      "GET PREVIOUS IEP SIGNATURE gives the very answer of the last transaction, also after a reset, and nothing for any other number (card-only debit of 1 minor unit)",
    requirements: ["PAY-BASE-620-a", "CARD-0082-b"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true, protocol: "T=1" },
    leaves: ["value moved by hand"],
    async run(t) {
      const about = { requirement: "PAY-BASE-620-a" };
      const { card, CARDRSP } = await expectCompletion(t, { MPDA: 1 }, "0000", about);
      const { NTIEP } = card.fields;
      const due = `${toHex(CARDRSP)}9000`;
      const answer = async (asked: number) => {
        const { data, SW } = await previousSignature(t, asked);
        return toHex(data) + SW;
      };
      t.expect.equal("answer at once", await answer(NTIEP), due, about);
      for (const kind of ["warm", "cold"] as const) {
        await t.system.resetCard(kind);
        await selectPurse(t);
        t.expect.equal(`answer after a ${kind} reset`, await answer(NTIEP), due, about);
      }
      const open = await freshSession(t);
      t.expect.equal("answer during the next session", await answer(NTIEP), due, about);
      for (const other of [0, NTIEP - 1, NTIEP + 1, NTIEP ^ 0x100, 0xffff]) {
        t.expect.equal(`answer for NTIEP ${other}`, await answer(other), "9406", about);
      }
      const wrong = signedDebit(t, open, { MPDA: 1 }).fill(0xa5, 45);
      t.expect.equal("status word with a wrong S2", (await debitIep(t, wrong)).SW, "9302", about);
      t.expect.equal("answer after a refused debit", await answer(NTIEP), due, about);
      const negative = await expectCompletion(t, { MPDA: 0 }, "940A", { requirement: "CARD-0082-b" });
      t.expect.equal("answer after a negative completion", await answer(NTIEP + 1), `${toHex(negative.CARDRSP)}9000`, {
        requirement: "CARD-0082-b",
      });
      t.expect.equal("answer for the transaction before it", await answer(NTIEP), "9406", about);
      t.expect.equal(
        "answer without Le",
        (await ask(t, `905A010002${toHex(uintToBytes(NTIEP, 2))}`)).SW,
        "6700",
        about,
      );
    },
  }),
];

/** CARDRSP and 9000 as the card in `INITRSP` would give them if its value did not suffice. */
function insufficient(
  t: Parameters<typeof expectedS3>[0],
  INITRSP: Uint8Array | undefined,
  DEBITDATA: Uint8Array | undefined,
  { BALIEP, NTIEP }: { readonly BALIEP: number; readonly NTIEP: number },
): Uint8Array {
  const init = t.expect.present("INITIALIZE IEP before the debit", INITRSP);
  const data = t.expect.present("DEBIT IEP", DEBITDATA);
  const S3 = expectedS3(t, init, data, { CC: "9401", BALIEP });
  return concat(fromHex("9401"), uintToBytes(NTIEP, 2), uintToBytes(BALIEP, 4), fromHex(S3), fromHex("9000"));
}
