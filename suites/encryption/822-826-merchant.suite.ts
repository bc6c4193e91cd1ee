/** 822 to 826: what the head end does with both results, what the merchant does with M, and what the user hears. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { CaseContext } from "../define/case.ts";
import { at, flipLast, inElement } from "../payment/support/alter.ts";
import { exchangesOf, readableText, theDelivery } from "../payment/support/merchant-site.ts";
import { contractKey } from "../payment/support/merchant-word.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../payment/support/money.ts";
import { allOf, logsOf, theLog, theMessage, thePage } from "../payment/support/observe.ts";
import { orderItem, postConfirmation } from "../payment/support/payment.ts";
import { refusedDebit } from "../payment/support/refused-debit.ts";
import { expectBooked } from "../payment/variants/variant.ts";
import { keysOfPage } from "./keys.ts";
import { buy, type Overlay, overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";
import { expectUnacceptable, plainConf, resultM, wordOn } from "./own-word.ts";

const RESULTS = 0xef;

const AT_HEAD_END: readonly Topic[] = [
  {
    id: "822-A",
    purpose: "A debit result C whose seal is broken is no success for anybody, until a recovery has brought a good one",
    requirements: ["ENC-822-a"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["234", "236", "cable"], logs: ["head-end", "merchant"] },
    async run(t, site, about) {
      const before = await readAccounts(t);
      const seen = await buyWithDamagedResult(t, site);
      t.expect.refused(seen, "A01A", about);
      const { IDTRX } = thePage(t, seen).page;
      t.expect.equal(
        "requests to the merchant",
        exchangesOf(seen).map(({ path }) => path),
        ["/checkout"],
        about,
      );
      t.expect.equal("log entries undecipherable", logsOf(seen, "head-end", "undecipherable").length, 1, about);
      t.expect.equal("success that the user is told of", successes(seen), [], about);
      await expectBooked(t, IDTRX, "confirmed", "open", about);
      await expectNextPurchaseWorks(t, before, about); // the set-top box settles the debit first
      await expectBooked(t, IDTRX, "confirmed", "released", about);
    },
  },
  {
    id: "822-B",
    purpose: "The user hears of a success only after debit result C has come",
    requirements: ["ENC-822-b"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["236", "cable"] },
    look(t, seen, about) {
      const { event } = theMessage(t, seen, "236", "sealed-results", about);
      const [first] = successes(seen);
      const told = t.expect.present("event in which the user is told of the success", first, about);
      t.expect.that(told > event.n, "it comes after debit result C", { ...about, at: told, actual: [event.n, told] });
    },
  },
  {
    id: "822-C",
    purpose: "Debit result M goes to the merchant as it came",
    requirements: ["ENC-822-c"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["234", "236"] },
    look(t, seen, about) {
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const { request, fields } = theDelivery(t, seen, about);
      const posted = t.expect.present("field confirmation", fields.get("confirmation"), { ...about, at: request });
      t.expect.equal("debit result M at the merchant", toHex(fromHex(posted)), toHex(message.CONF), about);
    },
  },
];

const AT_MERCHANT: readonly Topic[] = [
  {
    id: "822-D",
    purpose: "The merchant detects every alteration of debit result M",
    requirements: ["ENC-822-d", "ENC-0065-c"],
    owner: "server",
    async run(t, site, about) {
      const page = await orderItem(t, { SITE: site.SITE });
      const keys = keysOfPage(t, page, site);
      const M = resultM(keys, keys.KDER, wordOn(page, "0000"));
      const altered = {
        "first byte": at(0, 1)(M),
        "a byte in the middle": at(M.length >> 1, 1)(M),
        "last byte": flipLast(M),
        "last byte missing": M.subarray(0, -1),
        "last block missing": M.subarray(0, -8),
        "two blocks exchanged": exchanged(M),
      };
      for (const [what, CONF] of Object.entries(altered)) {
        await expectUnacceptable(t, page, CONF, `debit result M, ${what}`, about);
      }
    },
  },
  {
    id: "824-A",
    purpose: "The merchant opens debit result M with the derived key of this sale and with no other key that it has",
    requirements: ["ENC-824-a", "ENC-806-a"],
    owner: "server",
    needs: { logs: ["merchant"] },
    async run(t, site, about) {
      const page = await orderItem(t, { SITE: site.SITE });
      const keys = keysOfPage(t, page, site);
      const KMER = contractKey(t, site.IDMER);
      const success = wordOn(page, "0000");
      for (const [name, key] of Object.entries({ KSH: keys.KSH, TSK: keys.TSK, KMER })) {
        await expectUnacceptable(t, page, resultM(keys, key, success), `a result under ${name}`, about);
      }
      await expectUnacceptable(t, page, plainConf(KMER, success), "CONF as without the layer", about);
      const genuine = toHex(resultM(keys, keys.KDER, wordOn(page, "9404")));
      t.expect.equal(
        "answer to a genuine result of a failure",
        (await postConfirmation(t, page, genuine)).status,
        402,
        about,
      );
      const registered = logsOf(t.system.events(), "merchant", "confirmation-registered").filter(
        ({ IDTRX }) => IDTRX === page.IDTRX,
      );
      const { accepted, CC } = t.expect.present("log entry of the merchant", registered.at(-1), about).fields;
      t.expect.equal("what it says", { accepted, CC }, { accepted: true, CC: "9404" }, about);
      t.expect.equal("the sale after that", (await t.system.sale(page.IDTRX))?.status, "failed", about);
    },
  },
  {
    id: "824-B",
    purpose:
      "Only the valid result M of this very sale releases the goods: that of an earlier sale of the same amount does not",
    requirements: ["ENC-824-b"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { links: ["234", "236"], logs: ["merchant"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      const { request } = theDelivery(t, seen, about);
      const released = theLog(t, seen, "merchant", "item-released", about);
      t.expect.that(request.n < released.n, "the goods are released after debit result M has come", about);
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      t.expect.that(registered.n < released.n, "and after it has been found good", about);
      const { message } = theMessage(t, seen, "236", "sealed-results", about);
      const page = await orderItem(t, { SITE: site.SITE });
      t.expect.equal("amount of the second sale", page.MPDA, thePage(t, seen).page.MPDA, about);
      await expectUnacceptable(t, page, message.CONF, "debit result M of the earlier sale", about);
    },
  },
  {
    id: "825",
    purpose: "The merchant answers success with the goods and failure with a sentence",
    requirements: ["ENC-825"],
    owner: "server",
    needs: { links: ["234"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const delivery = exchangesOf(seen).find(({ path }) => path.startsWith("/status"));
      t.expect.equal("status of the delivery", delivery?.status, 200, about);
      const page = await orderItem(t, { SITE: site.SITE });
      const keys = keysOfPage(t, page, site);
      const failure = toHex(resultM(keys, keys.KDER, wordOn(page, "9404")));
      const { status, body } = await postConfirmation(t, page, failure);
      t.expect.equal("status of the answer to a failure", status, 402, about);
      t.expect.matches("what a person reads there", readableText(body), /payment.*fail|fail.*payment|not paid/i, about);
    },
  },
  {
    id: "826",
    purpose: "The user hears of success and failure what it was",
    requirements: ["ENC-826"],
    owner: "server",
    needs: { links: ["234", "236", "cable"], logs: ["merchant"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      const { message } = theMessage(t, seen, "cable", "result", about);
      const delivery = exchangesOf(seen).find(({ path }) => path.startsWith("/status"));
      t.expect.equal("CC of the result", message.CC, "0000", about);
      t.expect.equal("what the user gets", message.CONTENT, delivery?.body, about);
      t.expect.completed(seen, about);
      const before = await readAccounts(t);
      const failed = await refusedDebit(t, { SITE: site.SITE });
      t.expect.refused(failed, "9404", about);
      t.expect.equal("success that the user is told of", successes(failed), [], about);
      t.expect.absent("goods for the user", failed.outcome.CONTENT, about);
      t.expect.equal("releases", logsOf(failed, "merchant", "item-released").length, 0, about);
      expectMoved(t, before, await readAccounts(t), 0, about);
    },
  },
];

export const cases = overlayCases([...AT_HEAD_END, ...AT_MERCHANT]);

/** Numbers of the events in which the set-top box is told of a success. */
function successes(seen: Parameters<typeof allOf>[0]): readonly number[] {
  const told = [...allOf(seen, "cable", "user-message"), ...allOf(seen, "cable", "result")];
  return told
    .filter(({ message }) => message.CC === "0000")
    .map(({ event }) => event.n)
    .sort((a, b) => a - b);
}

/** The second and the third block of eight bytes in each other's place. */
function exchanged(M: Uint8Array): Uint8Array {
  const copy = M.slice();
  copy.set(M.subarray(24, 32), 16);
  copy.set(M.subarray(16, 24), 24);
  return copy;
}

async function buyWithDamagedResult(t: CaseContext, site: Overlay) {
  using fault = t.system.disturb({
    link: "236",
    from: "payment-server",
    message: RESULTS,
    times: 1,
    act: inElement("SEALED", flipLast),
    what: "last bit of debit result C inverted",
  });
  const seen = await buy(t, site);
  t.expect.equal("results that were damaged", fault.hits, 1);
  return seen;
}
