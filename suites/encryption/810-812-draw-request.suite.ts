/** 810, 812: the draw request in its envelope, and what the payment server makes of it. */
import { equal, toHex } from "../../harness/core/bytes.ts";
import { openMessage } from "../../harness/crypto/sealed-message.ts";
import { sealTsk } from "../../harness/crypto/transaction-keys.ts";
import type { ElementName } from "../../harness/protocol/messages/elements.ts";
import { at, flipLast, withElement } from "../payment/support/alter.ts";
import { messagesOn, theMessage, thePage } from "../payment/support/observe.ts";
import { initialiseAnswer, rawElements } from "../payment/support/raw.ts";
import { expectOpeningRefused, nonceOf, openingOf, ownSale, sealedUnder } from "./envelope.ts";
import { keysOf } from "./keys.ts";
import { theOpened } from "./opened.ts";
import { buy, type Figure, overlayCases, type Topic } from "./overlay.ts";
import { expectHidden, onLinks } from "./secrets.ts";

const DRAW_REQUEST = 0xea;
const DEBIT_COMMAND = 0xeb;
const ENVELOPE: (ElementName | undefined)[] = ["IDMER", "IDTRX", "RND", "ETSK", "SEALED"];

const DRAWING: readonly Topic[] = [
  {
    id: "810-A",
    purpose: "The sealed draw request has what the card has just said and what the page says",
    requirements: ["ENC-810-a"],
    owner: "server",
    needs: { links: ["235", "236", "cable"] },
    look(t, seen, about, site) {
      const { message } = theOpened(t, seen, "236", keysOf(t, seen, site), "draw-request", about);
      const { page } = thePage(t, seen);
      const card = theMessage(t, seen, "cable", "card-information").message;
      t.expect.equal("INITRSP", toHex(message.INITRSP), initialiseAnswer(t, seen).INITRSP, about);
      t.expect.equal("ATR", toHex(message.ATR), toHex(card.ATR), about);
      const { IDMER, IDTRX, SECINFO, MPDA, CURRPDA, CEXPPDA, COMPARE } = message;
      const said = { IDMER, IDTRX, SECINFO: toHex(SECINFO), MPDA, CURRPDA, CEXPPDA, COMPARE };
      const due = {
        IDMER: page.IDMER,
        IDTRX: page.IDTRX,
        SECINFO: toHex(page.SECINFO),
        MPDA: page.MPDA,
        CURRPDA: page.CURRPDA,
        CEXPPDA: page.CEXPPDA,
        COMPARE: page.COMPARE,
      };
      t.expect.equal("what the draw request takes from the page", said, due, about);
    },
  },
  {
    id: "810-B",
    purpose: "The draw request leaves sealed under the session key, and nothing of it in clear",
    requirements: ["ENC-810-b", "AMB-DERIVE-INPUT"],
    owner: "server",
    needs: { links: ["236", "cable"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const sent = messagesOn(seen, "236", "head-end");
      t.expect.equal("draw requests in clear", sent.filter(({ bytes }) => bytes[0] === DRAW_REQUEST).length, 0, about);
      const { event, message } = theMessage(t, seen, "236", "sealed-opening", about);
      t.expect.equal(
        "elements of the envelope",
        rawElements(event).map(({ name }) => name),
        ENVELOPE,
        about,
      );
      t.expect.equal("position of the envelope on its channel", sent.indexOf(event), 0, about);
      const opens = (key: Uint8Array) => openMessage(keys.suite, key, keys.IDTRX, message.SEALED, [DRAW_REQUEST]);
      t.expect.present("draw request under the session key", opens(keys.TSK), about);
      t.expect.absent("draw request under the derived key", opens(keys.KDER), about);
    },
  },
  {
    id: "810-C",
    purpose: "The sealed session key of this very page goes along with the draw request",
    requirements: ["ENC-810-c"],
    owner: "server",
    needs: { links: ["236"] },
    async run(t, site, about) {
      for (let count = 0; count < 2; count++) {
        const seen = await buy(t, site);
        const { ETSK, RND } = keysOf(t, seen, site, about);
        const { event, message } = theMessage(t, seen, "236", "sealed-opening", about);
        t.expect.equal("ETSK of the envelope", toHex(message.ETSK), toHex(ETSK), { ...about, at: event });
        t.expect.equal("RND of the envelope", message.RND, toHex(RND), { ...about, at: event });
        t.expect.completed(seen, about);
      }
    },
  },
  {
    id: "810-D",
    purpose: "The session key is in no message to or from the payment server",
    requirements: ["ENC-810-d"],
    owner: "server",
    needs: { links: ["236"] },
    look(t, seen, about, site) {
      const { TSK } = keysOf(t, seen, site, about);
      expectHidden(t, seen, { TSK }, onLinks("236", "237"), about);
    },
  },
];

const DECIPHERING: readonly Topic[] = [
  {
    id: "812-A",
    purpose:
      "The payment server takes no key from a message: a session key sealed under a key that is sent along is refused",
    requirements: ["ENC-812-a", "ENC-806-d"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t, site, about) {
      const sale = await ownSale(t, site);
      const { suite, TSK } = sale.keys;
      const foreign = new Uint8Array(16).fill(0x51); // odd parity, so that it would do for either suite
      const ETSK = sealTsk(suite, foreign, sale.keys, TSK, nonceOf(suite, 5));
      const opening = withElement("TSK", foreign, "ETSK")(openingOf(sale, { ETSK }));
      await expectOpeningRefused(t, opening, "A00C", about);
    },
  },
  {
    id: "812-B",
    purpose: "The payment server uses no session key whose seal is broken",
    requirements: ["ENC-812-b"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t, site, about) {
      const sale = await ownSale(t, site);
      const { ETSK } = sale.keys;
      await expectOpeningRefused(t, openingOf(sale, { ETSK: flipLast(ETSK) }), "A00C", about);
      await expectOpeningRefused(t, openingOf(sale, { ETSK: at(0, 1)(ETSK) }), "A00C", about);
    },
  },
  {
    id: "812-C",
    purpose: "The payment server works off the draw request that it has deciphered, and none that it cannot decipher",
    requirements: ["ENC-812-c"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      const { message } = theOpened(t, seen, "236", keysOf(t, seen, site), "draw-request", about);
      const { message: draw } = theMessage(t, seen, "line", "t-draw", about);
      const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, COMPARE } = draw;
      const worked = {
        IDTRX,
        IDMER,
        MPDA,
        CURRPDA,
        CEXPPDA,
        COMPARE,
        INITRSP: toHex(draw.INITRSP),
        ATR: toHex(draw.ATR),
      };
      const due = {
        IDTRX: message.IDTRX,
        IDMER: message.IDMER,
        MPDA: message.MPDA,
        CURRPDA: message.CURRPDA,
        CEXPPDA: message.CEXPPDA,
        COMPARE: message.COMPARE,
        INITRSP: toHex(message.INITRSP),
        ATR: toHex(message.ATR),
      };
      t.expect.equal("what the terminal is asked for", worked, due, about);
      t.expect.completed(seen, about);
      const sale = await ownSale(t, site);
      const SEALED = flipLast(sealedUnder(sale.keys, sale.draw, 1));
      await expectOpeningRefused(t, openingOf(sale, { SEALED }), "A00C", about);
    },
  },
  {
    id: "812-D",
    purpose: "The debit command is sealed under the session key, not under the derived key",
    requirements: ["ENC-812-d", "ENC-816-a"],
    owner: "server",
    needs: { links: ["236", "line"] },
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const first = t.expect.present(
        "answer of the payment server",
        messagesOn(seen, "236", "payment-server")[0],
        about,
      );
      const SEALED = t.expect.present("SEALED in it", rawElements(first).find(({ name }) => name === "SEALED")?.value, {
        ...about,
        at: first,
      });
      const opens = (key: Uint8Array) => openMessage(keys.suite, key, keys.IDTRX, SEALED, [DEBIT_COMMAND]);
      t.expect.present("debit command under the session key", opens(keys.TSK), about);
      t.expect.absent("debit command under the derived key", opens(keys.KDER), about);
    },
  },
  {
    id: "814",
    purpose: "The debit command goes to the head end sealed, with what the figure adds, and never in clear",
    requirements: ["ENC-814", "ENC-0115-b"],
    owner: "server",
    needs: { links: ["236", "line"] },
    look(t, seen, about, site) {
      const sent = messagesOn(seen, "236", "payment-server");
      t.expect.equal(
        "debit commands in clear",
        sent.filter(({ bytes }) => bytes[0] === DEBIT_COMMAND).length,
        0,
        about,
      );
      const first = t.expect.present("answer of the payment server", sent[0], about);
      t.expect.equal(
        "its elements",
        rawElements(first).map(({ name }) => name),
        ["IDTRX", "SEALED"],
        about,
      );
      const { message } = theOpened(t, seen, "236", keysOf(t, seen, site), "debit-command", about);
      const { DEBITDATA, EXPECTED } = theMessage(t, seen, "line", "t-debit", about).message;
      t.expect.equal("DEBITDATA", toHex(message.DEBITDATA), toHex(DEBITDATA), about);
      const added = (["EXPECTED", "SEXP"] as const).filter((name) => message[name] !== undefined);
      t.expect.equal<readonly string[]>("what is added for the comparison", added, ADDED[site.figure], about);
      if (message.EXPECTED && EXPECTED) {
        t.expect.that(equal(message.EXPECTED, EXPECTED), "EXPECTED is that of the terminal", about);
      }
    },
  },
];

/** Nothing where the answer comes back to the payment server. */
const ADDED: Readonly<Record<Figure["id"], string[]>> = { FIG4: [], FIG5: [], FIG6: ["EXPECTED"], FIG7: ["SEXP"] };

export const cases = overlayCases([...DRAWING, ...DECIPHERING]);
