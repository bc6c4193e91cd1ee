/** The cable head end and the set-top box as such ([0027], [0034] to [0036]). */
import { toHex } from "../../harness/core/bytes.ts";
import type { LinkName } from "../../harness/core/trace.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { PAYMENT_OBJECT_TYPE } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { baseSites } from "./support/base-sites.ts";
import { amountPattern, exchangesOf } from "./support/merchant-site.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { messagesOn, theMessage, thePage } from "./support/observe.ts";
import { rawElements, rawHex, theDrawRequest } from "./support/raw.ts";

/** What a head end says to a set-top box (messages.md 2). */
const CABLE_KINDS = ["page", "debit-command", "user-message", "result"] as const;
const CARRYING_IDTRX: readonly LinkName[] = ["cable", "236"];
/** Place of the signatures in DEBITDATA and CARDRSP (card-edge.md 5.3). */
const S2_OFFSET = 45;
const S3_OFFSET = 8;
const WITH_ZEROS = [0x5a, 0x00, 0xa5, 0x80, 0x00, 0xff, 0x01, 0x02];

function withZeros(bytes: Uint8Array, offset: number): Uint8Array {
  const altered = bytes.slice();
  altered.set(WITH_ZEROS.slice(0, Math.max(0, bytes.length - offset)), offset);
  return altered;
}

/** Debit command (from the payment server) or debit response (from the set-top box) with zero bytes in its signature. */
function signatureWithZeros(t: CaseContext, link: "236" | "cable", message: 0xeb | 0xec) {
  return t.system.disturb({
    link,
    from: link === "236" ? "payment-server" : "set-top-box",
    message,
    times: 1,
    act: (bytes) => {
      const parsed = parseMessage(bytes);
      if (parsed.kind === "debit-command") {
        return encodeMessage({ ...parsed, DEBITDATA: withZeros(parsed.DEBITDATA, S2_OFFSET) });
      }
      if (parsed.kind !== "debit-response") return bytes;
      return encodeMessage({ ...parsed, CARDRSP: withZeros(parsed.CARDRSP, S3_OFFSET) });
    },
    what: "the signature has zero bytes in it",
  });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-HE-0027-A",
    suite: "payment",
    purpose: "The set-top box shows the total before it uses the card, and no balance from before the debit after it",
    requirements: ["HE-0027-a"],
    owner: "server",
    needs: { links: ["235", "234"] },
    async run(t) {
      const about = { requirement: "HE-0027-a" };
      const { BALIEP, CEXPIEP } = await t.system.readPurse();
      const seen = await t.system.purchase();
      const { MPDA, CEXPPDA } = thePage(t, seen).page;
      if (MPDA === BALIEP) inconclusive("the price is the card's balance: the texts cannot be told apart", "bench");
      const shown = messagesOn(seen, "ui", "set-top-box").map(({ n, bytes }) => ({
        n,
        text: new TextDecoder().decode(bytes),
      }));
      const commands = messagesOn(seen, "235", "set-top-box");
      const first = t.expect.present("commands of the set-top box to the card", commands[0], about);
      const total = shown.find(({ n, text }) => n < first.n && amountPattern(MPDA, CEXPPDA).test(text));
      t.expect.present("the total on the display before the card is used", total, { ...about, at: first });
      const debit = t.expect.present(
        "DEBIT IEP on link 235",
        commands.find(({ bytes }) => bytes[1] === 0x54),
        about,
      );
      const after = shown.filter(({ n }) => n > debit.n);
      t.expect.that(after.length > 0, "the user is told of the debit", about);
      const old = after.filter(({ text }) => amountPattern(BALIEP, CEXPIEP).test(text));
      t.expect.equal(
        "texts that show the balance of before",
        old.map(({ text }) => text),
        [],
        about,
      );
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0034",
    suite: "payment",
    purpose: "A long page of the merchant reaches the user unshortened, whatever computer the head end is",
    requirements: ["HE-0034"],
    owner: "server",
    needs: { links: ["cable", "234"] },
    async run(t) {
      const about = { requirement: "HE-0034" };
      const long = `<p>${"Thirty thousand characters. ".repeat(1072)}</p>`;
      using fault = t.system.disturb({
        link: "234",
        from: "merchant",
        message: "response POST ",
        act: (body) =>
          new TextDecoder().decode(body).includes(PAYMENT_OBJECT_TYPE) ? body : new TextEncoder().encode(long),
        what: "the purchased information is a long page",
      });
      const seen = await t.system.purchase();
      t.expect.that(fault.hits > 0, "the merchant answered");
      const { message, event } = theMessage(t, seen, "cable", "result", about);
      t.expect.equal("length of CONTENT", message.CONTENT.length, long.length, { ...about, at: event });
      t.expect.that(message.CONTENT === long, "CONTENT is the merchant's page", { ...about, at: event });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0035-A",
    suite: "payment",
    purpose: "In sessions one after the other every message belongs to the transaction of its own session",
    requirements: ["HE-0035-a"],
    owner: "server",
    needs: { links: ["cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "HE-0035-a" };
      for (const which of ["first", "second"]) {
        const seen = await t.step(`${which} session`, () => t.system.purchase());
        const { IDTRX } = thePage(t, seen).page;
        for (const link of CARRYING_IDTRX) {
          for (const event of messagesOn(seen, link)) {
            const named = rawElements(event).find(({ name }) => name === "IDTRX");
            if (named) t.expect.equal(`IDTRX on link ${link}`, toHex(named.value), IDTRX, { ...about, at: event });
          }
        }
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-HE-0035-B",
    suite: "payment",
    purpose: "The parameters that the head end works with are those of the page of this very purchase",
    requirements: ["HE-0035-b"],
    owner: "server",
    needs: { links: ["cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "HE-0035-b" };
      for (const QUANTITY of [1, 2]) {
        const seen = await t.system.purchase({ QUANTITY });
        const { page } = thePage(t, seen);
        const { message, event } = theMessage(t, seen, "cable", "page", about);
        const { kind: _, ...passed } = message;
        const comparable = { ...passed, SECINFO: toHex(passed.SECINFO) };
        t.expect.equal(
          "page on the cable link",
          comparable,
          { ...page, SECINFO: toHex(page.SECINFO) },
          { ...about, at: event },
        );
        const draw = theDrawRequest(t, seen, about);
        t.expect.equal("IDTRX of the draw request", rawHex(t, draw, "IDTRX", about), page.IDTRX, {
          ...about,
          at: draw,
        });
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-HE-0035-C",
    suite: "payment",
    purpose: "The head end reaches every merchant site that it offers, and the payment server from each",
    requirements: ["HE-0035-c"],
    owner: "server",
    needs: { links: ["234", "236"] },
    async run(t) {
      const about = { requirement: "HE-0035-c" };
      for (const { SITE } of baseSites(t.facts).filter((site) =>
        t.facts.catalogue.some((item) => item.SITE === site.SITE),
      )) {
        const seen = await t.step(`purchase at ${SITE}`, () => t.system.purchase({ SITE }));
        t.expect.that(exchangesOf(seen).length > 0, `the site ${SITE} is reached`, about);
        theDrawRequest(t, seen, about);
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-HE-0036-B",
    suite: "payment",
    purpose: "Everything that the head end sends to the set-top box is a message of the cable protocol",
    requirements: ["HE-0036-b"],
    owner: "server",
    needs: { links: ["cable"] },
    async run(t) {
      const about = { requirement: "HE-0036-b" };
      const seen = await t.system.purchase();
      const sent = messagesOn(seen, "cable", "head-end");
      t.expect.that(sent.length >= 3, "page, debit command and result are sent", { ...about, actual: sent.length });
      for (const event of sent) {
        t.expect.oneOf<string>("kind of message", parseMessage(event.bytes).kind, CABLE_KINDS, { ...about, at: event });
      }
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-HE-0036-C-01",
    suite: "payment",
    purpose: "A security card signature with zero bytes in it comes through to the set-top box whole",
    requirements: ["HE-0036-c"],
    owner: "server",
    needs: { links: ["cable", "236"] },
    async run(t) {
      const about = { requirement: "HE-0036-c" };
      const before = await readAccounts(t);
      const fault = signatureWithZeros(t, "236", 0xeb);
      const seen = await t.system.purchase();
      t.expect.equal("signatures that were altered", fault.hits, 1);
      const received = theMessage(t, seen, "236", "debit-command").message;
      const { message, event } = theMessage(t, seen, "cable", "debit-command", about);
      t.expect.equal("DEBITDATA on the cable link", toHex(message.DEBITDATA), toHex(received.DEBITDATA), {
        ...about,
        at: event,
      });
      expectMoved(t, before, await readAccounts(t), 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-HE-0036-C-02",
    suite: "payment",
    purpose: "A card signature with zero bytes in it comes through to the payment server whole",
    requirements: ["HE-0036-c"],
    owner: "server",
    needs: { links: ["cable", "236"] },
    async run(t) {
      const about = { requirement: "HE-0036-c" };
      const before = await readAccounts(t);
      const fault = signatureWithZeros(t, "cable", 0xec);
      const seen = await t.system.purchase();
      t.expect.equal("signatures that were altered", fault.hits, 1);
      const given = theMessage(t, seen, "cable", "debit-response").message;
      const { message, event } = theMessage(t, seen, "236", "debit-response", about);
      const expected = toHex(withZeros(given.CARDRSP, S3_OFFSET));
      t.expect.equal("CARDRSP on link 236", toHex(message.CARDRSP), expected, { ...about, at: event });
      expectConserved(t, before, await readAccounts(t));
      await expectNextPurchaseWorks(t, before);
    },
  }),
];
