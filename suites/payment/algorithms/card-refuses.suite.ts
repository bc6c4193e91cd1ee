/** `card-edge.md` 5.3a: the card takes certificate and session key of its own security card for its own transaction only. */
import { flipBit } from "../../../harness/core/bytes.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import { expectAnswer, expectRefused } from "../support/card.ts";
import { firstTerminal, type Issued, withdraw } from "../support/direct.ts";
import { type AnyOffer, offerAgain, offerAny } from "./any-card.ts";
import { BLOCK, CERTIFICATE, caName, certify, middle, NAMES, type PLACES, part, SESSKEY } from "./certificate.ts";
import { drawFor } from "./draw.ts";
import { expectNoDebit, withPublicKeyCard } from "./public-key-card.ts";

const suite = "payment";
const ABOUT = { requirement: "ENC-0107-b" };
const NO_CERTIFICATE = "6A80";
const WRONG_AUTHORITY = "9421";
const NOT_SIGNED = "9422";
/** A test CA of the same provider that neither card nor security card knows. */
const OTHER_CA = 9;
const LAST_DAY = "291231";

/** What the card answers to a certificate with one bit of that part inverted. */
const ALTERED = {
  type: NO_CERTIFICATE,
  authority: WRONG_AUTHORITY,
  subject: NOT_SIGNED,
  "last day": NOT_SIGNED,
  modulus: NOT_SIGNED,
  signature: NOT_SIGNED,
} as const satisfies Record<keyof typeof PLACES, string>;

/** Bits of SESSKEY that are inverted: begin, middle and end of EK and SIG. */
const KEY_BITS = [8, (BLOCK / 2) * 8, BLOCK * 8 - 1, BLOCK * 8 + 7, (BLOCK + BLOCK / 2) * 8, SESSKEY * 8 - 1];

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RSA-CARD-01",
    suite,
    purpose: "The card takes no certificate that is altered, of another CA or of no security card",
    requirements: ["ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa", "specimen"], keys: true },
    run: (t) =>
      withPublicKeyCard(t, async (offer, IDTERM) => {
        const genuine = await drawFor(t, offer, { IDTERM, k: 1 });
        await withdraw(t, genuine);
        for (const [what, certificate, SW] of wrongCertificates(t, offer, genuine)) {
          await offerAgain(t, offer);
          await expectRefused(t, `the certificate ${what}`, encodePresentCertificateCommand(certificate), SW, ABOUT);
          await expectNoDebit(t, genuine);
        }
      }),
  }),
  defineCase({
    id: "PAY-RSA-CARD-02",
    suite,
    purpose: "The card takes no session key that was altered in any of its parts",
    requirements: ["ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa", "specimen"], keys: true },
    run: (t) =>
      withPublicKeyCard(t, async (first, IDTERM) => {
        for (const [k, bit] of KEY_BITS.entries()) {
          const offer = await offerAgain(t, first);
          const issued = await drawFor(t, offer, { IDTERM, k });
          const SESSKEY = flipBit(t.expect.present("SESSKEY", issued.SESSKEY), bit);
          await expectKeyRefused(t, { ...issued, SESSKEY }, `the session key with bit ${bit} inverted`);
          await withdraw(t, issued);
        }
      }),
  }),
  defineCase({
    id: "PAY-RSA-CARD-03",
    suite,
    purpose: "The card takes no session key of another transaction, of another card or of another security card",
    requirements: ["ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa", "rsa-other-key", "specimen"], keys: true },
    async run(t) {
      await t.system.insertCard("rsa-other-key");
      const stranger = await drawFor(t, await offerAny(t), { IDTERM: firstTerminal(t), k: 9 });
      await withdraw(t, stranger);
      await withPublicKeyCard(t, async (offer, IDTERM) => {
        const old = await drawFor(t, offer, { IDTERM, k: 1 });
        await withdraw(t, old);
        const again = await offerAgain(t, offer);
        await expectKeyRefused(t, old, "the session key of the transaction before");
        await offerAgain(t, offer);
        await expectKeyRefused(t, stranger, "the session key for another card");
        const elsewhere = t.system.terminals().find((each) => each !== IDTERM);
        if (elsewhere === undefined) return;
        const own = await offerAgain(t, again);
        const here = await drawFor(t, own, { IDTERM, k: 2 });
        const there = await drawFor(t, own, { IDTERM: elsewhere, k: 3 });
        await expectKeyRefused(t, { ...here, SESSKEY: there.SESSKEY }, "the session key of another security card");
        await withdraw(t, here);
        await withdraw(t, there);
      });
    },
  }),
];

function wrongCertificates(
  t: CaseContext,
  { fields, CERTS }: AnyOffer,
  { PSAMCERT, debit }: Issued,
): readonly [what: string, certificate: Uint8Array, SW: string][] {
  const genuine = t.expect.present("PSAMCERT", PSAMCERT);
  const key = t.keys.caPrivateKey(fields.PPIEP, OTHER_CA) ?? inconclusive("no key of another test CA", "bench");
  const names = NAMES.psam(fields, debit);
  const modulus = part(genuine, "modulus");
  const places = Object.keys(ALTERED) as (keyof typeof PLACES)[];
  return [
    ...places.map((place): [string, Uint8Array, string] => [
      `with one bit of its ${place} inverted`,
      flipBit(genuine, middle(place)),
      ALTERED[place],
    ]),
    ["that another CA signed in the name of the card's", certify(key, names, LAST_DAY, modulus), NOT_SIGNED],
    [
      "of another CA",
      certify(key, { ...names, authority: caName(fields.PPIEP, OTHER_CA) }, LAST_DAY, modulus),
      WRONG_AUTHORITY,
    ],
    ["of the card itself", t.expect.present("CERTS", CERTS).slice(CERTIFICATE), NO_CERTIFICATE],
  ];
}

/** The certificate is taken, its key is not, and no debit follows. */
async function expectKeyRefused(t: CaseContext, issued: Issued, what: string): Promise<void> {
  const certificate = encodePresentCertificateCommand(t.expect.present("PSAMCERT", issued.PSAMCERT));
  await expectAnswer(t, "PRESENT CERTIFICATE", certificate, 0, ABOUT);
  const key = encodePresentSessionKeyCommand(t.expect.present("SESSKEY", issued.SESSKEY));
  await expectRefused(t, what, key, NOT_SIGNED, ABOUT);
  await expectNoDebit(t, issued);
}
