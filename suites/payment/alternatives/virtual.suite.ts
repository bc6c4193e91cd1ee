/** [0030]: a card that is a program answers exactly as a physical one does, and pays without a reader. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { MessageEvent, PurchaseObservation } from "../../../harness/flows/system.ts";
import { readInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { expectMoved, newDebits, readAccounts } from "../support/money.ts";
import { apdusOn, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { initialiseAnswer } from "../support/raw.ts";
import { expectRefusalSettled, refusedDebit } from "../support/refused-debit.ts";
import { dueResponse } from "../variants/variant.ts";

const suite = "payment";
const about = { requirement: "ALT-0030" };

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-VIRTUAL-01",
    suite,
    purpose:
      "A card that is a program pays with no card in any reader, and counts, signs and records as a physical one does",
    requirements: ["ALT-0030"],
    owner: "card",
    needs: { cards: ["virtual", "specimen"], removal: true, links: ["235", "234", "236"], keys: true },
    async run(t) {
      await t.system.removeCard();
      await t.system.insertCard("virtual");
      const before = await readAccounts(t);
      const seen = await t.system.purchase();
      const { MPDA, CURRPDA, CEXPPDA } = thePage(t, seen).page;
      const INITRSP = fromHex(initialiseAnswer(t, seen).INITRSP);
      const read = readInitResponse(INITRSP);
      const fields = t.expect.present("answer to INITIALIZE IEP", read.ok ? read.value : undefined, about);
      const said = [fields.PPIEP, fields.IDIEP, fields.NTIEP, fields.BALIEP];
      const { PPIEP, IDIEP, NTIEP, BALIEP } = before.purse;
      t.expect.equal("what the card says of itself", said, [PPIEP, IDIEP, NTIEP, BALIEP], about);
      const { DEBITDATA } = theMessage(t, seen, "236", "debit-command").message;
      const { CARDRSP } = theMessage(t, seen, "236", "debit-response").message;
      t.expect.equal("its answer, S3 included", toHex(CARDRSP), dueResponse(t, INITRSP, fields, DEBITDATA), about);
      t.expect.completed(seen, about);
      const after = await readAccounts(t);
      t.expect.equal("its transaction number", after.purse.NTIEP, NTIEP + 1, about);
      const debits = newDebits(before, after).map((entry) => [entry.NTIEP, entry.MPDA, entry.CURRPDA, entry.CEXPPDA]);
      t.expect.equal("debits in its log", debits, [[NTIEP, MPDA, CURRPDA, CEXPPDA]], about);
      expectMoved(t, before, after, MPDA, about);
      await t.system.insertCard("specimen");
    },
  }),
  defineCase({
    id: "PAY-VIRTUAL-02",
    suite,
    purpose:
      "Program and physical card get the same commands, and give answers of the same form with the same status words",
    requirements: ["ALT-0030"],
    owner: "card",
    needs: { secretKeyCard: true, cards: ["virtual"], links: ["235"] },
    async run(t) {
      const physical = await t.system.purchase();
      t.expect.completed(physical);
      await t.system.insertCard("virtual");
      const program = await t.system.purchase();
      t.expect.equal("commands and answers", dialogueOf(program), dialogueOf(physical), about);
      t.expect.completed(program, about);
      await t.system.insertCard("specimen");
      t.expect.completed(await t.system.purchase(), about);
    },
  }),
  defineCase({
    id: "PAY-VIRTUAL-03",
    suite,
    purpose: "A card that is a program refuses a debit command that its security card did not sign, and loses nothing",
    requirements: ["ALT-0030"],
    owner: "card",
    needs: { cards: ["virtual"], links: ["235", "cable"] },
    async run(t) {
      await t.system.insertCard("virtual");
      const before = await readAccounts(t);
      const seen = await refusedDebit(t);
      const words = apdusOn(seen, "235", 0x54).map(({ response }) => toHex(response?.bytes ?? new Uint8Array()));
      t.expect.equal("answers to DEBIT IEP", words, ["9302"], about);
      await expectRefusalSettled(t, seen, before);
      await t.system.insertCard("specimen");
    },
  }),
];

/** Headers of the commands to the card; length and status word of its answers. */
function dialogueOf(seen: PurchaseObservation): readonly string[] {
  return messagesOn(seen, "235").map(({ from, bytes }: MessageEvent) =>
    from === "card" ? `${bytes.length - 2} ${toHex(bytes.subarray(-2))}` : toHex(bytes.subarray(0, 5)),
  );
}
