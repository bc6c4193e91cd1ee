/** [0090]: a dumb terminal hands over APDUs and nothing else; the payment server does the terminal's work itself. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { readInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { flipLast, inElement } from "../support/alter.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks } from "../support/money.ts";
import { allOf, apdusOn, logsOf, messagesOn, theLog, theMessage, thePage } from "../support/observe.ts";
import { packagesOf, type SamPackage } from "../support/packages.ts";
import { initialiseAnswer } from "../support/raw.ts";
import { expectedS2 } from "../support/signatures.ts";
import { expectPaidAt, hasSiteAt, itemAt, readAt, siteAt, type TerminalNeed } from "./place.ts";

const suite = "payment";
const DUMB: TerminalNeed = { kind: "dumb" };
const about = { requirement: "ALT-0090" };
/** INS of PSAM COMPLETE, of CANCEL. */
const COMPLETE = 0x74;
const CANCEL = 0x8e;

const applies = hasSiteAt(DUMB);

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-DUMB-01",
    suite,
    purpose:
      "A dumb terminal gets APDUs for its security card, one after the other, and never a draw request or a card's answer",
    requirements: ["ALT-0090", "PS-0042-a"],
    owner: "server",
    needs: { terminals: DUMB, links: ["line", "SAM", "235", "234"] },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const before = await readAt(t, site);
      const seen = await t.system.purchase({ SITE: site.SITE });
      const line = messagesOn(seen, "line");
      const tags = line.map(({ bytes }) => toHex(bytes.subarray(0, 1)));
      const due = tags.map((_, k) => (k % 2 === 0 ? "FC" : "FD"));
      t.expect.equal("messages on the line", tags, due, about);
      const asked = allOf(seen, "line", "t-apdu").map(({ message }) => [message.IDTERM, toHex(message.APDU)]);
      const toPsam = messagesOn(seen, "SAM", "terminal").map(({ bytes }) => [site.IDTERM, toHex(bytes)]);
      t.expect.equal("commands on line and at the security card", asked, toPsam, about);
      const told = allOf(seen, "line", "t-answer").map(({ message }) => toHex(message.RAPDU));
      const fromPsam = messagesOn(seen, "SAM", "psam").map(({ bytes }) => toHex(bytes));
      t.expect.equal("answers on line and of the security card", told, fromPsam, about);
      const names = packagesOf(seen).map(({ name }) => name);
      t.expect.equal("packages", names, ["ANSWER TO RESET", "INITIALIZE IEP", "DEBIT"], { requirement: "PS-0042-a" });
      const completed = apdusOn(seen, "SAM", COMPLETE).map(({ command }) => toHex(command.bytes.subarray(5, -1)));
      const { CARDRSP } = theMessage(t, seen, "236", "debit-response").message;
      t.expect.equal("COMPLETE", completed, [thePage(t, seen).page.IDTRX + toHex(CARDRSP)], about);
      t.expect.completed(seen, about);
      await expectPaidAt(t, before, seen.outcome.IDTRX, itemAt(t, site).price, about);
    },
  }),
  defineCase({
    id: "PAY-DUMB-02",
    suite,
    purpose:
      "The result is a smart terminal's: the packages hold what card and page said, and the debit command the right S2",
    requirements: ["ALT-0090"],
    owner: "server",
    needs: { secretKeyCard: true, terminals: DUMB, links: ["SAM", "235", "234", "236"], keys: true },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const { ATR } = await t.system.readPurse();
      const seen = await t.system.purchase({ SITE: site.SITE });
      const { INITRSP } = initialiseAnswer(t, seen);
      const { MPDA, CURRPDA, CEXPPDA, IDTRX } = thePage(t, seen).page;
      const [reset, initialised, debit] = packagesOf(seen);
      t.expect.equal("answer to reset package", hexOf(reset), toHex(ATR), about);
      t.expect.equal("INITIALIZE IEP package", hexOf(initialised), INITRSP, about);
      const amount = `${MPDA.toString(16).toUpperCase().padStart(8, "0")}${CURRPDA}0${CEXPPDA}`;
      t.expect.matches("DEBIT package", hexOf(debit), new RegExp(`^${amount}20\\d{12}\\d{8}${IDTRX}$`), about);
      const { DEBITDATA } = theMessage(t, seen, "236", "debit-command", about).message;
      const read = readInitResponse(fromHex(INITRSP));
      const fields = t.expect.present("INITRSP", read.ok ? read.value : undefined);
      const S2 = expectedS2(t, { INITRSP: fromHex(INITRSP), fields }, DEBITDATA);
      t.expect.equal("S2 of the debit command", toHex(DEBITDATA.subarray(45)), S2, about);
      t.expect.equal("DEBITDATA and the security card's answer", toHex(DEBITDATA), answerOf(debit), about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-DUMB-03",
    suite,
    purpose:
      "The payment server keeps the dumb terminal's data store, over a restart too, one record for each response",
    requirements: ["ALT-0090", "PS-0042-a"],
    owner: "server",
    needs: { terminals: DUMB, links: ["234", "235"], logs: ["payment-server"], restart: ["payment-server"] },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const { SITE, IDTERM, IDMER } = site;
      const { length } = await t.system.readStore(IDTERM);
      const was = await t.system.readPurse();
      const first = await t.system.purchase({ SITE });
      const entry = theLog(t, first, "payment-server", "data-store-updated", about);
      t.expect.equal("IDTRX and CC of the entry", [entry.IDTRX, entry.fields.CC], [first.outcome.IDTRX, "0000"], about);
      await t.system.restart("payment-server");
      const second = await t.system.purchase({ SITE });
      t.expect.completed(second, about);
      const store = (await t.system.readStore(IDTERM)).slice(length);
      const { PPIEP, IDIEP, NTIEP, CURRIEP, CEXPIEP } = was;
      const { price } = itemAt(t, site);
      const [one, two] = store;
      const due = (IDTRX: string | undefined, k: number) => ({
        ...{ IDTRX, PPIEP, IDIEP, MPDA: price, CURRPDA: CURRIEP, CEXPPDA: CEXPIEP, CC: "0000", IDMER },
        NTIEP: NTIEP + k,
      });
      const said = store.map(({ COUNT: _, NTPSAM: _n, DTHR: _at, ...rest }) => rest);
      t.expect.equal("records", said, [due(first.outcome.IDTRX, 0), due(second.outcome.IDTRX, 1)], about);
      t.expect.equal("COUNT of the second record", two?.COUNT, (one?.COUNT ?? 0) + 1, about);
      t.expect.equal("NTPSAM of the second record", two?.NTPSAM, (one?.NTPSAM ?? 0) + 1, about);
    },
  }),
  defineCase({
    id: "PAY-DUMB-04",
    suite,
    purpose:
      "A card's answer that is lost suspends the transaction in the dumb terminal's security card, and a recovery completes it",
    requirements: ["ALT-0090"],
    owner: "server",
    needs: { terminals: DUMB, links: ["236", "SAM", "234", "line"], database: true },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const before = await readAt(t, site);
      const lost = t.system.disturb({
        link: "236",
        from: "head-end",
        message: 0xec,
        times: 1,
        act: () => "lose-link",
        what: "link 236 breaks under the debit response",
      });
      const seen = await t.system.purchase({ SITE: site.SITE });
      t.expect.equal("debit responses that were lost", lost.hits, 1);
      lost[Symbol.dispose]();
      const { IDTRX } = thePage(t, seen).page;
      const cancels = apdusOn(seen, "SAM", CANCEL).map(({ command }) => toHex(command.bytes));
      t.expect.equal("CANCEL at the security card", cancels, [`908E010010${IDTRX}`], about);
      t.expect.refused(seen, "A01A", about);
      const { price } = itemAt(t, site);
      t.expect.equal("amount in suspense", expectConserved(t, before, await readAt(t, site), about), price, about);
      const recovered = t.expect.present("recovery", await t.system.recover(), about);
      t.expect.completed(recovered, about);
      const line = messagesOn(recovered, "line").map(({ bytes }) => toHex(bytes.subarray(0, 1)));
      t.expect.that(line.length > 0 && line.every((tag) => tag === "FC" || tag === "FD"), "it passes as APDUs", about);
      await expectPaidAt(t, before, IDTRX, price, about);
    },
  }),
  defineCase({
    id: "PAY-DUMB-05",
    suite,
    purpose:
      "What the dumb terminal's security card refuses is refused with its code, and nothing is debited or left open",
    requirements: ["ALT-0090"],
    owner: "server",
    needs: { terminals: DUMB, cards: ["specimen", "blocked-list"], links: ["236", "235", "SAM"] },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const before = await readAt(t, site);
      await t.system.insertCard("blocked-list");
      const purse = await t.system.readPurse();
      const seen = await t.system.purchase({ SITE: site.SITE });
      const refusal = theMessage(t, seen, "236", "refusal", about);
      t.expect.equal("CC of the refusal", refusal.message.CC, "9412", { ...about, at: refusal.event });
      t.expect.refused(seen, "9412", about);
      t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 0, about);
      t.expect.samePurse(purse, await t.system.readPurse(), about);
      await t.system.insertCard("specimen");
      expectMoved(t, before, await readAt(t, site), 0, about);
      await expectNextPurchaseWorks(t, before, about, { SITE: site.SITE });
    },
  }),
  defineCase({
    id: "PAY-DUMB-06",
    suite,
    purpose:
      "A wrong signature is found by the dumb terminal's security card, recorded, asked for again, and only then counted",
    requirements: ["ALT-0090"],
    owner: "psam",
    needs: { terminals: DUMB, links: ["236", "SAM", "234"], logs: ["payment-server"] },
    applies,
    async run(t) {
      const site = siteAt(t, DUMB);
      const before = await readAt(t, site);
      using fault = t.system.disturb({
        link: "236",
        from: "head-end",
        message: 0xec,
        times: 1,
        act: inElement("CARDRSP", flipLast),
        what: "one bit of S3 is altered",
      });
      const seen = await t.system.purchase({ SITE: site.SITE });
      t.expect.equal("answers that were altered", fault.hits, 1);
      const words = apdusOn(seen, "SAM", COMPLETE).map(({ response }) =>
        toHex(response?.bytes.subarray(-2) ?? new Uint8Array()),
      );
      t.expect.equal("what the security card says to COMPLETE", words, ["9302", "9000"], about);
      const codes = logsOf(seen, "payment-server", "data-store-updated").map(({ fields }) => fields.CC);
      t.expect.equal("records", codes, ["9302", "0000"], about);
      t.expect.completed(seen, about);
      await expectPaidAt(t, before, seen.outcome.IDTRX, itemAt(t, site).price, about);
    },
  }),
];

function hexOf(found: SamPackage | undefined): string {
  return toHex(found?.data ?? new Uint8Array());
}

/** Without status word. */
function answerOf(found: SamPackage | undefined): string {
  return toHex((found?.response ?? new Uint8Array()).subarray(0, -2));
}
