/** Secrets (`card-edge.md` 5.6: no file or record gives a key): everything that can be read, and everything that is said. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { apduOf, recordLength } from "./support/commands.ts";
import { halves } from "./support/facts.ts";
import { secretNumbers } from "./support/psam.ts";
import { debitIep, openPurse, type Purse } from "./support/purse.ts";
import { signedDebit } from "./support/signatures.ts";
import { Sweep } from "./support/sweep.ts";
import { hex } from "./support/words.ts";

const about = { requirement: "CARD-0022-b" };
const requirements = ["CARD-0022-b", "CARD-0031-d", "CARD-0031-e"];

/** The private key of a public key card is watched too. */
function guardPrivateKey(t: DeviceContext, purse: Purse): void {
  const key = purse.cardModulus && t.keys.cardPrivateKey(purse.cardModulus);
  if (key !== undefined) purse.talk.guard(secretNumbers(key));
}

/** Every record of a file that the card has, every file that it has not. */
async function readEverything(purse: Purse, sweep: Sweep): Promise<void> {
  const read = (record: number, P2: number) => apduOf([0x00, 0xb2, record, P2], undefined, 256);
  for (let P2 = 0; P2 < 256; P2++) {
    const length = recordLength(P2, purse.isPublicKey);
    const records = length === undefined ? [1, 2, 3, 16, 255] : Array.from({ length: 255 }, (_, at) => at + 1);
    for (const record of records) {
      const { data, SW } = await purse.talk.ask(read(record, P2));
      const found = SW === "9000" && length !== undefined ? `${length} bytes 9000` : `${data.length} bytes ${SW}`;
      const isRight = length === undefined ? SW === "6A86" && data.length === 0 : isRecord(data.length, SW, length);
      sweep.judge(`record ${record} of P2 ${hex(P2)}`, isRight ? "as due" : found, "as due");
    }
  }
}

function isRecord(length: number, SW: string, due: number): boolean {
  return SW === "9000" ? length === due : SW === "6A83" && length === 0;
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-SEC-01",
    suite: "card",
    purpose:
      "READ RECORD of every file there could be, of every record where there is a file: only the card's own information, certificates and log are told, and no key is in them",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 1, value: 1, writes: 1 },
    async run(t) {
      const purse = await openPurse(t);
      guardPrivateKey(t, purse);
      await purse.purchase({}, about);
      const sweep = new Sweep(purse.talk);
      await purse.openPurchase(about);
      await readEverything(purse, sweep);
      sweep.expectNone("files and records", about);
    },
  }),
  defineDeviceCase({
    id: "CARD-SEC-02",
    suite: "card",
    purpose:
      "In purchases and loads, completed, negative and refused, no answer holds a key of the card, of its issuer or of the session, nor half of one",
    requirements: [...requirements, "CARD-0031-i"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 6, value: 3, writes: 12 },
    async run(t) {
      const purse = await openPurse(t);
      guardPrivateKey(t, purse);
      for (let round = 0; round < 3; round++) {
        const session = await purse.openPurchase(about);
        purse.talk.guard([...halves(session.KS2), ...halves(session.KS3)]);
        await purse.debit(session, purse.debitBytes(), about);
        const load = await purse.openLoad({}, about);
        purse.talk.guard([...halves(load.KS1), ...halves(load.KS2), ...halves(load.KS3)]);
        await purse.credit(load, about);
        await purse.purchase({ MPDA: 0 }, about);
        await purse.load({ MLDA: 0 }, about);
        const refused = await purse.openPurchase(about);
        const answer = await purse.talk.ask(debitIep(signedDebit(refused, purse.debitBytes()).fill(0, 45)));
        t.expect.equal("answer to a wrong S2", toHex(answer.data) + answer.SW, "9302", about);
        await purse.expectSame(about);
      }
    },
  }),
  defineDeviceCase({
    id: "CARD-SEC-03",
    suite: "card",
    purpose:
      "Of what a refused command could have told, the right S2 or what it is made with, nothing is told, whatever its data, its length and the session",
    requirements: [...requirements, "CARD-0082-a"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      for (let round = 0; round < 8; round++) {
        const session = await purse.openPurchase(about);
        const right = signedDebit(session, purse.debitBytes());
        purse.talk.guard([toHex(right.subarray(45))]);
        await sweep.ask("DEBIT IEP without S2", apduOf([0x90, 0x54, 0x01, 0x00], right.subarray(0, 45), 256), "6700");
        await sweep.ask(
          "DEBIT IEP with half of S2",
          apduOf([0x90, 0x54, 0x01, 0x00], right.subarray(0, 49), 256),
          "6700",
        );
        await sweep.ask("DEBIT IEP with S2 of zeros", debitIep(right.slice().fill(0, 45)), "9302");
      }
      sweep.expectNone("commands that are refused", about);
      await purse.expectSame(about);
    },
  }),
];
