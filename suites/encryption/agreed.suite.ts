/** The suite is what was agreed, the layer is there or not as agreed, and parts of messages may be enciphered without it. */

import { CIPHER_SUITES } from "../../harness/core/sale-profile.ts";
import { open } from "../../harness/crypto/seal.ts";
import { type Case, defineCase } from "../define/case.ts";
import { withElement } from "../payment/support/alter.ts";
import { readAccounts } from "../payment/support/money.ts";
import { messagesOn, theMessage, thePage } from "../payment/support/observe.ts";
import { theAnswer } from "../payment/support/payment.ts";
import { plainSite } from "../payment/variants/figures.ts";
import { expectPaid } from "../payment/variants/variant.ts";
import { ownSale } from "./envelope.ts";
import { keysOf } from "./keys.ts";
import { buy, layerSite, overlayCases, type Topic } from "./overlay.ts";

/** A SEALED that nobody asked for. */
const UNASKED = new Uint8Array(24).fill(0xa5);

const AGREED: readonly Topic[] = [
  {
    id: "0164-G",
    purpose: "Both ends use the suite that was agreed for this merchant, and no other",
    requirements: ["GEN-0164-g", "ENC-802-b", "ENC-802-d"],
    owner: "server",
    needs: { links: ["234", "236", "cable"] },
    async run(t, site, about) {
      const seen = await buy(t, site);
      t.expect.completed(seen, about);
      const keys = keysOf(t, seen, site, about);
      const { message } = theMessage(t, seen, "236", "sealed-opening", about);
      const aad = Buffer.concat([Buffer.of(0xea), Buffer.from(keys.IDTRX, "hex")]);
      const able = CIPHER_SUITES.filter((suite) => open(suite, keys.TSK, aad, message.SEALED) !== null);
      t.expect.equal("suites in which the draw request opens", able, [site.suite], about);
      t.expect.equal("suite that the page names", thePage(t, seen).page.ENCRYPTION, site.suite, about);
    },
  },
  {
    id: "0164-G-CLEAR",
    purpose: "Where the layer was agreed, a draw request in clear is refused",
    requirements: ["GEN-0164-g", "ENC-810-b"],
    owner: "server",
    async run(t, site, about) {
      const { draw } = await ownSale(t, site);
      const answers = await t.system.paymentSession([draw]);
      t.expect.equal("CC of the refusal", theAnswer(t, answers[0], "refusal", about).CC, "A00B", about);
    },
  },
];

/** Nothing agreed but the base payment. */
const BASE = plainSite("psam");

const WITHOUT: readonly Case[] = [
  defineCase({
    id: "ENC-0065-WITHOUT",
    suite: "encryption",
    purpose:
      "The layer may be there or not: one card, one head end and one payment server serve a merchant with it and one without",
    requirements: ["GEN-0065-a"],
    owner: "server",
    needs: { sites: [BASE, layerSite("psam", "AES-128-GCM")], links: ["234", "236"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "GEN-0065-a" };
      for (const [need, is] of [
        [BASE, 0],
        [layerSite("psam", "AES-128-GCM"), 3],
        [BASE, 0],
      ] as const) {
        const before = await readAccounts(t);
        const seen = await t.system.purchase({ SITE: t.siteFor(need).SITE });
        await expectPaid(t, before, seen, about);
        const sealed = messagesOn(seen, "236").filter(({ bytes }) => [0xe4, 0xe5].includes(bytes[0] ?? 0));
        t.expect.equal("sealed messages on link 236", sealed.length, is, about);
      }
    },
  }),
  defineCase({
    id: "ENC-0066-PARTS",
    suite: "encryption",
    purpose:
      "Parts of messages may be enciphered in flows without the layer: a sealed element that a receiver does not expect disturbs nothing",
    requirements: ["GEN-0066-a"],
    owner: "server",
    needs: { sites: [BASE], links: ["234", "236", "cable"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "GEN-0066-a" };
      const SITE = t.siteFor(BASE).SITE;
      const before = await readAccounts(t);
      const where = [
        { link: "236", from: "head-end", message: 0xea, before: "ATR" },
        { link: "236", from: "payment-server", message: 0xeb, before: "DEBITDATA" },
        { link: "cable", from: "head-end", message: 0xeb, before: "DEBITDATA" },
        { link: "236", from: "head-end", message: 0xec, before: "SW" },
        { link: "236", from: "payment-server", message: 0xed, before: "CONF" },
      ] as const;
      const faults = where.map(({ before: place, ...match }) =>
        t.system.disturb({ ...match, act: withElement("SEALED", UNASKED, place), what: "a sealed element added" }),
      );
      const seen = await t.system.purchase({ SITE });
      for (const fault of faults) fault[Symbol.dispose]();
      await expectPaid(t, before, seen, about);
      t.expect.equal(
        "messages with an element more",
        faults.map(({ hits }) => hits),
        [1, 1, 1, 1, 1],
        about,
      );
    },
  }),
];

export const cases: readonly Case[] = [...overlayCases(AGREED), ...WITHOUT];
