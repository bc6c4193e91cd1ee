/** 708, 730, 750: the card is debited as in steps 616 to 622, whoever compares its answer. */
import { bytesToUint, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { at, inElement } from "../support/alter.ts";
import { readAccounts } from "../support/money.ts";
import { apdusOn, theLog, theMessage, thePage } from "../support/observe.ts";
import { family } from "./figures.ts";
import { buy, expectPaid, needing } from "./variant.ts";

const DEBIT_IEP = 0x54;
const DEBIT_COMMAND = 0xeb;
const MPDA_AT = 11;
/** Header and Lc of DEBIT IEP. */
const DATA_AT = 5;

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DEBIT-01`,
      suite: "payment",
      purpose:
        "The set-top box puts the merchant's amount into the debit command (618), so that an altered one does no harm",
      requirements: figure.requirements.debited,
      owner: "reader",
      needs: needing(figure, { links: ["cable", "235", "234"] }),
      async run(t) {
        const about = { requirement: figure.requirements.debited[0] };
        const before = await readAccounts(t);
        using fault = t.system.disturb({
          link: "cable",
          from: "head-end",
          message: DEBIT_COMMAND,
          times: 1,
          act: inElement(
            "DEBITDATA",
            at(MPDA_AT, 4, () => uintToBytes(1, 4)),
          ),
          what: "the amount in the debit command is 1",
        });
        const seen = await buy(t, figure);
        t.expect.equal("debit commands that were altered", fault.hits, 1);
        const debits = apdusOn(seen, "235", DEBIT_IEP);
        t.expect.equal("DEBIT IEP commands", debits.length, 1, about);
        const { command } = t.expect.present("DEBIT IEP", debits[0], about);
        const MPDA = bytesToUint(command.bytes.subarray(DATA_AT + MPDA_AT, DATA_AT + MPDA_AT + 4));
        t.expect.equal("amount that the card sees", MPDA, thePage(t, seen).page.MPDA, { ...about, at: command });
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-DEBIT-02`,
      suite: "payment",
      purpose: "The set-top box logs command and answer, and passes the card's answer on as the card gave it",
      requirements: figure.requirements.debited,
      owner: "reader",
      needs: needing(figure, { links: ["cable", "235", "234"], logs: ["set-top-box"] }),
      async run(t) {
        const about = { requirement: figure.requirements.debited[0] };
        const before = await readAccounts(t);
        const seen = await buy(t, figure);
        const { page } = thePage(t, seen);
        const { command, response } = t.expect.present("DEBIT IEP", apdusOn(seen, "235", DEBIT_IEP)[0], about);
        const NTPSAM = bytesToUint(command.bytes.subarray(DATA_AT + 7, DATA_AT + MPDA_AT));
        const sent = theLog(t, seen, "set-top-box", "debit-command", about);
        const { MPDA, CURRPDA } = page;
        const due = { MPDA, CURRPDA, NTIEP: before.purse.NTIEP, NTPSAM };
        t.expect.equal("what the entry debit-command says", sent.fields, due, { ...about, at: sent });
        t.expect.equal("IDTRX of it", sent.IDTRX, page.IDTRX, { ...about, at: sent });
        const came = theLog(t, seen, "set-top-box", "debit-response", about);
        t.expect.equal(
          "what the entry debit-response says",
          came.fields,
          { CC: "0000", SW: "9000" },
          { ...about, at: came },
        );
        const answer = toHex(t.expect.present("the card's answer", response, about).bytes);
        const { event, message } = theMessage(t, seen, "cable", "debit-response", about);
        t.expect.equal("the answer on the cable", toHex(message.CARDRSP) + message.SW, answer, { ...about, at: event });
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
];
