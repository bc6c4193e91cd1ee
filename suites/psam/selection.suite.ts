/** Being selected, and what is known before (`psam-edge.md` 1 and 2). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { apdu, byteText, put } from "./support/apdu.ts";
import { COMMANDS } from "./support/commands.ts";
import { issueDebit, packageInitialise, present } from "./support/draw.ts";
import { PSAM_AID, type Psam, SELECT } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { purse } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

const selectOf = (AID: Uint8Array) => apdu("00A40400", AID, 256);

function identity({ PPPSAM, IDPSAM }: Psam): string {
  return `6F228408${PSAM_AID}A516DF1003${PPPSAM}DF1104${IDPSAM}DF1F065053414D2D319000`;
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-SEL-01",
    purpose:
      "SELECT is answered with the same name of the security card every time, the name that all its other answers have",
    requirements: ["PSAM-0080-a"],
    consumes: { NTPSAM: 1 },
    async run(t, psam) {
      for (const time of ["once more", "and again"]) await psam.says(`SELECT ${time}`, SELECT, identity(psam));
      for (const kind of ["warm", "cold"] as const) {
        await psam.reset(kind);
        await psam.says(`SELECT after a ${kind} reset`, SELECT, identity(psam));
      }
      const name = psam.PPPSAM + psam.IDPSAM;
      const { PPPSAM, IDPSAM } = await readTotals(psam);
      t.expect.equal("name in READ TOTALS", PPPSAM + IDPSAM, name);
      await present(psam);
      await psam.says("PACKAGE: INITIALIZE IEP, out of order", packageInitialise(purse()), "6985");
      const { DEBITDATA } = await issueDebit(psam);
      t.expect.equal("name in DEBITDATA", toHex(DEBITDATA.subarray(0, 7)), name);
    },
  }),
  psamCase({
    id: "PSAM-SEL-02",
    purpose: "No other application identifier of 5 to 16 bytes selects anything, nor one of another length",
    requirements: ["PSAM-0043-c"],
    async run(_, psam) {
      const AID = fromHex(PSAM_AID);
      for (let at = 0; at < AID.length; at++) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const other = put(AID, at, Uint8Array.of((AID[at] ?? 0) ^ mask));
          await psam.says(`SELECT ${toHex(other)}`, selectOf(other), "6A82");
        }
      }
      for (let length = 1; length <= 20; length++) {
        // never the beginning of the identifier, which a card may take for all of it (ISO/IEC 7816-4)
        const other =
          length > 8 ? concat(AID, new Uint8Array(length - 8)) : AID.slice(0, length).fill(0xff, length - 1);
        await psam.says(`SELECT with ${length} bytes`, selectOf(other), length < 5 || length > 16 ? "6700" : "6A82");
      }
      await psam.says("SELECT without data", apdu("00A40400", "", 256), "6700");
      await psam.says("SELECT afterwards", SELECT, identity(psam));
    },
  }),
  psamCase({
    id: "PSAM-SEL-03",
    purpose: "A SELECT that is refused changes nothing: not the card at hand, not the debit that is open",
    requirements: ["PSAM-0059-a"],
    consumes: { NTPSAM: 1 },
    async run(t, psam) {
      const refusals = [
        ["an unknown application", selectOf(fromHex("A000000004101099")), "6A82"],
        ["an identifier of four bytes", selectOf(fromHex("F0504299")), "6700"],
        ["other parameters", apdu("00A40000", PSAM_AID, 256), "6A86"],
      ] as const;
      const before = await readTotals(psam);
      await present(psam);
      for (const [what, command, SW] of refusals) await psam.says(`SELECT with ${what}`, command, SW);
      const { IDTRX } = await issueDebit(psam);
      for (const [what, command, SW] of refusals) await psam.says(`SELECT with ${what}`, command, SW);
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, before.suspended);
      await psam.says("CANCEL of the open transaction, which only an open one allows", apdu("908E0100", IDTRX), "9000");
    },
  }),
  psamCase({
    id: "PSAM-SEL-04",
    purpose:
      "After a reset no command but SELECT is done before the security card is selected, and wrong ones say first what is wrong",
    requirements: ["PSAM-0044-e"],
    async run(_, psam) {
      for (const kind of ["warm", "cold"] as const) {
        await psam.reset(kind);
        for (const { name, header, lengths, answer } of COMMANDS.slice(1)) {
          const le = answer === undefined ? undefined : 256;
          await psam.says(`${name} after a ${kind} reset`, apdu(header, new Uint8Array(lengths[0]), le), "6985");
          const wrong = apdu(header, new Uint8Array(lengths[0] === 0 ? 1 : lengths[0] - 1), le);
          await psam.says(`${name} with a wrong length`, wrong, "6700");
          await psam.says(`${name} with P2 01`, apdu(`${header.slice(0, 6)}01`), "6A86");
        }
        await psam.says("an unknown instruction", apdu("90220000"), "6D00");
        await psam.says("a SELECT that is refused", selectOf(fromHex("A000000004101099")), "6A82");
        await psam.says("READ TOTALS after it", apdu("908C0000", "", 256), "6985");
        await psam.says("SELECT", SELECT, identity(psam));
      }
    },
  }),
  psamCase({
    id: "PSAM-SEL-05",
    purpose: "SELECT forgets a card that has not come to a debit, whichever package was its last",
    requirements: ["PSAM-0059-a"],
    async run(_, psam) {
      await present(psam);
      await psam.select();
      await psam.says("PACKAGE: DEBIT after SELECT", apdu("90720000", new Uint8Array(34), 53), "6985");
      for (const p1 of [1, 2, 3]) {
        await psam.says("PACKAGE: ANSWER TO RESET", apdu("90700000", "3B00"), "9000");
        await psam.select();
        const length = p1 === 1 ? 27 : 244;
        const command = apdu(`9070${byteText(p1)}00`, new Uint8Array(length), p1 === 1 ? 11 : undefined);
        await psam.says(`package ${p1} after SELECT`, command, "6985");
      }
    },
  }),
];
