/** [0078], [0093]: certificates of a public key card, from the card through every message to the security card, and its own back. */
import { concat, toHex } from "../../../harness/core/bytes.ts";
import { CERTIFICATE_FILE } from "../../../harness/protocol/messages/read-record.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { apdusOn, messagesOn, theMessage } from "../support/observe.ts";
import { CERTIFICATE } from "./certificate.ts";
import { samCommands } from "./sam-commands.ts";

const suite = "payment";
const READ_RECORD = 0xb2;

export const cases: readonly Case[] = [
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
      t.expect.completed(seen, about);
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
      t.expect.completed(seen, about);
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
      t.expect.completed(seen, about);
    },
  }),
];

/** A purchase with the public key card, and its certificates as they passed on 235. */
async function buyWithPublicKeys(t: CaseContext) {
  await t.system.insertCard("rsa");
  const before = await readAccounts(t);
  const seen = await t.system.purchase();
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
  return { seen, before, CERTS: concat(...records.map(({ bytes }) => bytes)) };
}
