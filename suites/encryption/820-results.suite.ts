/** 820: the payment server deciphers the card's answer, has it judged, and answers twice: C for the head end, M for the merchant. */
import { toHex } from "../../harness/core/bytes.ts";
import { openResultM } from "../../harness/crypto/confirmation.ts";
import { openMessage } from "../../harness/crypto/sealed-message.ts";
import { openTsk } from "../../harness/crypto/transaction-keys.ts";
import type { MessageOf } from "../../harness/protocol/messages/layouts.ts";
import { parseMessage } from "../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../define/case.ts";
import { flipLast, inElement } from "../payment/support/alter.ts";
import { expectNextPurchaseWorks, readAccounts } from "../payment/support/money.ts";
import { allOf, apdusOn, logsOf, theLog, theMessage, thePage } from "../payment/support/observe.ts";
import { theAnswer } from "../payment/support/payment.ts";
import { rawElements } from "../payment/support/raw.ts";
import { expectBooked } from "../payment/variants/variant.ts";
import { openingOf, ownSale, refusalOf } from "./envelope.ts";
import { keysOf, type TransactionKeys } from "./keys.ts";
import { openedOn, theOpened } from "./opened.ts";
import { buy, type Overlay, overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";

const SEALED = 0xe5;
const DEBIT_RESULT = 0xed;
const COMPLETE = 0x74;

/** Debit result C under a key; null when it does not open. */
function resultC({ suite, IDTRX }: TransactionKeys, key: Uint8Array, { SEALED: C }: MessageOf<"sealed-results">) {
  return openMessage(suite, key, IDTRX, C, [DEBIT_RESULT]);
}

function resultM({ suite, IDMER, IDTRX }: TransactionKeys, key: Uint8Array, { CONF }: MessageOf<"sealed-results">) {
  return openResultM(suite, key, IDMER, IDTRX, CONF);
}

/** C and M of the same EF, opened; they must be there. */
function bothResults(t: CaseContext, keys: TransactionKeys, results: MessageOf<"sealed-results">, requirement: string) {
  const about = { requirement };
  const bytes = t.expect.present("debit result C under the session key", resultC(keys, keys.TSK, results), about);
  const C = parseMessage(bytes);
  const M = t.expect.present("debit result M under the derived key", resultM(keys, keys.KDER, results), about);
  t.expect.equal("what C is", C.kind, "debit-result", about);
  return { C: C as MessageOf<"debit-result">, M };
}

const RESULTS: readonly Topic[] = [
  {
    id: "820-A",
    purpose:
      "A debit response whose seal is broken is no debit response: nothing is confirmed until the genuine one has come",
    requirements: ["ENC-820-a"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236", "line"], logs: ["payment-server", "merchant"] },
    async run(t, site, about) {
      const before = await readAccounts(t);
      const seen = await buyWithDamagedResponse(t, site);
      t.expect.refused(seen, "A01A", about);
      const refused = allOf(seen, "236", "refusal").map(({ message }) => message.CC);
      t.expect.equal("refusals of the payment server", refused, ["A00C"], about);
      t.expect.equal("log entries undecipherable", logsOf(seen, "payment-server", "undecipherable").length, 1, about);
      t.expect.equal("answers of the card to the terminal", allOf(seen, "line", "t-response").length, 0, about);
      const { IDTRX } = thePage(t, seen).page;
      await expectBooked(t, IDTRX, "unresolved", "open", about);
      await expectNextPurchaseWorks(t, before, about); // the set-top box settles the debit first
      await expectBooked(t, IDTRX, "confirmed", "released", about);
    },
  },
  {
    id: "820-B",
    purpose: "The deciphered debit response is judged by the security card, and its word is the payment server's",
    requirements: ["ENC-820-b"],
    owner: "server",
    figures: ["FIG4"],
    needs: { links: ["236", "line", "SAM"], logs: ["payment-server"] },
    look(t, seen, about, site) {
      const { message } = theOpened(t, seen, "236", keysOf(t, seen, site), "debit-response", about);
      const { message: response } = theMessage(t, seen, "line", "t-response", about);
      t.expect.equal("CARDRSP for the terminal", toHex(response.CARDRSP), toHex(message.CARDRSP), about);
      const [asked] = apdusOn(seen, "SAM", COMPLETE);
      const command = t.expect.present("COMPLETE on link SAM", asked?.command, about);
      t.expect.that(toHex(command.bytes).includes(toHex(message.CARDRSP)), "CARDRSP is what it brings", about);
      t.expect.equal(
        "CC of the log entry terminal-response",
        theLog(t, seen, "payment-server", "terminal-response").fields.CC,
        "0000",
        about,
      );
    },
  },
  {
    id: "820-C",
    purpose: "Debit result C is sealed under the session key for the head end, and has no confirmation in it",
    requirements: ["ENC-820-c", "ENC-0116"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const { C } = bothResults(t, keys, message, "ENC-820-c");
      const { IDTRX, IDMER, CC, CONF, CLEARCONF } = C;
      t.expect.equal(
        "what C says",
        { IDTRX, IDMER, CC, CONF, CLEARCONF },
        { IDTRX: keys.IDTRX, IDMER: keys.IDMER, CC: undefined, CONF: undefined, CLEARCONF: undefined },
        about,
      );
      t.expect.absent("debit result C under the derived key", resultC(keys, keys.KDER, message), about);
    },
  },
  {
    id: "820-D",
    purpose: "Debit result M is the confirmation sealed under the derived key, with every element of the sale",
    requirements: ["ENC-820-d", "ENC-0116"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236", "line"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const { page } = thePage(t, seen);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const { M } = bothResults(t, keys, message, "ENC-820-d");
      const { IDTERM } = theMessage(t, seen, "line", "t-debit", about).message;
      const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = page;
      const { NTPSAM: _, DTHR: __, ...said } = M;
      t.expect.equal("what M says", said, { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC: "0000", IDTERM }, about);
      t.expect.absent("debit result M under the session key", resultM(keys, keys.TSK, message), about);
    },
  },
  {
    id: "820-E",
    purpose: "The head end gets both results in one message, whatever the outcome",
    requirements: ["ENC-820-e"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      const { event } = theMessage(t, seen, "236", "sealed-results", about);
      t.expect.equal(
        "its elements",
        rawElements(event).map(({ name }) => name),
        ["IDTRX", "SEALED", "CONF"],
        about,
      );
      t.expect.completed(seen, about);
      const sale = await ownSale(t, site);
      const answers = await t.system.paymentSession([openingOf(sale), refusalOf(sale, site)]);
      theAnswer(t, answers[1], "sealed-results", about);
    },
  },
  {
    id: "820-F",
    purpose: "Debit results C and M state the same outcome, also when the payment has failed",
    requirements: ["ENC-820-f"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const good = bothResults(t, keysOf(t, seen, site), message, "ENC-820-f");
      t.expect.equal("CC of C and M of a payment", [good.C.CC ?? "0000", good.M.CC], ["0000", "0000"], about);
      const sale = await ownSale(t, site);
      const answers = await t.system.paymentSession([openingOf(sale), refusalOf(sale, site)]);
      const bad = bothResults(t, sale.keys, theAnswer(t, answers[1], "sealed-results", about), "ENC-820-f");
      t.expect.equal("CC of C and M of a card that refused", [bad.C.CC, bad.M.CC], ["9404", "9404"], about);
    },
  },
  {
    id: "820-G",
    purpose:
      "The session key opens draw request, debit command, debit response and result C, and nothing under the derived key",
    requirements: ["ENC-820-g", "ENC-0116"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const kinds = openedOn(seen, "236", keys).map(({ message }) => message.kind);
      const due = ["draw-request", "debit-command", "debit-response", "debit-result"];
      t.expect.equal("messages on link 236 that open with the session key", kinds, due, about);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      t.expect.absent("debit result M under the session key", resultM(keys, keys.TSK, message), about);
      t.expect.absent("ETSK under the session key", openTsk(keys.suite, keys.TSK, keys, keys.ETSK), about);
    },
  },
];

export const cases = overlayCases(RESULTS);

async function buyWithDamagedResponse(t: CaseContext, site: Overlay) {
  using fault = t.system.disturb({
    link: "236",
    from: "head-end",
    message: SEALED,
    act: inElement("SEALED", flipLast),
    what: "last bit of the sealed debit response inverted",
  });
  const seen = await buy(t, site);
  t.expect.equal("debit responses that were damaged", fault.hits, 1);
  return seen;
}
