/** [0107]: a debit under public key technology, recomputed with the test card's own key: who proves what to whom. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { confirm, firstTerminal, type Issued, respond, withdraw } from "../support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "../support/money.ts";
import { debitAny, dueAnswer, dueS2, materialOf, offerAny, transportedKey } from "./any-card.ts";
import { BLOCK, caModulus, expectCertificate, isSigned, NAMES, part, SESSKEY, underSig } from "./certificate.ts";
import { drawFor } from "./draw.ts";

const suite = "payment";
const ABOUT = { requirement: "ENC-0107-b" };

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RSA-KEY-01",
    suite,
    purpose:
      "The security card proves itself with a certificate of the card's CA and a signature over key and challenge",
    requirements: ["ENC-0107-b"],
    owner: "psam",
    needs: { cards: ["rsa", "specimen"], keys: true },
    async run(t) {
      await t.system.insertCard("rsa");
      const offer = await offerAny(t);
      for (const [k, IDTERM] of t.system.terminals().entries()) {
        const issued = await drawFor(t, offer, { IDTERM, k });
        const { PPPSAM, IDPSAM } = issued.debit;
        const PSAMCERT = t.expect.present("certificate of the security card", issued.PSAMCERT, ABOUT);
        const names = NAMES.psam(offer.fields, { PPPSAM, IDPSAM });
        expectCertificate(t, "security card's certificate", PSAMCERT, names, caModulus(t, offer.fields), ABOUT);
        const [EK, SIG] = halves(t, issued);
        const signed = isSigned(part(PSAMCERT, "modulus"), underSig({ PPPSAM, IDPSAM }, offer.INITRSP, EK), SIG);
        t.expect.that(signed, "SIG is its signature over itself, the card's answer and EK", ABOUT);
        await withdraw(t, issued);
      }
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
  defineCase({
    id: "PAY-RSA-KEY-02",
    suite,
    purpose:
      "S2, the card's answer and the expected answer follow from the session key that only the card can decipher",
    requirements: ["ENC-0107-b", "CARD-0033-a", "PSAM-0044-f", "PSAM-0085-a"],
    owner: "psam",
    needs: { cards: ["rsa", "specimen"], keys: true },
    async run(t) {
      await t.system.insertCard("rsa");
      const IDTERM = firstTerminal(t);
      for (const [k, COMPARE] of [undefined, 1].entries()) {
        const before = await readAccounts(t);
        const offer = await offerAny(t);
        const MPDA = 3 + k;
        const issued = await drawFor(t, offer, { IDTERM, k, MPDA, COMPARE });
        const card = materialOf(issued);
        const S2 = dueS2(t, card, issued.DEBITDATA);
        t.expect.equal("S2", toHex(issued.DEBITDATA.subarray(45)), S2, { requirement: "PSAM-0044-f" });
        const due = dueAnswer(t, card, issued.DEBITDATA);
        if (COMPARE !== undefined) {
          t.expect.equal("EXPECTED", toHex(issued.EXPECTED ?? new Uint8Array()), due, { requirement: "PSAM-0085-a" });
        }
        const CARDRSP = await debitAny(t, issued, { ...ABOUT, owner: "card" });
        t.expect.equal("the card's answer", toHex(CARDRSP), due, { requirement: "CARD-0033-a", owner: "card" });
        const result = await confirm(t, issued, CARDRSP, ABOUT);
        t.expect.equal("amount of the message result", result.MPDA, MPDA, ABOUT);
        expectMoved(t, before, await readAccounts(t), MPDA, ABOUT);
      }
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
  defineCase({
    id: "PAY-RSA-KEY-03",
    suite,
    purpose: "Every draw has a session key of its own, whatever became of the ones before",
    requirements: ["ENC-0107-b"],
    owner: "psam",
    needs: { cards: ["rsa", "specimen"], keys: true },
    async run(t) {
      await t.system.insertCard("rsa");
      const before = await readAccounts(t);
      const offer = await offerAny(t);
      const seen = new Set<string>();
      const count = 3;
      for (const IDTERM of t.system.terminals()) {
        for (let k = 0; k < count; k++) {
          const issued = await drawFor(t, offer, { IDTERM, k, COMPARE: k === 1 ? 1 : undefined });
          const SK = toHex(transportedKey(t, issued.CERTS, issued.SESSKEY));
          t.expect.that(!seen.has(SK), "the session key is a new one", ABOUT);
          seen.add(SK);
          await withdraw(t, issued);
        }
      }
      expectMoved(t, before, await readAccounts(t), 0, ABOUT);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
  defineCase({
    id: "PAY-RSA-KEY-04",
    suite,
    purpose: "The security card confirms no answer under another key than that of this very draw",
    requirements: ["ENC-0107-b", "PSAM-0085-a"],
    owner: "psam",
    needs: { cards: ["rsa", "specimen"], keys: true },
    async run(t) {
      await t.system.insertCard("rsa");
      const before = await readAccounts(t);
      const offer = await offerAny(t);
      const IDTERM = firstTerminal(t);
      const first = await drawFor(t, offer, { IDTERM, k: 1 });
      await withdraw(t, first);
      const about = { requirement: "PSAM-0085-a" };
      const second = await drawFor(t, offer, { IDTERM, k: 2 });
      const wrong = {
        "the key of the draw before": { ...materialOf(second), SESSKEY: first.SESSKEY },
        "a secret key of the issuer": {
          ...materialOf(second),
          INITRSP: offer.INITRSP,
          fields: { ...offer.fields, ALGIEP: 5 },
        },
      };
      for (const [what, material] of Object.entries(wrong)) {
        await expectUnconfirmed(t, second, dueAnswer(t, material, second.DEBITDATA), `an answer under ${what}`, about);
      }
      const CARDRSP = await debitAny(t, second);
      await confirm(t, second, CARDRSP, about);
      expectMoved(t, before, await readAccounts(t), second.MPDA, about);
      await t.system.insertCard("specimen");
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
];

function halves(t: CaseContext, issued: Issued): readonly [EK: Uint8Array, SIG: Uint8Array] {
  const bytes = t.expect.present("session key for the card", issued.SESSKEY, ABOUT);
  t.expect.equal("bytes of SESSKEY", bytes.length, SESSKEY, ABOUT);
  return [bytes.subarray(0, BLOCK), bytes.subarray(BLOCK)];
}

async function expectUnconfirmed(t: CaseContext, issued: Issued, answer: string, what: string, about: About) {
  const result = await respond(t, issued, fromHex(answer), "9000", about);
  t.expect.equal(`CC for ${what}`, result.CC, "9302", about);
  t.expect.absent("message result", result.MSGRESULT, about);
}
