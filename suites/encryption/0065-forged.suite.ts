/** [0065]: nobody but the two ends can say anything that makes a party believe in a payment. */

import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import { deriveTransactionKey, sealTsk } from "../../harness/crypto/transaction-keys.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../define/case.ts";
import { initialise } from "../payment/support/direct.ts";
import { contractKey } from "../payment/support/merchant-word.ts";
import { drawRequestOf, orderItem, theAnswer } from "../payment/support/payment.ts";
import { cardKey } from "../payment/support/signatures.ts";
import { expectOpeningRefused, nonceOf, openingOf, ownSale, refusalOf, sealedUnder } from "./envelope.ts";
import { keysOfPage, sharedKey } from "./keys.ts";
import { type Overlay, overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";
import { expectUnacceptable, plainConf, resultM, wordOn } from "./own-word.ts";

const FORGED: readonly Topic[] = [
  {
    id: "0065-B-MERCHANT",
    purpose:
      "Whatever head end, set-top box and card can seal with the keys that they have, the merchant believes none of it",
    requirements: ["ENC-0065-b", "ENC-824-a"],
    owner: "server",
    needs: { secretKeyCard: true },
    async run(t, site, about) {
      const other = keysOfPage(t, await orderItem(t, { SITE: site.SITE }), site);
      const page = await orderItem(t, { SITE: site.SITE });
      const keys = keysOfPage(t, page, site);
      const KTA = t.keys.agentKey(site.IDMER);
      const outsiders = {
        "the session key": keys.TSK,
        "the purchase key of the card": cardKey(t, await t.system.readPurse()),
        "the random number": concat(keys.RND, keys.RND),
        "the sealed session key, as it stands": keys.ETSK.subarray(0, 16),
        zeros: new Uint8Array(16),
        "the derived key of another sale": other.KDER,
        ...(KTA ? { "the trusted agent's key": KTA } : {}),
      };
      for (const [name, key] of Object.entries(outsiders)) {
        const success = wordOn(page, "0000");
        await expectUnacceptable(t, page, resultM(keys, key, success), `a success under ${name}`, about);
        await expectUnacceptable(
          t,
          page,
          plainConf(key, success),
          `a success under ${name} as without the layer`,
          about,
        );
      }
    },
  },
  {
    id: "0065-B-SERVER",
    purpose:
      "Whoever has the session key still cannot make the payment server believe in a debit: the card's signature must be right",
    requirements: ["ENC-0065-b", "ENC-820-b"],
    owner: "server",
    figures: WITH_RESULTS,
    needs: { logs: ["payment-server"] },
    async run(t, site, about) {
      const page = await orderItem(t, { SITE: site.SITE });
      const keys = keysOfPage(t, page, site);
      const card = await initialise(t);
      const sale = { page, keys, draw: drawRequestOf(page, card) };
      const { IDTRX, MPDA } = page;
      const { NTIEP, BALIEP } = card.fields;
      const CARDRSP = concat(fromHex("0000"), uintToBytes(NTIEP, 2), uintToBytes(BALIEP - MPDA, 4), new Uint8Array(8));
      const response = encodeMessage({ kind: "debit-response", IDTRX, CARDRSP, SW: "9000", RECOVERED: 0 });
      const forged = encodeMessage({ kind: "sealed", IDTRX, SEALED: sealedUnder(keys, response, 3) });
      const answers = await t.system.paymentSession([openingOf(sale), forged, refusalOf(sale, site)]);
      const { CC } = theAnswer(t, answers[1], "refusal", about);
      t.expect.equal("answer to a debit response with a signature of zeros (CC)", CC, "9302", about);
      theAnswer(t, answers[2], "sealed-results", about);
      t.expect.equal("the transaction in the end", (await t.system.transaction(IDTRX))?.status, "failed", about);
      t.expect.equal("the sale at the merchant", (await t.system.sale(IDTRX))?.status, "open", about);
    },
  },
];

const MISDIRECTED: readonly Topic[] = [
  {
    id: "0065-C-NAMES",
    purpose: "A draw request that names another merchant or another sale than its envelope is not worked off",
    requirements: ["ENC-0065-c", "AMB-DERIVE-INPUT"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t, site, about) {
      const sale = await ownSale(t, site);
      const card = await initialise(t);
      const stranger = t.facts.sites.find(
        ({ IDMER, kind, profile }) =>
          kind === "internet" &&
          IDMER !== site.IDMER &&
          profile.comparison === profileOf(t, site).comparison &&
          !profile.encryption,
      );
      const { IDMER } = t.expect.present("another merchant of this bench", stranger, { owner: "bench" });
      const { comparison, encryption } = profileOf(t, site);
      const foreign = { ...sale.page, IDMER };
      const SECINFO = securityInformation(contractKey(t, IDMER), foreign, { comparison, encryption });
      const forOther = drawRequestOf({ ...foreign, SECINFO }, card);
      await expectOpeningRefused(t, openingOf({ ...sale, draw: forOther }), "A00C", about);
      const second = await orderItem(t, { SITE: site.SITE });
      const forSecond = sealedUnder(sale.keys, drawRequestOf(second, card), 6);
      await expectOpeningRefused(t, openingOf(sale, { SEALED: forSecond }), "A00C", about);
    },
  },
  {
    id: "0065-C-MERCHANT",
    purpose:
      "What was sealed with another merchant's shared key is not deciphered, nor is this merchant's word believed elsewhere",
    requirements: ["ENC-0065-c", "ENC-802-a"],
    owner: "server",
    needs: { links: ["236", "line"] },
    async run(t, site, about) {
      const sale = await ownSale(t, site);
      const others = t.facts.sites.filter(
        ({ IDMER, kind, profile }) => kind === "internet" && IDMER !== site.IDMER && profile.encryption === site.suite,
      );
      const neighbour = t.expect.present("another merchant with this suite", others[0], { owner: "bench" });
      const { suite, IDTRX, RND, TSK } = sale.keys;
      const KSH = sharedKey(t, neighbour.IDMER);
      const KDER = deriveTransactionKey(suite, KSH, site.IDMER, IDTRX, RND);
      const ETSK = sealTsk(suite, KDER, sale.keys, TSK, nonceOf(suite, 7));
      await expectOpeningRefused(t, openingOf(sale, { ETSK }), "A00C", about);
      await expectOpeningRefused(t, openingOf(sale, { IDMER: neighbour.IDMER }), "A00C", about);
      const page = await orderItem(t, { SITE: neighbour.SITE });
      const word = wordOn({ ...page, IDMER: site.IDMER }, "0000");
      await expectUnacceptable(t, page, resultM(sale.keys, sale.keys.KDER, word), "another merchant's success", about);
      t.expect.that(toHex(KSH) !== toHex(sale.keys.KSH), "the two merchants have two shared keys", about);
    },
  },
];

export const cases = overlayCases([...FORGED, ...MISDIRECTED]);

function profileOf(t: CaseContext, { SITE }: Overlay) {
  const found = t.facts.sites.find((site) => site.SITE === SITE);
  return t.expect.present("the site of the case", found, { owner: "bench" }).profile;
}
