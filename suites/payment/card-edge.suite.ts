/** The commands of the card (`card-edge.md`): what it says of itself, and how a number and a challenge come about. */
import { toHex } from "../../harness/core/bytes.ts";
import { parseAtr } from "../../harness/protocol/atr/parse-atr.ts";
import { encodeGetBalanceCommand } from "../../harness/protocol/messages/get-balance.ts";
import {
  CARD_INFORMATION_FILE,
  encodeReadRecordCommand,
  LOG_FILE,
} from "../../harness/protocol/messages/read-record.ts";
import { parseSelectPurseResponse } from "../../harness/protocol/messages/select-purse.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { balanceNow, expectAnswer, expectRefused, freshSession, initialise, selectPurse } from "./support/card.ts";
import { apdusOn } from "./support/observe.ts";
import { debitIep, expectCompletion, signedDebit } from "./support/own-debit.ts";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CARD-01",
    suite: "payment",
    purpose:
      "SELECT, INITIALIZE IEP, GET BALANCE and the card information file tell one story of the purse, in their exact forms",
    requirements: ["CARD-0077-a", "CARD-0031-b", "CARD-0031-c", "CARD-0031-g"],
    owner: "card",
    async run(t) {
      const about = { requirement: "CARD-0077-a" };
      const identity = await identityOf(t);
      const { INITRSP, fields } = await initialise(t, about);
      const balance = await balanceNow(t, about);
      const file = await expectAnswer(
        t,
        "READ RECORD of card information",
        encodeReadRecordCommand(1, CARD_INFORMATION_FILE),
        21,
        about,
      );
      t.expect.equal("bank identifier number (PPIEP) in both", fields.PPIEP, identity.PPIEP, {
        requirement: "CARD-0031-b",
      });
      t.expect.oneOf("bank identifier number", fields.PPIEP, t.facts.providers, { requirement: "CARD-0031-b" });
      t.expect.equal("purse number (IDIEP) in both", fields.IDIEP, identity.IDIEP, { requirement: "CARD-0031-c" });
      const told = identity.PPIEP + identity.IDIEP + identity.SNIEP;
      t.expect.equal("PPIEP, IDIEP, SNIEP of the file", toHex(file.subarray(0, 16)), told, {
        requirement: "CARD-0031-c",
      });
      t.expect.equal(
        "expiry date of INITIALIZE IEP and file",
        toHex(INITRSP.subarray(9, 12)),
        toHex(file.subarray(16, 19)),
        { requirement: "CARD-0031-g" },
      );
      t.expect.matches("expiry date, YYMMDD", fields.DEXPIEP, /^\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, {
        requirement: "CARD-0031-g",
      });
      t.expect.that(fields.DEXPIEP >= t.facts.today, "the card has not expired yet", {
        requirement: "CARD-0031-g",
        actual: fields.DEXPIEP,
      });
      t.expect.equal("ALGIEP and VKIEP of both", [INITRSP[8], INITRSP[22]], [file[19], file[20]], about);
      t.expect.equal(
        "balance, currency, exponent and NTIEP of INITIALIZE IEP and GET BALANCE",
        [fields.BALIEP, fields.CURRIEP, fields.CEXPIEP, fields.NTIEP],
        [balance.BALIEP, balance.CURRIEP, balance.CEXPIEP, balance.NTIEP],
        about,
      );
      t.expect.that(balance.BALIEP <= balance.BALmaxIEP, "the balance is not above the highest one", about);
      await expectRefused(
        t,
        "READ RECORD 2 of card information",
        encodeReadRecordCommand(2, CARD_INFORMATION_FILE),
        "6A83",
        about,
      );
      await expectRefused(t, "READ RECORD 0", encodeReadRecordCommand(0, LOG_FILE), "6A86", about);
    },
  }),

  defineCase({
    id: "PAY-CARD-02",
    suite: "payment",
    purpose: "Two cards differ in purse number and in serial number",
    requirements: ["CARD-0031-c"],
    owner: "card",
    needs: { cards: ["second"] },
    async run(t) {
      const about = { requirement: "CARD-0031-c" };
      const first = await identityOf(t);
      await t.system.insertCard("second");
      const second = await identityOf(t);
      await t.system.insertCard("specimen");
      t.expect.that(first.PPIEP + first.IDIEP !== second.PPIEP + second.IDIEP, "the purse numbers differ", {
        ...about,
        actual: second.IDIEP,
      });
      t.expect.that(first.SNIEP !== second.SNIEP, "the serial numbers differ", { ...about, actual: second.SNIEP });
      t.expect.equal("the first card again", await identityOf(t), first, about);
    },
  }),

  defineCase({
    id: "PAY-CARD-03",
    suite: "payment",
    purpose: "Repeated INITIALIZE IEP gives a fresh R each time, and the same transaction number, also after resets",
    requirements: ["CARD-0031-h", "CARD-0031-i"],
    owner: "card",
    async run(t) {
      const { NTIEP } = (await freshSession(t)).fields;
      const seen = new Set<string>();
      for (let round = 0; round < 12; round++) {
        if (round === 4) await t.system.resetCard("warm");
        if (round === 8) await t.system.resetCard("cold");
        const { fields } = await freshSession(t);
        seen.add(fields.R);
        t.expect.equal(`NTIEP at INITIALIZE IEP ${round + 1}`, fields.NTIEP, NTIEP, { requirement: "CARD-0031-h" });
      }
      t.expect.equal("different challenges of 12", seen.size, 12, { requirement: "CARD-0031-i" });
      t.expect.equal("NTIEP of GET BALANCE", (await balanceNow(t)).NTIEP, NTIEP, { requirement: "CARD-0031-h" });
    },
  }),

  defineCase({
    id: "PAY-CARD-04",
    suite: "payment",
    purpose: "NTIEP advances by one with each purchase that completes, and with nothing else",
    requirements: ["CARD-0031-h", "ALT-0030"],
    owner: "card",
    async run(t) {
      const about = { requirement: "CARD-0031-h" };
      for (let round = 0; round < 2; round++) {
        const before = await t.system.readPurse();
        t.expect.equal("NTIEP before", (await freshSession(t)).fields.NTIEP, before.NTIEP, about);
        const seen = await t.system.purchase();
        const after = await t.system.readPurse();
        t.expect.equal("NTIEP after a purchase", after.NTIEP, before.NTIEP + 1, { requirement: "ALT-0030" });
        t.expect.completed(seen, about);
        const answer = t.expect.present("answer to DEBIT IEP", apdusOn(seen, "235", 0x54)[0]?.response);
        t.expect.equal(
          "NTIEP in the answer",
          toHex(answer.bytes.subarray(2, 4)),
          before.NTIEP.toString(16).toUpperCase().padStart(4, "0"),
          about,
        );
      }
      const before = await t.system.readPurse();
      await t.system.purchase({ decide: () => "cancel" });
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-05",
    suite: "payment",
    purpose: "NTIEP stays where a debit is refused or completes negatively",
    requirements: ["CARD-0031-h", "CARD-0031-j"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true },
    async run(t) {
      await selectPurse(t);
      const before = await balanceNow(t);
      const card = await initialise(t);
      const wrong = signedDebit(t, card, { MPDA: 1 }).fill(0, 45);
      t.expect.equal("status word with S2 of zeros", (await debitIep(t, wrong)).SW, "9302", {
        requirement: "CARD-0031-j",
      });
      await expectCompletion(t, { MPDA: before.BALIEP + 1 }, "9401", { requirement: "CARD-0031-j" });
      await expectCompletion(t, { MPDA: 0 }, "940A", { requirement: "CARD-0031-j" });
      t.expect.equal("balance and NTIEP afterwards", await balanceNow(t), before, { requirement: "CARD-0031-h" });
    },
  }),

  defineCase({
    id: "PAY-CARD-08",
    suite: "payment",
    purpose:
      "Reset, warm or cold, in every state gives the same answer to reset and ends the session, and costs nothing",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const about = { requirement: "CARD-0077-a" };
      const before = await t.system.readPurse();
      const parsed = parseAtr(before.ATR);
      t.expect.that(parsed.ok, "the answer to reset is well formed", { ...about, actual: toHex(before.ATR) });
      const states: readonly (() => Promise<unknown>)[] = [
        async () => undefined,
        () => selectPurse(t),
        () => freshSession(t),
      ];
      for (const kind of ["warm", "cold"] as const) {
        for (const enter of states) {
          await enter();
          const ATR = await t.system.resetCard(kind);
          t.expect.equal(`answer to a ${kind} reset`, toHex(ATR), toHex(before.ATR), about);
          await expectRefused(t, "INITIALIZE IEP after the reset", "905001001B", "6985", about);
          await expectRefused(t, "GET BALANCE after the reset", encodeGetBalanceCommand(), "6985", about);
        }
      }
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),
];

async function identityOf(t: CaseContext) {
  const data = await selectPurse(t);
  const result = parseSelectPurseResponse(Uint8Array.of(...data, 0x90, 0x00));
  const said = result.kind === "answer" ? "readable" : result.kind === "malformed" ? result.reason : "refused";
  t.expect.equal("file control information of the purse", said, "readable", { requirement: "CARD-0077-a" });
  return t.expect.present("identity of the purse", result.kind === "answer" ? result.value : undefined);
}
