/** Who sees the expected answer: a head end only where it is trusted, set-top box and card never, and sealed for the merchant. */
import { flipBit, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { openExpected } from "../../../harness/crypto/expected-signature.ts";
import type { RecordedEvent } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Change, inElement, inText } from "../support/alter.ts";
import { contractKey } from "../support/merchant-word.ts";
import { expectMoved, newDebits, readAccounts } from "../support/money.ts";
import { apdusOn, eventsOf, logsOf, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { expectNoDebit, expectNoDraw } from "../support/stopped.ts";
import { type Figure, family, figureOf } from "./figures.ts";
import { buy, contains, debitOf, expectBooked, expectNothingReleased, needing } from "./variant.ts";

const FIG5 = figureOf("FIG5");
const FIG7 = figureOf("FIG7");

const DEBIT_IEP = 0x54;
const DEBIT_COMMAND = 0xeb;
/** S3 is the last 8 bytes of the answer: 16 hex digits. */
const S3_DIGITS = 16;

/** Requirement that says who may see it. */
const SECRECY = {
  FIG5: "PAY-ALT1-708-a",
  FIG6: "PAY-ALT2-728-b",
  FIG7: "PAY-ALT3-0063-b",
} as const satisfies Record<Figure["id"], string>;

const SEEN = {
  FIG5: "The expected answer stays between security card and payment server, and stands in no log",
  FIG6: "The expected answer goes as far as the head end, never to set-top box or card, and stands in no log",
  FIG7: "The expected answer leaves the payment server only sealed, and stands in no log",
} as const satisfies Record<Figure["id"], string>;

const AT_PAYMENT = { link: "236", from: "payment-server", message: DEBIT_COMMAND } as const;

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-SECRET-01`,
      suite: "payment",
      purpose: SEEN[figure.id],
      requirements: [SECRECY[figure.id]],
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, links: ["cable", "234", "236", "235", "line", "SAM"], keys: true }),
      async run(t) {
        const about = { requirement: SECRECY[figure.id] };
        const seen = await buy(t, figure);
        t.expect.completed(seen, about);
        const S3 = debitOf(t, seen, about).due.slice(-S3_DIGITS);
        const answer = t.expect.present("the card's answer", apdusOn(seen, "235", DEBIT_IEP)[0]?.response);
        for (const event of messagesOn(seen, "236").concat(messagesOn(seen, "234"), messagesOn(seen, "cable"))) {
          const isTrusted = figure.id === "FIG6" && event.link === "236" && event.from === "payment-server";
          const isLate = event.n > answer.n && !(event.link === "cable" && event.from === "head-end");
          if (isTrusted || isLate) continue;
          const sentence = `no expected answer on link ${event.link} from the ${event.from}`;
          t.expect.that(!contains(event, S3), sentence, { ...about, at: event });
        }
        for (const event of messagesOn(seen, "235", "set-top-box")) {
          t.expect.that(!contains(event, S3), "the card gets no expected answer", { ...about, at: event });
        }
        for (const event of eventsOf(seen)) expectNotLogged(t, event, S3, about);
      },
    }),
  ),
  defineCase({
    id: "PAY-FIG6-SECRET-02",
    suite: "payment",
    purpose:
      "A head end that is no trusted agent of the merchant asks for no draw that would show it the expected answer",
    requirements: ["PAY-ALT2-728-b", "AMB-TRUSTED"],
    owner: "server",
    needs: needing(FIG5, { links: ["cable", "234", "236", "235"], keys: true }),
    async run(t) {
      const about = { requirement: "PAY-ALT2-728-b" };
      const before = await readAccounts(t);
      using fault = t.system.disturb({
        link: "234",
        from: "merchant",
        message: "response POST /checkout",
        times: 1,
        act: inText(/(name="comparison" value=")[a-z-]*/, "$1head-end"),
        what: "the page of a merchant without a trusted agent says that the head end compares",
      });
      const seen = await buy(t, FIG5);
      t.expect.equal("pages that were altered", fault.hits, 1);
      const { page } = thePage(t, seen);
      t.expect.absent("key of a trusted agent for this merchant", t.keys.agentKey(page.IDMER), { owner: "bench" });
      t.expect.refused(seen, "A00B", about);
      expectNoDraw(t, seen, about);
      expectNoDebit(t, seen, about);
      expectNothingReleased(t, seen, about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      t.expect.completed(await buy(t, FIG5));
    },
  }),
  defineCase({
    id: "PAY-FIG7-SECRET-02",
    suite: "payment",
    purpose:
      "The sealed expected answer opens for merchant and payment server alone, and not when a bit of it is changed",
    requirements: ["PAY-ALT3-748-b", "PAY-ALT3-0063-b"],
    owner: "server",
    needs: needing(FIG7, { secretKeyCard: true, links: ["234", "236", "235", "line"], keys: true }),
    async run(t) {
      const about = { requirement: "PAY-ALT3-748-b" };
      const nonces: string[] = [];
      for (let round = 1; round <= 2; round++) {
        const seen = await buy(t, FIG7);
        const { page } = thePage(t, seen);
        const { event, message } = theMessage(t, seen, "236", "debit-command", about);
        const SEXP = t.expect.present("SEXP of the payment server", message.SEXP, about);
        const at = { ...about, at: event };
        const { due } = debitOf(t, seen);
        const KMER = contractKey(t, page.IDMER);
        const opens = (key: Uint8Array, sealed: Uint8Array, IDTRX = page.IDTRX, IDMER = page.IDMER) =>
          openExpected({ KMER: key }, IDMER, IDTRX, sealed) !== null;
        const EXPECTED = openExpected({ KMER }, page.IDMER, page.IDTRX, SEXP)?.EXPECTED ?? new Uint8Array();
        t.expect.equal("EXPECTED, with the merchant's key", toHex(EXPECTED), due, at);
        for (const [whose, key] of otherKeys(t, page.IDMER)) {
          t.expect.equal(`it opens with ${whose}`, opens(key, SEXP), false, at);
        }
        const other = toHex(flipBit(fromHex(page.IDTRX), 0));
        t.expect.equal("it opens for another transaction", opens(KMER, SEXP, other), false, at);
        t.expect.equal("it opens for another merchant", opens(KMER, SEXP, page.IDTRX, "MER99999"), false, at);
        const altered = Array.from(SEXP, (_, index) => opens(KMER, flipBit(SEXP, 8 * index + 7)));
        t.expect.equal("it opens with a bit changed", altered.includes(true), false, at);
        t.expect.equal("it opens without its last byte", opens(KMER, SEXP.subarray(0, -1)), false, at);
        nonces.push(toHex(SEXP.subarray(0, 12)));
        t.expect.completed(seen);
      }
      t.expect.that(nonces[0] !== nonces[1], "each one has a nonce of its own", { ...about, actual: nonces });
    },
  }),
  ...(
    [
      ["03", "nonce", flipAt(0)],
      ["04", "ciphertext", flipAt(13)],
      ["05", "tag", (SEXP) => flipBit(SEXP, 8 * SEXP.length - 1)],
    ] as const satisfies readonly (readonly [string, string, Change])[]
  ).map(([number, part, change]) =>
    defineCase({
      id: `PAY-FIG7-SECRET-${number}`,
      suite: "payment",
      purpose: `A sealed expected answer whose ${part} was altered on its way releases nothing, and the debit is not lost`,
      requirements: ["PAY-ALT3-748-b", "PAY-ALT3-754-a", "PAY-ALT3-754-d"],
      owner: "server",
      needs: needing(FIG7, { links: ["cable", "234", "236", "235"], logs: ["merchant"] }),
      run: (t) => expectAlteredSealHarmless(t, inElement("SEXP", change)),
    }),
  ),
  defineCase({
    id: "PAY-FIG7-SECRET-06",
    suite: "payment",
    purpose: "The sealed expected answer of another sale, whose card answer comes along, releases nothing",
    requirements: ["PAY-ALT3-754-a", "PAY-ALT3-754-d"],
    owner: "server",
    needs: needing(FIG7, { links: ["cable", "234", "236", "235"], logs: ["merchant"] }),
    async run(t) {
      const earlier = await buy(t, FIG7);
      const { SEXP } = theMessage(t, earlier, "236", "debit-command").message;
      const { CARDRSP } = theMessage(t, earlier, "cable", "debit-response").message;
      const old = new URLSearchParams({
        "card-response": toHex(CARDRSP),
        "expected-signature": toHex(t.expect.present("SEXP of the payment server", SEXP)),
      });
      const change = inText(/card-response=.*$/, old.toString());
      await expectAlteredSealHarmless(t, change, { link: "234", from: "head-end", message: "POST /status" });
    },
  }),
];

/** Refused by the merchant, nothing released; the card's answer, in the notice, and a recovery settle it. */
async function expectAlteredSealHarmless(
  t: CaseContext,
  act: Change,
  where: { link: "236" | "234"; from: "payment-server" | "head-end"; message: number | string } = AT_PAYMENT,
): Promise<void> {
  const about = { requirement: "PAY-ALT3-754-a" };
  const before = await readAccounts(t);
  const fault = t.system.disturb({ ...where, act, what: "the sealed expected answer is not that of the sale" });
  const seen = await buy(t, FIG7);
  fault[Symbol.dispose]();
  t.expect.that(fault.hits > 0, "it was altered", { owner: "bench" });
  t.expect.refused(seen, "A01A", about);
  const { IDTRX, MPDA } = thePage(t, seen).page;
  const compared = logsOf(seen, "merchant", "signatures-compared").map(({ fields }) => fields.equal);
  t.expect.equal("comparisons without an expected answer", compared, [], about);
  expectNothingReleased(t, seen, { requirement: "PAY-ALT3-754-d" });
  t.expect.equal("the sale", (await t.system.sale(IDTRX))?.status, "open", { requirement: "PAY-ALT3-754-d" });
  t.expect.equal("debits of the card", newDebits(before, await readAccounts(t)).length, 1);
  t.expect.completed(t.expect.present("recovery by the set-top box", await t.system.recover()), about);
  expectMoved(t, before, await readAccounts(t), MPDA, about);
  await expectBooked(t, IDTRX, "confirmed", "released", about);
}

/** Keys that are no business of this sale, with whose they are. */
function otherKeys(t: CaseContext, IDMER: string): readonly (readonly [whose: string, key: Uint8Array])[] {
  const strangers = t.facts.sites.filter((site) => site.IDMER !== IDMER);
  const contracts = strangers.flatMap((site) => {
    const { IDMER: name } = site;
    const kinds = {
      "contract key": t.keys.merchantKey(name),
      "agent's key": t.keys.agentKey(name),
      "shared key": t.keys.sharedKey(name),
    };
    return Object.entries(kinds).flatMap(([kind, key]) => (key ? [[`the ${kind} of ${name}`, key] as const] : []));
  });
  const own = flipBit(contractKey(t, IDMER), 0);
  return [...contracts, ["its own key with a bit changed", own], ["a key of zeros", new Uint8Array(16)]];
}

function flipAt(byte: number): Change {
  return (value) => flipBit(value, 8 * byte);
}

function expectNotLogged(t: CaseContext, event: RecordedEvent, S3: string, about: About): void {
  if (event.kind !== "log") return;
  const text = JSON.stringify(event.fields).toUpperCase();
  t.expect.that(!text.includes(S3), `no expected answer in the log entry ${event.entry}`, { ...about, at: event });
}
