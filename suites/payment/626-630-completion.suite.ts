/** Steps 624 to 628: the PSAM compares the card's signature with the one that it expects, and confirms or does not. */
import { bytesToUint, concat, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { parseCommandApdu } from "../../harness/protocol/apdu/command-apdu.ts";
import { parseMessageResult } from "../../harness/protocol/messages/message-result.ts";
import { type Case, defineCase } from "../define/case.ts";
import {
  confirm,
  debitCard,
  expectNotConfirmed,
  firstTerminal,
  flipped,
  identifierOf,
  initialise,
  issue,
  withdraw,
} from "./support/direct.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { apdusOn, messagesOn, theMessage } from "./support/observe.ts";
import { cardResponse } from "./support/signatures.ts";

const suite = "payment";
const COMPLETE = 0x74;
const DEBIT = 0x54;
const S3_AT = 8;
const S3_LENGTH = 8;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-626-01",
    suite,
    purpose: "The PSAM is shown the card's very answer, confirms it, and its message result names the transaction",
    requirements: ["PAY-BASE-628", "PSAM-0084", "PSAM-0085-d"],
    owner: "psam",
    needs: { links: ["235", "line", "SAM"] },
    async run(t) {
      const before = await readAccounts(t);
      const [item] = t.facts.catalogue;
      const price = t.expect.present("an item in the catalogue", item);
      const seen = await t.system.purchase();
      const IDTRX = t.expect.present("transaction identifier", seen.outcome.IDTRX);
      const completion = t.expect.present("COMPLETE on link SAM", apdusOn(seen, "SAM", COMPLETE)[0], {
        requirement: "PSAM-0084",
        owner: "terminal",
      });
      const command = parseCommandApdu(completion.command.bytes);
      const answered = t.expect.present("the card's answer", apdusOn(seen, "235", DEBIT)[0]?.response);
      const shown = command.ok ? toHex(command.apdu.data) : "no command";
      const due = IDTRX + toHex(answered.bytes.subarray(0, -2));
      t.expect.equal("what the PSAM is shown", shown, due, { at: completion.command, requirement: "PSAM-0084" });
      const { message, event } = theMessage(t, seen, "line", "t-result", { requirement: "PSAM-0085-d" });
      t.expect.equal("CC of the T-result", message.CC, "0000", { requirement: "PSAM-0085-d", at: event });
      const about = { requirement: "PAY-BASE-628", at: event };
      const read = parseMessageResult(t.expect.present("message result", message.MSGRESULT, about));
      const { PPIEP, IDIEP, NTIEP } = before.purse;
      const NTPSAM = before.totals.get(message.IDTERM)?.NTPSAM;
      const expected = { IDTRX, CC: "0000", NTPSAM, PPIEP, IDIEP, NTIEP, MPDA: price.price };
      const { CURRPDA, CEXPPDA, ...named } = read.ok ? read.value : { CURRPDA: "", CEXPPDA: -1 };
      t.expect.equal("message result", named as object, expected, about);
      t.expect.equal("currency and exponent", [CURRPDA, CEXPPDA], [price.CURR, price.CEXP], about);
      t.expect.completed(seen);
      expectMoved(t, before, await readAccounts(t), price.price);
    },
  }),
  defineCase({
    id: "PAY-626-02",
    suite,
    purpose: "A card signature that is wrong in any one bit is not confirmed, and the right one still is afterwards",
    requirements: ["PAY-BASE-626-a", "PAY-BASE-626-b", "PSAM-0085-a", "PSAM-0085-b", "PSAM-0084"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 1 });
      const CARDRSP = await debitCard(t, issued);
      const about = { requirement: "PSAM-0085-a" };
      for (let index = 0; index < S3_LENGTH; index++) {
        for (const mask of [0x80, 0x01]) {
          await expectNotConfirmed(t, issued, flipped(CARDRSP, S3_AT + index, mask), "9302", about);
        }
      }
      const zeros = concat(CARDRSP.subarray(0, S3_AT), new Uint8Array(S3_LENGTH));
      await expectNotConfirmed(t, issued, zeros, "9302", { requirement: "PAY-BASE-626-a" });
      const between = await t.system.readTotals(IDTERM);
      const kept = before.totals.get(IDTERM);
      t.expect.equal("totals after wrong signatures", between.totals, kept?.totals ?? [], {
        requirement: "PAY-BASE-626-b",
      });
      await confirm(t, issued, CARDRSP, { requirement: "PSAM-0084" });
      const after = await readAccounts(t);
      expectMoved(t, before, after, 1, { requirement: "PAY-BASE-626-a" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-626-03",
    suite,
    purpose: "The card's transaction number, balance and completion code cannot be changed under a right signature",
    requirements: ["PAY-BASE-626-a", "PSAM-0085-b"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 1 });
      const CARDRSP = await debitCard(t, issued);
      const about = { requirement: "PAY-BASE-626-a" };
      await expectNotConfirmed(t, issued, flipped(CARDRSP, 3, 0x01), "9302", about); // NTIEP
      const richer = uintToBytes(bytesToUint(CARDRSP.subarray(4, 8)) + 1, 4);
      const altered = concat(CARDRSP.subarray(0, 4), richer, CARDRSP.subarray(8));
      await expectNotConfirmed(t, issued, altered, "9302", about); // BALIEP
      const code = Uint8Array.of(0x94, 0x01);
      const negative = concat(code, CARDRSP.subarray(2));
      await expectNotConfirmed(t, issued, negative, "9302", { requirement: "PSAM-0085-b" });
      const undebited = concat(code, CARDRSP.subarray(2, 4), offer.INITRSP.subarray(12, 16), CARDRSP.subarray(8));
      await expectNotConfirmed(t, issued, undebited, "9302", { requirement: "PSAM-0085-b" });
      await confirm(t, issued, CARDRSP, about);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-626-04",
    suite,
    purpose: "A negative completion code under a right signature closes the transaction without confirmation or total",
    requirements: ["PAY-BASE-626-b", "PSAM-0085-b"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const about = { requirement: "PSAM-0085-b" };
      for (const [k, CC] of ["9401", "9409", "940A"].entries()) {
        const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA: 1 });
        await expectNotConfirmed(t, issued, cardResponse(t, issued, CC), "9404", about);
        await expectNotConfirmed(t, issued, cardResponse(t, issued, "0000"), "9415", about);
      }
      const after = await readAccounts(t);
      expectMoved(t, before, after, 0, { requirement: "PAY-BASE-626-b" });
      t.expect.samePurse(before.purse, after.purse);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-626-05",
    suite,
    purpose: "A response signed under another card's key, or for another challenge, does not authenticate the card",
    requirements: ["PSAM-0044-d", "PAY-BASE-626-a"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const earlier = await initialise(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 1 });
      const IDIEP = offer.fields.IDIEP === "0000000001" ? "0000000002" : "0000000001";
      const stranger = cardResponse(t, issued, "0000", { ...offer.fields, IDIEP });
      await expectNotConfirmed(t, issued, stranger, "9302", { requirement: "PSAM-0044-d" });
      const stale = cardResponse(t, { ...issued, offer: earlier }, "0000");
      await expectNotConfirmed(t, issued, stale, "9302", { requirement: "PAY-BASE-626-a" });
      await withdraw(t, issued);
      const after = await readAccounts(t);
      expectMoved(t, before, after, 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-626-06",
    suite,
    purpose: "After an unequal comparison nothing is confirmed to the merchant and no goods are released",
    requirements: ["PAY-BASE-626-b", "PSAM-0085-b"],
    owner: "psam",
    needs: { links: ["236", "234", "line"] },
    async run(t) {
      const before = await readAccounts(t);
      const at = { requirement: "PAY-BASE-626-b" };
      const disturbance = t.system.disturb({
        link: "line",
        from: "concentrator",
        message: 0xf3,
        act: (message) => {
          const end = toHex(message).indexOf("DF2610") / 2 + 3 + 16;
          return flipped(message, end - 1, 0x01);
        },
        what: "the last bit of S3 in the T-response is inverted",
      });
      const seen = await t.system.purchase();
      disturbance[Symbol.dispose]();
      t.expect.that(disturbance.hits > 0, "the card's response was on its way to the terminal");
      t.expect.refused(seen, ["A01A", "9302"], at);
      t.expect.equal(
        "debit results on link 236",
        messagesOn(seen, "236").filter(({ step }) => step === "634"),
        [],
        at,
      );
      const IDTRX = t.expect.present("transaction identifier", seen.outcome.IDTRX);
      const sale = await t.system.sale(IDTRX);
      t.expect.that(sale?.status !== "released", "no goods are released", { ...at, actual: sale?.status });
      expectConserved(t, before, await readAccounts(t), { requirement: "PSAM-0085-b" });
      await t.system.recover();
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-626-07",
    suite,
    purpose: "The PSAM's comparison comes before the debit result, the confirmation and the release of the goods",
    requirements: ["PSAM-0085-c", "PSAM-0084"],
    owner: "psam",
    needs: { links: ["236", "234", "line", "SAM"] },
    async run(t) {
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      const about = { requirement: "PSAM-0085-c" };
      t.expect.order(seen, ["622", "624", "626", "628", "634", "636", "640"], about);
      const [pair] = apdusOn(seen, "SAM", COMPLETE);
      const compared = t.expect.present("the PSAM's answer to COMPLETE", pair?.response, about);
      t.expect.equal("its status word", toHex(compared.bytes.subarray(-2)), "9000", { ...about, at: compared });
      const early = messagesOn(seen, "236", "payment-server").filter(({ step, n }) => step === "634" && n < compared.n);
      t.expect.equal("debit results before the comparison", early.length, 0, about);
    },
  }),
];
