/** `card-edge.md` 5.3, 5.3a: certificate, session key and debit of a public key card have their order, and belong together. */
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { signS2, signS3 } from "../../../harness/crypto/purse-signatures.ts";
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

/** What a card answers with a negative code (`card-edge.md` 5.3); `change` makes it of a debit command that it could pay. */
const UNPAYABLE: readonly (readonly [
  what: string,
  change: (DEBITDATA: Uint8Array, BALIEP: number) => Uint8Array,
  CC: string,
])[] = [
  ["more than its balance", (bytes, BALIEP) => placed(bytes, 11, uintToBytes(BALIEP + 1, 4)), "9401"],
  ["nothing", (bytes) => placed(bytes, 11, new Uint8Array(4)), "940A"],
  ["another currency", (bytes) => placed(bytes, 15, fromHex("0392")), "9409"],
];

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
  defineCase({
    id: "PAY-RSA-CARD-06",
    suite,
    purpose: "What the card cannot pay it refuses under its session key: signed, and nothing is debited",
    requirements: ["ENC-0107-b", "CARD-0033-a"],
    owner: "card",
    needs: { cards: ["rsa", "specimen"], keys: true },
    run: (t) =>
      withPublicKeyCard(t, async (first, IDTERM) => {
        const { BALIEP } = first.fields;
        for (const [k, [what, change, CC]] of UNPAYABLE.entries()) {
          const issued = await drawFor(t, await offerAgain(t, first), { IDTERM, k });
          await present(t, issued, ABOUT);
          const DEBITDATA = resigned(t, issued, change(issued.DEBITDATA.slice(), BALIEP));
          const command = encodeDebitIepCommand(DEBITDATA);
          const answer = await expectAnswer(t, `DEBIT IEP of ${what}`, command, 16, ABOUT);
          const { INITRSP, fields } = issued.offer;
          const S3 = signS3(fields.ALGIEP, keysOf(t, materialOf(issued)).KS3, INITRSP, DEBITDATA, { CC, BALIEP });
          const due = concat(fromHex(CC), INITRSP.subarray(20, 22), uintToBytes(BALIEP, 4), S3);
          t.expect.equal(`answer to ${what}`, toHex(answer), toHex(due), ABOUT);
          await withdraw(t, issued);
        }
      }),
  }),
];

/** The same debit command in the name of another security card, with the S2 that belongs to it. */
function signedFor(t: CaseContext, issued: Issued, IDPSAM: string): Uint8Array {
  const { DEBITDATA } = issued;
  return resigned(t, issued, concat(DEBITDATA.subarray(0, 3), fromHex(IDPSAM), DEBITDATA.subarray(7)));
}

/** Another debit command for the same session key: S2 over what it says. */
function resigned(t: CaseContext, issued: Issued, DEBITDATA: Uint8Array): Uint8Array {
  const { INITRSP, fields } = issued.offer;
  const { KS2 } = keysOf(t, materialOf(issued));
  const unsigned = DEBITDATA.subarray(0, 45);
  return concat(unsigned, signS2(fields.ALGIEP, KS2, INITRSP, unsigned));
}

function placed(bytes: Uint8Array, at: number, value: Uint8Array): Uint8Array {
  bytes.set(value, at);
  return bytes;
}
