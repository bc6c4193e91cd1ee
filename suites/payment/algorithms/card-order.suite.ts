/** `card-edge.md` 5.3, 5.3a: certificate, session key and debit of a public key card have their order, and belong together. */
import { concat, flipBit, fromHex } from "../../../harness/core/bytes.ts";
import { signS2 } from "../../../harness/crypto/purse-signatures.ts";
import { encodeDebitIepCommand } from "../../../harness/protocol/messages/debit-iep.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { expectAnswer, expectRefused } from "../support/card.ts";
import { type Issued, withdraw } from "../support/direct.ts";
import { keysOf, materialOf, offerAgain, present } from "./any-card.ts";
import { drawFor } from "./draw.ts";
import { expectNoDebit, NOT_NOW, withPublicKeyCard } from "./public-key-card.ts";

const suite = "payment";
const ABOUT = { requirement: "ENC-0107-b" };

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RSA-CARD-04",
    suite,
    purpose: "Certificate, session key and debit have their order, and each serves once for one INITIALIZE IEP",
    requirements: ["ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa", "specimen"], keys: true },
    run: (t) =>
      withPublicKeyCard(t, async (first, IDTERM) => {
        const offer = await offerAgain(t, first);
        const issued = await drawFor(t, offer, { IDTERM, k: 1 });
        const certificate = encodePresentCertificateCommand(t.expect.present("PSAMCERT", issued.PSAMCERT));
        const key = encodePresentSessionKeyCommand(t.expect.present("SESSKEY", issued.SESSKEY));
        await expectRefused(t, "a session key before the certificate", key, NOT_NOW, ABOUT);
        await expectRefused(t, "a certificate after that refusal", certificate, NOT_NOW, ABOUT);
        await offerAgain(t, first);
        await expectAnswer(t, "PRESENT CERTIFICATE", certificate, 0, ABOUT);
        await expectRefused(t, "a second certificate", certificate, NOT_NOW, ABOUT);
        await offerAgain(t, first);
        await expectAnswer(t, "PRESENT CERTIFICATE", certificate, 0, ABOUT);
        await expectNoDebit(t, issued);
        await withdraw(t, issued);
        const last = await offerAgain(t, first);
        const fresh = await drawFor(t, last, { IDTERM, k: 2 });
        await present(t, fresh, ABOUT);
        const again = encodePresentSessionKeyCommand(t.expect.present("SESSKEY", fresh.SESSKEY));
        await expectRefused(t, "a second session key", again, NOT_NOW, ABOUT);
        await expectNoDebit(t, fresh);
        await withdraw(t, fresh);
      }),
  }),
  defineCase({
    id: "PAY-RSA-CARD-05",
    suite,
    purpose: "Under its session key the card still wants S2, and the security card that its certificate names",
    requirements: ["ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa", "specimen"], keys: true },
    run: (t) =>
      withPublicKeyCard(t, async (first, IDTERM) => {
        const commands: [string, (issued: Issued) => Uint8Array][] = [
          ["another S2", ({ DEBITDATA }) => flipBit(DEBITDATA, 53 * 8 - 1)],
          ["another amount", ({ DEBITDATA }) => flipBit(DEBITDATA, 15 * 8 - 1)],
          ["another security card, rightly signed", (issued) => signedFor(t, issued, "00C0FFEE")],
        ];
        for (const [k, [what, change]] of commands.entries()) {
          const issued = await drawFor(t, await offerAgain(t, first), { IDTERM, k });
          await present(t, issued, ABOUT);
          await expectRefused(t, `a debit of ${what}`, encodeDebitIepCommand(change(issued)), "9302", ABOUT);
          await withdraw(t, issued);
        }
      }),
  }),
];

/** The same debit command in the name of another security card, with the S2 that belongs to it. */
function signedFor(t: CaseContext, issued: Issued, IDPSAM: string): Uint8Array {
  const { DEBITDATA, offer } = issued;
  const unsigned = concat(DEBITDATA.subarray(0, 3), fromHex(IDPSAM), DEBITDATA.subarray(7, 45));
  const { KS2 } = keysOf(t, materialOf(issued));
  return concat(unsigned, signS2(offer.fields.ALGIEP, KS2, offer.INITRSP, unsigned));
}
