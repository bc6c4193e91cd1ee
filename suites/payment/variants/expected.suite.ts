/** 704 to 708, 724 to 728, 744 to 748: the expected answer of the card, from the security card to the head end. */
import { toHex } from "../../../harness/core/bytes.ts";
import { openExpected } from "../../../harness/crypto/expected-signature.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { cancel, firstTerminal, identifierOf, initialise, issue } from "../support/direct.ts";
import { contractKey } from "../support/merchant-word.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { allOf, apdusOn, theMessage, thePage } from "../support/observe.ts";
import { expectedS2 } from "../support/signatures.ts";
import { type Figure, family } from "./figures.ts";
import { tlvOutline } from "./outline.ts";
import { buy, debitOf, dueResponse, expectPaid, needing } from "./variant.ts";

const DEBIT_IEP = 0x54;
const PACKAGE_DEBIT = 0x72;
const SEXP_BYTES = 67;

const COMMANDED = {
  FIG5: "The debit command leaves the payment server without the expected answer",
  FIG6: "The debit command takes the expected answer to the trusted head end in the same message, and no further",
  FIG7: "The debit command takes the expected answer along sealed for the merchant, and the set-top box gets none of it",
} as const satisfies Record<Figure["id"], string>;

const HOLDS = {
  FIG5: "EB IDTRX DEBITDATA",
  FIG6: "EB IDTRX DEBITDATA EXPECTED",
  FIG7: "EB IDTRX DEBITDATA SEXP",
} as const satisfies Record<Figure["id"], string>;

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EXPECTED-01`,
      suite: "payment",
      purpose: "The security card gives signature, debit command and the very answer that the card then gives",
      requirements: figure.requirements.made,
      owner: "psam",
      needs: needing(figure, { secretKeyCard: true, links: ["SAM", "line", "235", "234"], keys: true }),
      async run(t) {
        const [requirement, given = requirement] = figure.requirements.made;
        const before = await readAccounts(t);
        const seen = await buy(t, figure);
        const { fields, INITRSP, DEBITDATA, due } = debitOf(t, seen, { requirement });
        const pairs = apdusOn(seen, "SAM", PACKAGE_DEBIT);
        t.expect.equal("packages DEBIT", pairs.length, 1, { requirement: given });
        const { command, response } = t.expect.present("package DEBIT", pairs[0]);
        t.expect.equal("P1 of it", command.bytes[2], 0x01, { requirement: given, at: command, owner: "terminal" });
        const answer = toHex(t.expect.present("answer to it", response, { requirement: given }).bytes);
        const S2 = expectedS2(t, { INITRSP, fields }, DEBITDATA);
        t.expect.equal("S2 of the debit command", toHex(DEBITDATA.subarray(45)), S2, { requirement: given });
        t.expect.equal("answer of the security card", answer, `${toHex(DEBITDATA)}${due}9000`, { requirement });
        const debit = t.expect.present("DEBIT IEP", apdusOn(seen, "235", DEBIT_IEP)[0]);
        const said = toHex(t.expect.present("the card's answer", debit.response).bytes);
        t.expect.equal("the card's own answer", said, `${due}9000`, { requirement, owner: "card" });
        await expectPaid(t, before, seen, { requirement });
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EXPECTED-02`,
      suite: "payment",
      purpose: "The expected answer is of this amount, this number and this challenge; without COMPARE there is none",
      requirements: figure.requirements.made,
      owner: "psam",
      needs: needing(figure, { secretKeyCard: true, cards: ["specimen"], keys: true }),
      async run(t) {
        const [requirement, given = requirement] = figure.requirements.made;
        const before = await readAccounts(t);
        const IDTERM = firstTerminal(t);
        const { COMPARE } = figure;
        const amounts = [1, 250, before.purse.BALIEP];
        const issued = [];
        for (const [k, MPDA] of amounts.entries()) {
          const offer = await initialise(t);
          const draw = { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA, COMPARE };
          const one = await issue(t, draw, { requirement: given });
          const due = dueResponse(t, offer.INITRSP, offer.fields, one.DEBITDATA);
          const EXPECTED = toHex(t.expect.present("expected answer", one.EXPECTED, { requirement: given }));
          t.expect.equal(`expected answer to a debit of ${MPDA} minor units`, EXPECTED, due, { requirement });
          issued.push(one);
        }
        const offer = await initialise(t);
        const base = await issue(t, { IDTERM, IDTRX: identifierOf(offer, amounts.length), offer, MPDA: 250 });
        t.expect.absent("expected answer where the PSAM compares", base.EXPECTED, { requirement: given });
        for (const one of [base, ...issued]) {
          t.expect.equal("CC of the withdrawal", await cancel(t, one, "withdraw"), "0000", { requirement });
        }
        expectMoved(t, before, await readAccounts(t), 0, { requirement });
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EXPECTED-03`,
      suite: "payment",
      purpose: "The terminal gives signature, debit command and expected answer in one message, and once",
      requirements: figure.requirements.handed,
      owner: "terminal",
      needs: needing(figure, { secretKeyCard: true, links: ["line", "SAM", "235"], keys: true }),
      async run(t) {
        const about = { requirement: figure.requirements.handed[0] };
        const seen = await buy(t, figure);
        const found = allOf(seen, "line", "t-debit");
        t.expect.equal("debit commands of the terminal", found.length, 1, about);
        const { event, message } = t.expect.present("T-debit", found[0], about);
        const at = { ...about, at: event };
        t.expect.equal("what T-debit holds", tlvOutline(event.bytes), "F2 IDTERM IDTRX DEBITDATA EXPECTED", at);
        const { due, fields, INITRSP, DEBITDATA } = debitOf(t, seen, about);
        t.expect.equal("EXPECTED in it", toHex(message.EXPECTED ?? new Uint8Array()), due, at);
        t.expect.equal("S2 in it", toHex(DEBITDATA.subarray(45)), expectedS2(t, { INITRSP, fields }, DEBITDATA), at);
        const made = apdusOn(seen, "SAM", PACKAGE_DEBIT)[0]?.response;
        const SAM = toHex(t.expect.present("answer of the security card", made, about).bytes.subarray(0, 53));
        t.expect.equal("debit command in it", toHex(DEBITDATA), SAM, at);
        t.expect.completed(seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EXPECTED-04`,
      suite: "payment",
      purpose: COMMANDED[figure.id],
      requirements: figure.requirements.commanded,
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, links: ["cable", "234", "236", "235", "line"], keys: true }),
      async run(t) {
        const [requirement, kept = requirement] = figure.requirements.commanded;
        const seen = await buy(t, figure);
        const { DEBITDATA, due } = debitOf(t, seen);
        const commands = allOf(seen, "236", "debit-command");
        t.expect.equal("debit commands on link 236", commands.length, 1, { requirement });
        const { event, message } = t.expect.present("debit command", commands[0]);
        const at = { requirement, at: event };
        t.expect.equal("what the debit command holds", tlvOutline(event.bytes), HOLDS[figure.id], at);
        t.expect.equal("DEBITDATA with its S2", toHex(message.DEBITDATA), toHex(DEBITDATA), at);
        if (figure.id === "FIG6") t.expect.equal("EXPECTED", toHex(message.EXPECTED ?? new Uint8Array()), due, at);
        if (figure.id === "FIG7") expectSealed(t, seen, message.SEXP ?? new Uint8Array(), due, at);
        for (const { event: passed } of allOf(seen, "cable", "debit-command")) {
          const about = { requirement: kept, at: passed };
          t.expect.equal("what the set-top box gets", tlvOutline(passed.bytes), "EB IDTRX DEBITDATA", about);
        }
        t.expect.completed(seen, { requirement });
      },
    }),
  ),
];

/** SEXP opens under the merchant's key for this sale, and says what the security card said. */
function expectSealed(t: CaseContext, seen: PurchaseObservation, SEXP: Uint8Array, due: string, about: About): void {
  const { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA } = thePage(t, seen).page;
  t.expect.equal("bytes of SEXP", SEXP.length, SEXP_BYTES, about);
  const opened = openExpected({ KMER: contractKey(t, IDMER) }, IDMER, IDTRX, SEXP);
  const { EXPECTED, ...said } = t.expect.present("SEXP opened with the merchant's key", opened, about);
  t.expect.equal("EXPECTED in SEXP", toHex(EXPECTED), due, about);
  const { IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit").message;
  const command = readDebitData(DEBITDATA);
  const { NTPSAM, DTHR } = t.expect.present("debit command", command.ok ? command.value : undefined);
  const sale = { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
  t.expect.equal("the rest of SEXP", said, sale, about);
}
