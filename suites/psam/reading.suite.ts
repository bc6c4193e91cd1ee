/** READ CERTIFICATE and READ SESSION KEY (`psam-edge.md` 4.7, `keys-and-signatures.md` 8). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { isSigned, NAMES } from "../payment/algorithms/certificate.ts";
import {
  complete,
  confirm,
  confirmation,
  draw,
  issueDebit,
  packageAtr,
  packageInitialise,
  present,
  READ_CERTIFICATE,
  READ_SESSION_KEY,
  sessionKey,
  suspend,
  withdraw,
} from "./support/draw.ts";
import { PUBLIC_PROGRAM } from "./support/personalisation.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";

const INITRSP = purse({ ALGIEP: 0x10 });

async function expectReadable(psam: Psam, when: string, isReadable: boolean): Promise<void> {
  for (const [name, command, length] of [
    ["READ CERTIFICATE", READ_CERTIFICATE, 244],
    ["READ SESSION KEY", READ_SESSION_KEY, 224],
  ] as const) {
    const answer = await psam.send(command);
    const due = isReadable ? "9000" : "6985";
    psam.t.expect.equal(`${name} ${when}`, answer.slice(-4), due);
    psam.t.expect.equal(`bytes of ${name} ${when}`, answer.length / 2 - 2, isReadable ? length : 0);
  }
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-RDC-01",
    purpose:
      "The certificate is the security card's under the CA of the card, and SIG is its signature over its name, this card and EK",
    requirements: ["PSAM-0080-a", "PSAM-0080-b"],
    consumes: { NTPSAM: 6 },
    async run(t, psam) {
      const certificates = new Set<string>();
      const keys = new Set<string>();
      for (const [index, p1] of (["00", "01", "00", "01", "00", "01"] as const).entries()) {
        const card = purse({ ALGIEP: 0x10, IDIEP: `000000481${index}`, R: `0${index}C0FFEE` });
        const debit = await draw(psam, { INITRSP: card, p1 });
        const certificate = await psam.answers("READ CERTIFICATE", READ_CERTIFICATE);
        const SESSKEY = await psam.answers("READ SESSION KEY", READ_SESSION_KEY);
        const names = NAMES.psam(PUBLIC_PROGRAM, psam);
        const CA = t.expect.present(
          "test key of the CA",
          t.keys.caPublicKey(PUBLIC_PROGRAM.PPIEP, PUBLIC_PROGRAM.VKIEP),
        );
        t.expect.equal(
          "type, authority, subject",
          toHex(certificate.subarray(0, 17)),
          names.type + names.authority + names.subject,
        );
        t.expect.that(
          isSigned(CA, certificate.subarray(0, 132), certificate.subarray(132)),
          "the certificate is the CA's",
        );
        const lastDay = toHex(certificate.subarray(17, 20));
        t.expect.that(lastDay >= t.facts.today, "the certificate is valid today", { actual: lastDay });
        const [EK, SIG] = [SESSKEY.subarray(0, 112), SESSKEY.subarray(112)];
        const signed = concat(fromHex(`1F${psam.PPPSAM}${psam.IDPSAM}`), card, EK);
        t.expect.that(isSigned(certificate.subarray(20, 132), signed, SIG), "SIG is over name, INITRSP and EK");
        await confirm(psam, debit, cardrsp(psam, debit));
        certificates.add(toHex(certificate));
        keys.add(toHex(EK));
      }
      t.expect.equal("different certificates", certificates.size, 1);
      t.expect.equal("different EK", keys.size, 6, { requirement: "PSAM-0044-i" });
    },
  }),
  psamCase({
    id: "PSAM-RDC-02",
    purpose: "Certificate and session key are given after a debit for a public key card and at no other time",
    requirements: ["PSAM-0044-f", "PSAM-0044-i"],
    consumes: { NTPSAM: 16 },
    async run(_, psam) {
      await expectReadable(psam, "in the beginning", false);
      for (const p1 of ["00", "01"] as const) {
        await present(psam, INITRSP, async (place) => await expectReadable(psam, `in ${place}`, false));
        await issueDebit(psam, { INITRSP, p1 });
        await expectReadable(psam, "after the debit", true);
        await expectReadable(psam, "again", true);
        await psam.select();
        await expectReadable(psam, "after SELECT", false);
        for (const kind of ["warm", "cold"] as const) {
          await draw(psam, { INITRSP, p1 });
          await psam.reset(kind);
          await psam.select();
          await expectReadable(psam, `after a ${kind} reset`, false);
        }
        await draw(psam, { p1 });
        await expectReadable(psam, "after a debit for a secret key card", false);
        await psam.select();
      }
    },
  }),
  psamCase({
    id: "PSAM-RDC-03",
    purpose:
      "COMPLETE, CANCEL, refused and other commands, and a package out of order do not end it; the next package does, refused or not",
    requirements: ["PSAM-0059-a"],
    consumes: { NTPSAM: 8 },
    async run(_, psam) {
      const before = await draw(psam, { p1: "01" });
      const debit = await draw(psam, { INITRSP });
      await psam.says("COMPLETE with a wrong answer", complete(debit.IDTRX, new Uint8Array(16)), "9302");
      await psam.says("PACKAGE: ANSWER TO RESET, out of order", packageAtr(), "6985");
      await psam.says("PACKAGE: INITIALIZE IEP, out of order", packageInitialise(INITRSP), "6985");
      await expectReadable(psam, "after packages out of order", true);
      await psam.says("COMPLETE", complete(debit.IDTRX, cardrsp(psam, debit)), confirmation(debit));
      await expectReadable(psam, "after COMPLETE", true);
      await psam.says("PACKAGE: INITIALIZE IEP, out of order", packageInitialise(INITRSP), "6985");
      await expectReadable(psam, "after COMPLETE and a package out of order", true);
      await psam.says("CANCEL of another", withdraw(before.IDTRX), "9000");
      await expectReadable(psam, "after CANCEL", true);
      await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
      await expectReadable(psam, "after the next package", false);
      await psam.select();
      for (const [what, command, SW] of [
        ["a malformed answer to reset", packageAtr(fromHex("3C00")), "6A80"],
        ["an answer to reset that is too long", packageAtr(new Uint8Array(40)), "6700"],
      ] as const) {
        const next = await draw(psam, { INITRSP });
        await psam.says("CANCEL, suspend", suspend(next.IDTRX), "9000");
        await expectReadable(psam, "after it was suspended", true);
        await psam.says(`PACKAGE: ANSWER TO RESET with ${what}`, command, SW);
        await expectReadable(psam, `after ${what}`, false);
      }
    },
  }),
  psamCase({
    id: "PSAM-RDC-04",
    purpose: "What is read is of the debit issued last, and every earlier one keeps its own session key",
    requirements: ["PSAM-0044-i", "PSAM-0085-a"],
    consumes: { NTPSAM: 4 },
    async run(t, psam) {
      const debits = [];
      for (let count = 0; count < 4; count++) {
        const debit = await draw(psam, { INITRSP: purse({ ALGIEP: 0x10, NTIEP: count }), p1: "01", MPDA: count + 1 });
        t.expect.equal("session key, read again", toHex(await sessionKey(psam)), toHex(debit.SK ?? new Uint8Array(0)));
        debits.push(debit);
      }
      for (const [index, debit] of debits.entries()) {
        const { SK } = debits[(index + 1) % debits.length] ?? debit;
        if (SK)
          await psam.says(
            "COMPLETE under the key of another",
            complete(debit.IDTRX, cardrsp(psam, { ...debit, SK })),
            "9302",
          );
        await confirm(psam, debit, cardrsp(psam, debit));
      }
    },
  }),
];
