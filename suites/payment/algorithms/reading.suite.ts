/** [0078]: certificates that a public key card gives, and that no other card has. */
import { equal, fromHex } from "../../../harness/core/bytes.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import { CERTIFICATE_FILE, encodeReadRecordCommand } from "../../../harness/protocol/messages/read-record.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { expectAnswer, expectRefused, freshSession, initialise, selectPurse } from "../support/card.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { apdusOn, theMessage } from "../support/observe.ts";
import { readCertificates } from "./any-card.ts";
import { CERTIFICATE, caModulus, expectCertificate, NAMES, part } from "./certificate.ts";
import { samCommands } from "./sam-commands.ts";

const suite = "payment";
const PRESENT = 0x58;
const HEX_RECORD = { "1": "00B20114", "2": "00B20214" } as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-RSA-READ-01",
    suite,
    purpose: "A public key card gives the issuer's certificate and its own by READ RECORD, each of the right key",
    requirements: ["CARD-0078", "ENC-0107-b"],
    owner: "card",
    needs: { cards: ["rsa"], keys: true },
    async run(t) {
      const about = { requirement: "CARD-0078" };
      await t.system.insertCard("rsa");
      const purse = await t.system.readPurse();
      await selectPurse(t);
      const [issuer, own] = await readCertificates(t, about);
      const { fields } = await initialise(t, about);
      t.expect.equal("ALGIEP and AMIEP", [fields.ALGIEP, fields.AMIEP], [0x10, 2], about);
      t.expect.equal("the card that they are of", [fields.PPIEP, fields.IDIEP], [purse.PPIEP, purse.IDIEP]);
      expectCertificate(t, "issuer's certificate", issuer, NAMES.issuer(fields), caModulus(t, fields), about);
      expectCertificate(t, "card's certificate", own, NAMES.card(fields), part(issuer, "modulus"), about);
      const [again, ownAgain] = await readCertificates(t, about);
      t.expect.that(equal(issuer, again) && equal(own, ownAgain), "initialised, the card gives the same bytes", about);
    },
  }),
  defineCase({
    id: "PAY-RSA-READ-02",
    suite,
    purpose: "The file of certificates has these two records, whole or not at all, and needs a selected purse",
    requirements: ["CARD-0078"],
    owner: "card",
    needs: { cards: ["rsa"] },
    async run(t) {
      const about = { requirement: "CARD-0078" };
      await t.system.insertCard("rsa");
      await t.system.resetCard("cold");
      await expectRefused(t, "READ RECORD before SELECT", `${HEX_RECORD[1]}00`, "6985", about);
      await selectPurse(t);
      for (const head of Object.values(HEX_RECORD)) {
        const whole = await expectAnswer(t, `READ RECORD ${head}, Le 00`, fromHex(`${head}00`), CERTIFICATE, about);
        const exact = await expectAnswer(t, `READ RECORD ${head}, Le F4`, fromHex(`${head}F4`), CERTIFICATE, about);
        t.expect.that(equal(whole, exact), "the record is the same with either Le", about);
        await expectRefused(t, "READ RECORD with an Le that is too small", `${head}F3`, "6700", about);
      }
      await expectRefused(t, "READ RECORD of a third certificate", "00B2031400", "6A83", about);
      await expectRefused(t, "READ RECORD of record number 00", "00B2001400", "6A86", about);
    },
  }),
  defineCase({
    id: "PAY-RSA-READ-03",
    suite,
    purpose: "A secret key card has no certificates and takes none; nobody reads, sends or wants any for it",
    requirements: ["CARD-0078", "PAY-BASE-0078-b", "TERM-0093-f"],
    owner: "card",
    needs: { cards: ["second"], links: ["cable", "236", "235", "line", "SAM"] },
    async run(t) {
      const about = { requirement: "CARD-0078" };
      await t.system.insertCard("second");
      await freshSession(t, about);
      const record = encodeReadRecordCommand(1, CERTIFICATE_FILE);
      await expectRefused(t, "READ RECORD of a certificate", record, "6A86", about);
      const certificate = encodePresentCertificateCommand(new Uint8Array(CERTIFICATE).fill(3));
      await expectRefused(t, "PRESENT CERTIFICATE", certificate, "6985", about);
      await freshSession(t, about);
      const key = encodePresentSessionKeyCommand(new Uint8Array(224).fill(1));
      await expectRefused(t, "PRESENT SESSION KEY", key, "6985", about);
      const before = await readAccounts(t);
      const seen = await t.system.purchase();
      t.expect.completed(seen);
      const sent = { requirement: "PAY-BASE-0078-b", owner: "server" } as const;
      t.expect.absent("CERTS on the cable", theMessage(t, seen, "cable", "card-information").message.CERTS, sent);
      t.expect.absent("CERTS in the draw request", theMessage(t, seen, "236", "draw-request").message.CERTS, sent);
      const handed = { requirement: "TERM-0093-f", owner: "terminal" } as const;
      t.expect.absent("CERTS for the terminal", theMessage(t, seen, "line", "t-draw").message.CERTS, handed);
      t.expect.equal("packages", samCommands(seen), ["7000", "7001", "7200", "7400"], handed);
      for (const link of ["236", "cable"] as const) {
        const { message } = theMessage(t, seen, link, "debit-command");
        t.expect.equal(
          `keys for the card on ${link}`,
          [message.PSAMCERT, message.SESSKEY],
          [undefined, undefined],
          sent,
        );
      }
      t.expect.equal("PRESENT commands to the card", apdusOn(seen, "235", PRESENT).length, 0, sent);
      expectMoved(t, before, await readAccounts(t), theMessage(t, seen, "236", "draw-request").message.MPDA);
    },
  }),
];
