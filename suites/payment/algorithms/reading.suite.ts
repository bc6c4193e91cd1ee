/** [0078], [0093]: certificates of a public key card, from the card through every message to the security card. */
import { concat, equal, fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { encodePresentCertificateCommand } from "../../../harness/protocol/messages/present-certificate.ts";
import { encodePresentSessionKeyCommand } from "../../../harness/protocol/messages/present-session-key.ts";
import { CERTIFICATE_FILE, encodeReadRecordCommand } from "../../../harness/protocol/messages/read-record.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { expectAnswer, expectRefused, freshSession, initialise, selectPurse } from "../support/card.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { allOf, apdusOn, messagesOn, theMessage } from "../support/observe.ts";
import { readCertificates } from "./any-card.ts";
import { CERTIFICATE, caModulus, expectCertificate, NAMES, part } from "./certificate.ts";

const suite = "payment";
const READ_RECORD = 0xb2;
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
  defineCase({
    id: "PAY-RSA-DRAW-01",
    suite,
    purpose: "Both certificates are packaged in card information, draw request and T-draw, as the card gave them",
    requirements: ["PAY-BASE-0078-b", "CARD-0078", "PAY-BASE-0077-h", "PAY-BASE-0077-n", "PAY-BASE-0077-k"],
    owner: "server",
    needs: { cards: ["rsa"], links: ["cable", "236", "235", "line"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-0078-b" };
      const { seen, CERTS, before } = await buyWithPublicKeys(t);
      const information = theMessage(t, seen, "cable", "card-information", about);
      const request = theMessage(t, seen, "236", "draw-request", about);
      const draw = theMessage(t, seen, "line", "t-draw", about);
      for (const { event, message } of [information, request, draw]) {
        const packed = toHex(message.CERTS ?? new Uint8Array());
        t.expect.equal(`CERTS on link ${event.link}`, packed, toHex(CERTS), { ...about, at: event });
      }
      const [ALGIEP, AMIEP, VKIEP] = [8, 19, 22].map((at) => request.message.INITRSP[at]);
      t.expect.equal("algorithm in the draw request", [ALGIEP, AMIEP], [0x10, 2], { requirement: "PAY-BASE-0077-h" });
      t.expect.equal("key version in it", VKIEP, before.purse.VKIEP, { requirement: "PAY-BASE-0077-n" });
      const { CURRPDA, CEXPPDA, MPDA } = request.message;
      const currency = [before.purse.CURRIEP, before.purse.CEXPIEP];
      t.expect.equal("currency in it", [CURRPDA, CEXPPDA], currency, { requirement: "PAY-BASE-0077-k" });
      expectMoved(t, before, await readAccounts(t), MPDA);
    },
  }),
  defineCase({
    id: "PAY-RSA-DRAW-02",
    suite,
    purpose: "The terminal hands the certificates on as single responses, in order, each after the answer before",
    requirements: ["TERM-0093-f"],
    owner: "terminal",
    needs: { cards: ["rsa"], links: ["235", "line", "SAM"] },
    async run(t) {
      const about = { requirement: "TERM-0093-f" };
      const { seen, CERTS } = await buyWithPublicKeys(t);
      const due = ["7000", "7001", "7002", "7003", "7200", "7800", "7801", "7400"];
      t.expect.equal("commands to the PSAM", samCommands(seen), due, about);
      const { ATR, INITRSP } = theMessage(t, seen, "line", "t-draw").message;
      const packages = apdusOn(seen, "SAM", 0x70);
      const data = packages.map(({ command }) => toHex(command.bytes.subarray(5, 5 + (command.bytes[4] ?? 0))));
      const [issuer, own] = [CERTS.subarray(0, CERTIFICATE), CERTS.subarray(CERTIFICATE)];
      t.expect.equal("packages 70", data, [ATR, INITRSP, issuer, own].map(toHex), about);
      for (const { command, response } of packages) {
        const SW = toHex(t.expect.present("its answer", response, about).bytes.subarray(-2));
        t.expect.equal("answer before the next package", SW, "9000", { ...about, at: command });
      }
    },
  }),
  defineCase({
    id: "PAY-RSA-DRAW-03",
    suite,
    purpose: "What the security card gives for the card reaches the card unchanged, in order, before DEBIT IEP",
    requirements: ["ENC-0107-b", "TERM-0093-f"],
    owner: "server",
    needs: { cards: ["rsa"], links: ["cable", "236", "235", "line", "SAM"] },
    async run(t) {
      const about = { requirement: "ENC-0107-b" };
      const { seen } = await buyWithPublicKeys(t);
      const [certificate, key] = apdusOn(seen, "SAM", 0x78).map(({ response }) => response?.bytes.slice(0, -2));
      const PSAMCERT = toHex(t.expect.present("PSAM's certificate (READ CERTIFICATE)", certificate, about));
      const SESSKEY = toHex(t.expect.present("session key (READ SESSION KEY)", key, about));
      const commands = [
        theMessage(t, seen, "line", "t-debit", about),
        theMessage(t, seen, "236", "debit-command", about),
        theMessage(t, seen, "cable", "debit-command", about),
      ];
      for (const { event, message } of commands) {
        const given = [message.PSAMCERT, message.SESSKEY].map((bytes) => toHex(bytes ?? new Uint8Array()));
        t.expect.equal(`PSAMCERT and SESSKEY on link ${event.link}`, given, [PSAMCERT, SESSKEY], {
          ...about,
          at: event,
        });
      }
      const sent = messagesOn(seen, "235", "set-top-box").map(({ bytes }) => toHex(bytes));
      const { DEBITDATA } = theMessage(t, seen, "cable", "debit-command").message;
      const due = [`90580000F4${PSAMCERT}`, `90580100E0${SESSKEY}`, `9054010035${toHex(DEBITDATA)}10`];
      const from = sent.findIndex((command) => command.startsWith("9058"));
      t.expect.equal("commands of the debit", sent.slice(from, from + due.length), due, about);
    },
  }),
];

/** INS and P1 of purse commands to the PSAM. */
function samCommands(seen: PurchaseObservation): readonly string[] {
  const commands = messagesOn(seen, "SAM", "terminal").filter(({ bytes }) => bytes[0] === 0x90);
  return commands.map(({ bytes }) => toHex(bytes.subarray(1, 3)));
}

/** A purchase with the public key card, and its certificates as they passed on 235. */
async function buyWithPublicKeys(t: CaseContext) {
  await t.system.insertCard("rsa");
  const before = await readAccounts(t);
  const seen = await t.system.purchase();
  t.expect.completed(seen);
  const files = apdusOn(seen, "235", READ_RECORD).filter(({ command }) => command.bytes[3] === CERTIFICATE_FILE);
  const records = files.map(({ command, response }) => ({
    record: command.bytes[2],
    bytes: t.expect.present("the card's certificate", response).bytes.slice(0, -2),
  }));
  t.expect.equal(
    "records that are read",
    records.map(({ record }) => record),
    [1, 2],
    { requirement: "CARD-0078" },
  );
  const confirmed = allOf(seen, "line", "t-result").map(({ message }) => message.CC);
  t.expect.equal("word of the security card", confirmed, ["0000"], { owner: "psam" });
  return { seen, before, CERTS: concat(...records.map(({ bytes }) => bytes)) };
}
