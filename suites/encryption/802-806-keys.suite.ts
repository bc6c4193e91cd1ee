/** 802 to 806: the shared key, the derived key, the session key, and the protected session in which the page is fetched. */
import { equal, flipBit, toHex } from "../../harness/core/bytes.ts";
import { open } from "../../harness/crypto/seal.ts";
import { deriveTransactionKey, openTsk } from "../../harness/crypto/transaction-keys.ts";
import { flipLast } from "../payment/support/alter.ts";
import { theMessage, thePage } from "../payment/support/observe.ts";
import { orderItem, theAnswer } from "../payment/support/payment.ts";
import { openingOf, ownSale, refusalOf } from "./envelope.ts";
import { keysOf, keysOfPage, sharedKey, type TransactionKeys } from "./keys.ts";
import { theOpened } from "./opened.ts";
import { buy, overlayCases, type Topic } from "./overlay.ts";
import { expectHidden, INTERNET, onLinks, sightings } from "./secrets.ts";

/** Whether ETSK opens under a derived key to the TSK of the page. */
function opensUnder(KDER: Uint8Array, keys: TransactionKeys): boolean {
  const TSK = openTsk(keys.suite, KDER, keys, keys.ETSK);
  return TSK !== null && equal(TSK, keys.TSK);
}

function derived({ suite, KSH, IDMER, IDTRX, RND }: TransactionKeys, changes: Partial<TransactionKeys>): Uint8Array {
  const from = { suite, KSH, IDMER, IDTRX, RND, ...changes };
  return deriveTransactionKey(from.suite, from.KSH, from.IDMER, from.IDTRX, from.RND);
}

const OPENS = "ETSK of the page opens with the key derived from the shared key and the data of the sale";

const SHARED_KEY: readonly Topic[] = [
  {
    id: "802-A",
    purpose: "The shared key is that of this merchant and its payment server alone",
    requirements: ["ENC-802-a"],
    owner: "server",
    async run(t, site, about) {
      const layered = t.facts.sites.filter(({ profile }) => profile.encryption !== undefined);
      const names = new Set(layered.map(({ IDMER }) => toHex(sharedKey(t, IDMER))));
      t.expect.equal("different shared keys of the merchants with the layer", names.size, layered.length, about);
      const seen = await buy(t, site);
      const keys = keysOf(t, seen, site, about);
      t.expect.that(opensUnder(keys.KDER, keys), OPENS, about);
      const others = layered.filter(({ IDMER }) => IDMER !== site.IDMER);
      const able = others.filter(({ IDMER }) => opensUnder(derived(keys, { KSH: sharedKey(t, IDMER) }), keys));
      t.expect.equal(
        "other merchants with whose key ETSK opens",
        able.map(({ IDMER }) => IDMER),
        [],
        about,
      );
      t.expect.completed(seen, about);
    },
  },
  {
    id: "802-B",
    purpose: "All 128 bits of the shared key take part, but for parity",
    requirements: ["ENC-802-b", "AMB-DES128"],
    owner: "server",
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      t.expect.that(opensUnder(keys.KDER, keys), OPENS, about);
      const unused = [...keys.KSH.keys()].filter((byte) =>
        opensUnder(derived(keys, { KSH: flipBit(keys.KSH, 8 * byte) }), keys),
      );
      t.expect.equal("bytes of the shared key that do not matter", unused, [], { requirement: "AMB-DES128" });
    },
  },
  {
    id: "802-C",
    purpose: "Each transaction has a derived key of its own, and nothing is sealed under the shared key itself",
    requirements: ["ENC-802-c", "ENC-808-b", "AMB-ETSK-PURPOSE"],
    owner: "server",
    async run(t, site, about) {
      const first = keysOf(t, await buy(t, site), site, about);
      const second = keysOf(t, await buy(t, site), site, about);
      t.expect.that(!equal(first.KDER, second.KDER), "two transactions have two derived keys", about);
      for (const keys of [first, second]) {
        t.expect.that(opensUnder(keys.KDER, keys), OPENS, about);
        t.expect.that(!opensUnder(keys.KSH, keys), "ETSK does not open with the shared key itself", about);
      }
      t.expect.that(!opensUnder(first.KDER, second), "nor with the derived key of another transaction", about);
    },
  },
  {
    id: "802-D",
    purpose: "Another standard than DES serves for the layer: where AES was agreed, no key comes from DES",
    requirements: ["ENC-802-d"],
    owner: "server",
    suites: ["AES"],
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      t.expect.that(opensUnder(keys.KDER, keys), `${OPENS} by CMAC`, about);
      const byDes = derived(keys, { suite: "3DES-CBC-MAC" });
      t.expect.that(!opensUnder(byDes, keys), "it does not open with a key that DES has derived", about);
    },
  },
  {
    id: "802-E",
    purpose: "The shared key is in no message and no log",
    requirements: ["ENC-802-e"],
    owner: "server",
    look(t, seen, about, site) {
      expectHidden(t, seen, { KSH: sharedKey(t, site.IDMER) }, undefined, about);
    },
  },
];

const SESSION: readonly Topic[] = [
  {
    id: "804-A",
    purpose: "Head end and merchant talk to each other within TLS, from the order to the delivery",
    requirements: ["ENC-804-a"],
    owner: "server",
    async run(t, site, about) {
      const { origin } = t.expect.present(
        "the site of the case",
        t.facts.sites.find(({ SITE }) => SITE === site.SITE),
      );
      t.expect.matches("origin of the site", origin, /^https:\/\//, about);
      const seen = await buy(t, site);
      const { event, page } = thePage(t, seen, about);
      t.expect.equal("origin of the status URL", new URL(page.URL).origin, origin, { ...about, at: event });
      t.expect.completed(seen, about);
    },
  },
  {
    id: "804-B",
    purpose:
      "Session key and card information leave the protected sessions nowhere: the key is on the page alone, the card's data are not on link 234",
    requirements: ["ENC-804-b", "AMB-TSK-STB"],
    owner: "server",
    needs: { links: ["234", "236", "cable"] },
    look(t, seen, about, site) {
      const { TSK } = keysOf(t, seen, site, about);
      const pages = new Set([thePage(t, seen).event.n, theMessage(t, seen, "cable", "page").event.n]);
      expectHidden(t, seen, { TSK }, ({ n }) => !pages.has(n), about);
      const { INITRSP } = theMessage(t, seen, "cable", "card-information").message;
      const { DEBITDATA } = theMessage(t, seen, "cable", "debit-command").message;
      expectHidden(t, seen, { INITRSP, "the debit command": DEBITDATA.subarray(0, 45) }, onLinks(...INTERNET), about);
    },
  },
];

const DERIVATION: readonly Topic[] = [
  {
    id: "806-A",
    purpose: "The derived key depends on merchant, transaction and random number",
    requirements: ["ENC-806-a", "AMB-DERIVE-INPUT"],
    owner: "server",
    async run(t, site, about) {
      const keys = keysOfPage(t, await orderItem(t, { SITE: site.SITE }), site, about);
      t.expect.that(opensUnder(keys.KDER, keys), OPENS, about);
      const { IDMER, IDTRX, RND } = keys;
      const others = {
        IDMER: { IDMER: `${IDMER.slice(0, -1)}Z` },
        IDTRX: { IDTRX: toHex(flipLast(Buffer.from(IDTRX, "hex"))) },
        RND: { RND: flipLast(RND) },
      };
      const ignored = Object.entries(others).filter(([, change]) => opensUnder(derived(keys, change), keys));
      t.expect.equal(
        "elements that the derived key does not depend on",
        ignored.map(([name]) => name),
        [],
        about,
      );
    },
  },
  {
    id: "806-B",
    purpose: "The payment server derives the same key from the shared key and the data of the envelope",
    requirements: ["ENC-806-b", "ENC-812-a"],
    owner: "server",
    async run(t, site, about) {
      const sale = await ownSale(t, site);
      const answers = await t.system.paymentSession([openingOf(sale), refusalOf(sale, site)]);
      const { SEALED } = theAnswer(t, answers[0], "sealed", about);
      const aad = Buffer.concat([Buffer.of(0xeb), Buffer.from(sale.page.IDTRX, "hex")]);
      const command = open(site.suite, sale.keys.TSK, aad, SEALED);
      t.expect.present("debit command under the session key that only ETSK has told", command, about);
    },
  },
  {
    id: "806-C",
    purpose: "The merchant makes a new session key for each transaction, for head end and payment server",
    requirements: ["ENC-806-c"],
    owner: "server",
    async run(t, site, about) {
      const pages = [];
      for (let count = 0; count < 4; count++) {
        pages.push(keysOfPage(t, await orderItem(t, { SITE: site.SITE }), site, about));
      }
      t.expect.equal(
        "different session keys of four sales",
        new Set(pages.map(({ TSK }) => toHex(TSK))).size,
        4,
        about,
      );
      t.expect.equal("different random numbers", new Set(pages.map(({ RND }) => toHex(RND))).size, 4, about);
      if (site.suite === "3DES-CBC-MAC") {
        const isOdd = pages.every(({ TSK }) => TSK.every((byte) => ones(byte) % 2 === 1));
        t.expect.that(isOdd, "each byte of a session key for triple DES has odd parity", about);
      }
      const seen = await buy(t, site);
      const command = theOpened(t, seen, "236", keysOf(t, seen, site), "debit-command", about);
      t.expect.equal("IDTRX of the debit command", command.message.IDTRX, seen.outcome.IDTRX, about);
    },
  },
  {
    id: "806-D",
    purpose: "The derived key is in no message and no log",
    requirements: ["ENC-806-d"],
    owner: "server",
    look(t, seen, about, site) {
      const { KDER } = keysOf(t, seen, site, about);
      t.expect.equal("places where the derived key can be read", sightings(seen, KDER), [], about);
    },
  },
];

export const cases = overlayCases([...SHARED_KEY, ...SESSION, ...DERIVATION]);

function ones(byte: number): number {
  return byte.toString(2).replaceAll("0", "").length;
}
