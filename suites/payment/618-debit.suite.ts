/** FIG 4, step 618: the set-top box gives the debit command to the card, with the merchant's amount. */
import { bytesToUint, flipBit, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { encodeTlv } from "../../harness/protocol/tlv/write-tlv.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, apdusOn, theLog, theMessage, thePage } from "./support/observe.ts";

const DEBIT_IEP = 0x54;
const DEBIT_COMMAND = 0xeb;
/** In the DEBIT IEP command: header and Lc, then DEBITDATA with MPDA at 11 and S2 at 45. */
const DATA_AT = 5;
const MPDA_AT = 11;
/** What a refusal by the card becomes for everybody behind it (messages.md 5). */
const REFUSED_BY_CARD = "9404";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-618-01",
    suite: "payment",
    purpose:
      "The set-top box gives amount, data and signature of the debit command to the card as the PSAM made them, each time anew",
    requirements: ["PAY-BASE-618-c", "RDR-0027-b"],
    owner: "reader",
    needs: { links: ["cable", "235", "234"] },
    async run(t) {
      await t.system.purchase();
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      const about = { requirement: "PAY-BASE-618-c" };
      const { DEBITDATA } = theMessage(t, seen, "cable", "debit-command", about).message;
      const debits = apdusOn(seen, "235", DEBIT_IEP);
      t.expect.equal("number of DEBIT IEP commands", debits.length, 1, about);
      const command = t.expect.present("DEBIT IEP on link 235", debits[0], about).command;
      const wanted = `9054010035${toHex(DEBITDATA)}10`;
      t.expect.equal("DEBIT IEP as the card sees it", toHex(command.bytes), wanted, { ...about, at: command });
      const { page } = thePage(t, seen, about);
      t.expect.equal("amount that the card sees", amountOf(command.bytes), page.MPDA, about);
    },
  }),

  defineCase({
    id: "PAY-618-02",
    suite: "payment",
    purpose: "The set-top box logs the debit command with transaction identifier, amount, currency and both numbers",
    requirements: ["PAY-BASE-618-b"],
    owner: "server",
    needs: { links: ["cable", "235"], logs: ["set-top-box"] },
    async run(t) {
      const before = await t.system.readPurse();
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      const about = { requirement: "PAY-BASE-618-b" };
      const entry = theLog(t, seen, "set-top-box", "debit-command", about);
      const command = t.expect.present("DEBIT IEP on link 235", apdusOn(seen, "235", DEBIT_IEP)[0]).command;
      const data = command.bytes.subarray(DATA_AT, DATA_AT + 53);
      const at = { ...about, at: entry };
      t.expect.equal("IDTRX of the entry", entry.IDTRX, toHex(data.subarray(29, 45)), at);
      t.expect.equal("IDTRX of the entry", entry.IDTRX, seen.outcome.IDTRX, at);
      t.expect.equal("MPDA of the entry", entry.fields.MPDA, bytesToUint(data.subarray(11, 15)), at);
      t.expect.equal("CURRPDA of the entry", entry.fields.CURRPDA, toHex(data.subarray(15, 17)), at);
      t.expect.equal("NTIEP of the entry", entry.fields.NTIEP, before.NTIEP, at);
      t.expect.equal("NTPSAM of the entry", entry.fields.NTPSAM, bytesToUint(data.subarray(7, 11)), at);
    },
  }),

  defineCase({
    id: "PAY-618-03",
    suite: "payment",
    purpose: "A debit command whose amount was altered on the way reaches the card with the merchant's amount",
    requirements: ["PAY-BASE-618-a"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["cable", "235", "234"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-a" };
      const before = await readAccounts(t);
      using fault = t.system.disturb({
        link: "cable",
        from: "head-end",
        message: DEBIT_COMMAND,
        times: 1,
        act: withOtherAmount,
        what: "amount in the debit command raised by 1",
      });
      const seen = await t.system.purchase();
      t.expect.equal("debit commands altered", fault.hits, 1, { owner: "bench" });
      const command = t.expect.present("DEBIT IEP on link 235", apdusOn(seen, "235", DEBIT_IEP)[0], about).command;
      const { MPDA } = thePage(t, seen).page;
      t.expect.equal("amount that the card sees", amountOf(command.bytes), MPDA, { ...about, at: command });
      const isPaid = seen.outcome.CC === "0000";
      expectMoved(t, before, await readAccounts(t), isPaid ? MPDA : 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),

  defineCase({
    id: "PAY-618-04",
    suite: "payment",
    purpose:
      "Where the amount at the set-top box is not the one that the PSAM signed, the card refuses: no debit and no success",
    requirements: ["PAY-BASE-618-a", "PAY-BASE-618-d"],
    owner: "server",
    needs: { links: ["cable", "235"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-a" };
      const before = await readAccounts(t);
      using fault = t.system.disturb({
        link: "cable",
        from: "head-end",
        message: 0xe2,
        times: 1,
        act: withOtherPageAmount,
        what: "amount on the page raised by 1",
      });
      const seen = await t.system.purchase();
      t.expect.equal("pages altered", fault.hits, 1, { owner: "bench" });
      t.expect.refused(seen, REFUSED_BY_CARD, about);
      await expectNotDebited(t, seen, "9302");
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),

  defineCase({
    id: "PAY-618-05",
    suite: "payment",
    purpose:
      "The card refuses a debit command with a damaged signature, keeps its money, and the user is not told of a debit",
    requirements: ["PAY-BASE-618-d", "CARD-0033-b", "CARD-0082-a", "UI-514-b"],
    owner: "card",
    needs: { links: ["cable", "235"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-618-d" };
      const start = await readAccounts(t);
      for (const bit of [0, 37, 63]) {
        await t.step(`bit ${bit} of S2 inverted`, async () => {
          const before = await readAccounts(t);
          using fault = t.system.disturb({
            link: "235",
            from: "set-top-box",
            message: DEBIT_IEP,
            times: 1,
            act: (command) => flipBit(command, (DATA_AT + 45) * 8 + bit),
            what: `bit ${bit} of S2 inverted`,
          });
          const seen = await t.system.purchase();
          t.expect.equal("debit commands altered", fault.hits, 1, { owner: "bench" });
          t.expect.refused(seen, REFUSED_BY_CARD, about);
          await expectNotDebited(t, seen, "9302");
          const after = await readAccounts(t);
          t.expect.samePurse(before.purse, after.purse, { requirement: "CARD-0082-a" });
          expectMoved(t, before, after, 0, about);
        });
      }
      await expectNextPurchaseWorks(t, start, about);
    },
  }),
];

/** The card's refusal is in the answer, the head end has it in its log, and nobody tells the user of a debit. */
async function expectNotDebited(
  t: CaseContext,
  seen: Awaited<ReturnType<CaseContext["system"]["purchase"]>>,
  SW: string,
): Promise<void> {
  const answer = t.expect.present("answer to DEBIT IEP", apdusOn(seen, "235", DEBIT_IEP)[0]?.response);
  t.expect.equal("answer to DEBIT IEP", toHex(answer.bytes), SW, { requirement: "PAY-BASE-618-d", owner: "card" });
  const entry = theLog(t, seen, "head-end", "card-debit-result");
  t.expect.equal("the head end's log says debited", entry.fields.debited, false, { at: entry, owner: "server" });
  const told = allOf(seen, "cable", "user-message").filter(({ message }) => message.CC === "0000");
  t.expect.equal("messages that tell the user of a debit", told.length, 0, {
    requirement: "UI-514-b",
    owner: "server",
    at: told[0]?.event,
  });
  const words = seen.outcome.shown.filter((text) => /\bwas debited\b/i.test(text));
  t.expect.equal("words to the user that speak of a debit", words, [], { requirement: "UI-514-b", owner: "server" });
}

function amountOf(command: Uint8Array): number {
  return bytesToUint(command.subarray(DATA_AT + MPDA_AT, DATA_AT + MPDA_AT + 4));
}

/** MPDA inside of DEBITDATA, the last element of the debit command, raised by 1. */
function withOtherAmount(message: Uint8Array): Uint8Array {
  const changed = message.slice();
  const at = message.length - 53 + MPDA_AT;
  changed.set(uintToBytes(bytesToUint(message.subarray(at, at + 4)) + 1, 4), at);
  return changed;
}

/** Element MPDA (`DF13`, 4 bytes) of the page raised by 1. */
function withOtherPageAmount(message: Uint8Array): Uint8Array {
  const [first = 0, second = 0, length = 0] = encodeTlv(0xdf13, new Uint8Array(4));
  const at = message.findIndex(
    (byte, index) => byte === first && message[index + 1] === second && message[index + 2] === length,
  );
  if (at < 0) return message;
  const changed = message.slice();
  changed.set(uintToBytes(bytesToUint(message.subarray(at + 3, at + 7)) + 1, 4), at + 3);
  return changed;
}
