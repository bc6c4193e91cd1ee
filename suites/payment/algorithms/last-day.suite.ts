/** `psam-edge.md` 4.2a, 4.3: certificates have two days to be measured by, that of the last update and that of the transaction. */
import { concat } from "../../../harness/core/bytes.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { ownKey } from "../../support/own-key.ts";
import { expectDrawRefused, firstTerminal, identifierOf, withdraw } from "../support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { type AnyOffer, offerAny } from "./any-card.ts";
import { certify, NAMES } from "./certificate.ts";
import { drawFor } from "./draw.ts";

const ABOUT = { requirement: "ENC-0107-b" };
const LONG_AHEAD = "991231";
const EXPIRED_AT_UPDATE = "9420";
const EXPIRED_TODAY = "9413";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RSA-PSAM-09",
    suite: "payment",
    purpose: "A certificate must be valid on the day of the last update, and on the day of the debit",
    requirements: ["ENC-0107-b", "PSAM-0044-m"],
    owner: "psam",
    needs: { cards: ["rsa", "specimen"], keys: true },
    async run(t) {
      const IDTERM = firstTerminal(t);
      const updated = (await t.system.readTotals(IDTERM)).updated.slice(2);
      if (updated >= t.facts.today) inconclusive("the security card was updated today", "bench");
      await t.system.insertCard("rsa");
      const before = await readAccounts(t);
      const offer = await offerAny(t);
      const make = certifier(t, offer);
      const earlier = dayBefore(updated);
      const refused = [
        ["issuer's, over before the update", make(earlier, LONG_AHEAD), EXPIRED_AT_UPDATE],
        ["card's, over before the update", make(LONG_AHEAD, earlier), EXPIRED_AT_UPDATE],
        ["issuer's, over since the update", make(updated, LONG_AHEAD), EXPIRED_TODAY],
        ["card's, over since the update", make(LONG_AHEAD, updated), EXPIRED_TODAY],
      ] as const;
      for (const [k, [what, CERTS, CC]] of refused.entries()) {
        const draw = { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA: 1, CERTS };
        await t.step(`${what}: ${CC}`, () => expectDrawRefused(t, draw, CC, ABOUT));
      }
      const valid = { ...offer, CERTS: make(LONG_AHEAD, LONG_AHEAD) };
      await withdraw(t, await drawFor(t, valid, { IDTERM, k: 9 }));
      expectMoved(t, before, await readAccounts(t), 0, ABOUT);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
];

/** Certificates of an issuer and a card with keys of the harness's own, for that card and with these last days (YYMMDD). */
function certifier(t: CaseContext, { fields }: AnyOffer): (issuer: string, card: string) => Uint8Array {
  const { PPIEP, VKIEP } = fields;
  const CA = t.keys.caPrivateKey(PPIEP, VKIEP) ?? inconclusive(`no test key of the CA of ${PPIEP}, ${VKIEP}`, "bench");
  const [issuer, card] = [ownKey("issuer of certificates of a day"), ownKey("card of certificates of a day")];
  return (issuerDay, cardDay) =>
    concat(
      certify(CA, NAMES.issuer(fields), issuerDay, issuer.modulus),
      certify(issuer.privateKey, NAMES.card(fields), cardDay, card.modulus),
    );
}

/** YYMMDD, of this century. */
function dayBefore(day: string): string {
  const [year = 0, month = 1, date = 1] = [day.slice(0, 2), day.slice(2, 4), day.slice(4)].map(Number);
  return new Date(Date.UTC(2000 + year, month - 1, date - 1)).toISOString().slice(2, 10).replaceAll("-", "");
}
