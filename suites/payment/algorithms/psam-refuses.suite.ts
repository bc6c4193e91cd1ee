/** `psam-edge.md` 4.2a: the security card verifies the certificates of a public key card, whole, before it gives a debit command. */
import { concat, flipBit, toHex } from "../../../harness/core/bytes.ts";
import type { CardKind } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { expectDrawRefused, firstTerminal, identifierOf, withdraw } from "../support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { allOf, apdusOn } from "../support/observe.ts";
import { type AnyOffer, offerAny } from "./any-card.ts";
import { BLOCK, CERTIFICATE, middle, PLACES } from "./certificate.ts";
import { drawFor } from "./draw.ts";

const suite = "payment";
const ABOUT = { requirement: "ENC-0107-b" };
const NO_CERTIFICATE = "6A80";
const WRONG_NAME = "9421";
const NOT_SIGNED = "9422";
const EXPIRED = "9420";
const MALFORMED_MESSAGE = "A001";

const READ_RECORD = 0xb2;
const DEBIT_IEP = 0x54;
const PRESENT = 0x58;

/** Test cards whose certificates are not right, each in one way; why the security card refuses them. */
const WRONG_CARDS = [
  ["01", "rsa-expired-certificate", EXPIRED, "whose certificate has expired, though the card has not,"],
  ["02", "rsa-other-issuer", WRONG_NAME, "that another issuer has certified"],
  ["03", "rsa-other-ca", NOT_SIGNED, "whose issuer another CA has certified"],
  ["04", "rsa-malformed-certificate", NO_CERTIFICATE, "whose certificate is of no known type"],
] as const satisfies readonly (readonly [id: string, kind: CardKind, CC: string, who: string])[];

/** What a certificate with one bit of that part inverted is refused with. */
const ALTERED = {
  type: NO_CERTIFICATE,
  authority: WRONG_NAME,
  subject: WRONG_NAME,
  "last day": NOT_SIGNED,
  modulus: NOT_SIGNED,
  signature: NOT_SIGNED,
} as const satisfies Record<keyof typeof PLACES, string>;

const [MODULUS_AT] = PLACES.modulus;
const [LAST_DAY_AT] = PLACES["last day"];
/** More bits, the same for both certificates: no modulus of 896 bits, an even one, no date; ends of the signature. */
const MORE_BITS: readonly (readonly [what: string, bit: number, CC: string])[] = [
  ["highest bit of the modulus", MODULUS_AT * 8, NO_CERTIFICATE],
  ["lowest bit of the modulus", (MODULUS_AT + BLOCK) * 8 - 1, NO_CERTIFICATE],
  ["month of the last day", (LAST_DAY_AT + 1) * 8, NO_CERTIFICATE],
  ["first bit of the signature", (CERTIFICATE - BLOCK) * 8, NOT_SIGNED],
  ["last bit of the signature", CERTIFICATE * 8 - 1, NOT_SIGNED],
];

export const cases: readonly Case[] = [
  ...WRONG_CARDS.map(([number, kind, CC, who]) =>
    defineCase({
      id: `PAY-RSA-PSAM-${number}`,
      suite,
      purpose: `A public key card ${who} gets no debit command`,
      requirements: ["ENC-0107-b", "PSAM-0044-a"],
      owner: "psam",
      needs: { cards: [kind, "specimen"], links: ["236", "235", "line"] },
      async run(t) {
        await t.system.insertCard(kind);
        const before = await readAccounts(t);
        const seen = await t.system.purchase();
        const answers = allOf(seen, "line", "t-refusal").map(({ message }) => message.CC);
        t.expect.equal("refusals of the security card", answers, [CC], ABOUT);
        t.expect.refused(seen, CC, { ...ABOUT, owner: "server" });
        t.expect.equal("debit commands on link 236", allOf(seen, "236", "debit-command").length, 0, ABOUT);
        t.expect.equal("certificates that were read", apdusOn(seen, "235", READ_RECORD).length, 2, { owner: "reader" });
        const told = apdusOn(seen, "235", PRESENT).length + apdusOn(seen, "235", DEBIT_IEP).length;
        t.expect.equal("commands of a debit to the card", told, 0, ABOUT);
        const after = await readAccounts(t);
        t.expect.samePurse(before.purse, after.purse, ABOUT);
        expectMoved(t, before, after, 0, ABOUT);
        await t.system.insertCard("specimen");
        await expectNextPurchaseWorks(t, await readAccounts(t));
      },
    }),
  ),
  ...(["issuer's", "card's"] as const).map((whose, index) =>
    defineCase({
      id: `PAY-RSA-PSAM-${index === 0 ? "05" : "06"}`,
      suite,
      purpose: `No part of the ${whose} certificate can be altered without the security card refusing the draw`,
      requirements: ["ENC-0107-b"],
      owner: "psam",
      needs: { cards: ["rsa", "specimen"] },
      run: (t) =>
        withOffer(t, async (offer, CERTS) => {
          const bits = [
            ...Object.entries(ALTERED).map(
              ([place, CC]) => [`a bit of the ${place}`, middle(place as keyof typeof PLACES), CC] as const,
            ),
            ...MORE_BITS,
          ];
          for (const [k, [what, bit, CC]] of bits.entries()) {
            const altered = flipBit(CERTS, index * CERTIFICATE * 8 + bit);
            await t.step(`${what}: ${CC}`, () => expectRefusedWith(t, offer, altered, k, CC));
          }
        }),
    }),
  ),
  defineCase({
    id: "PAY-RSA-PSAM-07",
    suite,
    purpose: "Certificates in the wrong place, of another card, or twice the same are refused by what they say",
    requirements: ["ENC-0107-b", "TERM-0093-f"],
    owner: "psam",
    needs: { cards: ["rsa", "rsa-other-key", "specimen"] },
    async run(t) {
      await t.system.insertCard("rsa-other-key");
      const other = t.expect.present("certificates of another card", (await offerAny(t)).CERTS);
      await withOffer(t, async (offer, CERTS) => {
        const [issuer, own] = [CERTS.subarray(0, CERTIFICATE), CERTS.subarray(CERTIFICATE)];
        const wrong: [string, Uint8Array, string][] = [
          ["card's before issuer's", concat(own, issuer), NO_CERTIFICATE],
          ["issuer's twice", concat(issuer, issuer), NO_CERTIFICATE],
          ["card's twice", concat(own, own), NO_CERTIFICATE],
          ["another card's", concat(issuer, other.subarray(CERTIFICATE)), WRONG_NAME],
        ];
        t.expect.that(toHex(other) !== toHex(CERTS), "the other card has other certificates", { owner: "bench" });
        for (const [k, [what, bytes, CC]] of wrong.entries()) {
          await t.step(`${what}: ${CC}`, () => expectRefusedWith(t, offer, bytes, k, CC));
        }
      });
    },
  }),
  defineCase({
    id: "PAY-RSA-PSAM-08",
    suite,
    purpose: "A draw of a public key card has both certificates, one of a secret key card has none",
    requirements: ["TERM-0093-f"],
    owner: "terminal",
    needs: { cards: ["rsa", "second", "specimen"], links: ["SAM"] },
    run: (t) =>
      withOffer(t, async (offer, CERTS) => {
        const about = { requirement: "TERM-0093-f" };
        await t.system.insertCard("second");
        const secret = await offerAny(t);
        const since = t.system.events().at(-1)?.n ?? 0;
        const IDTERM = firstTerminal(t);
        const wrong = [
          { IDTERM, IDTRX: identifierOf(offer, 1), offer: { ...offer, CERTS: undefined }, MPDA: 1 },
          { IDTERM, IDTRX: identifierOf(secret, 2), offer: secret, MPDA: 1, CERTS },
        ];
        for (const draw of wrong) await expectDrawRefused(t, draw, MALFORMED_MESSAGE, about);
        const told = apdusOn(t.system.events(since), "SAM", 0x70).length;
        t.expect.equal("packages that the security card got", told, 0, about);
      }),
  }),
];

/** Nothing of `work` may move money; after it the same card gets its debit command, and the specimen still pays. */
async function withOffer(t: CaseContext, work: (offer: AnyOffer, CERTS: Uint8Array) => Promise<void>): Promise<void> {
  await t.system.insertCard("rsa");
  const before = await readAccounts(t);
  const offer = await offerAny(t);
  await work(offer, t.expect.present("certificates of the card", offer.CERTS));
  const after = { ...(await readAccounts(t)), purse: before.purse };
  expectMoved(t, before, after, 0, ABOUT);
  await t.system.insertCard("specimen");
  await expectNextPurchaseWorks(t, await readAccounts(t));
}

/** A draw with these certificates; the genuine ones are taken right behind it, so that nothing stays refused. */
async function expectRefusedWith(
  t: CaseContext,
  offer: AnyOffer,
  CERTS: Uint8Array | undefined,
  k: number,
  CC: string,
): Promise<void> {
  const IDTERM = firstTerminal(t);
  const draw = { IDTERM, IDTRX: identifierOf(offer, 2 * k), offer, MPDA: 1, CERTS };
  await expectDrawRefused(t, draw, CC, ABOUT);
  const { IDTRX } = await drawFor(t, offer, { IDTERM, k: 2 * k + 1 });
  await withdraw(t, { ...draw, IDTRX });
}
