/** Secrets are never readable: nothing that a reader of cards tries shows a key (`psam-edge.md` 1). Every other case looks too. */
import { toHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { apdu, byteText } from "./support/apdu.ts";
import { CONTENT, Updates } from "./support/clearing.ts";
import { isCarried } from "./support/commands.ts";
import { draw, issueDebit, present } from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { purse, sessionKeys } from "./support/purse.ts";

/** Every answer must be a refusal without data; the keys are looked for in each all the same. */
async function expectNothing(psam: Psam, what: string, command: Uint8Array): Promise<void> {
  psam.t.expect.matches(what, await psam.send(command), /^(6E00|6D00|6A86|6700)$/, { requirement: "PSAM-0044-j" });
}

/** What reads files, records and data objects of cards in the field: INS, P1 and P2. */
function* readings(): Generator<readonly [ins: number, p1: number, p2: number]> {
  for (let sfi = 0; sfi < 32; sfi++) {
    yield [0xb0, 0x80 | sfi, 0];
    for (const record of [0, 1, 2, 16, 255]) yield [0xb2, record, (sfi << 3) | 4];
  }
  for (const high of [0x00, 0x01, 0x5f, 0x7f, 0x9f, 0xbf, 0xc0, 0xdf, 0xff]) {
    for (let low = 0; low < 256; low += 5) yield [0xca, high, low];
  }
  for (const ins of [0xb1, 0xb3, 0xc0, 0xc2, 0xcb, 0x84, 0x88, 0x2a, 0x12, 0xf2, 0xe0, 0x10]) {
    for (const p1 of [0, 1, 2, 0x7f, 0x80, 0xff]) yield [ins, p1, 0];
  }
}

export const cases: readonly Case[] = [
  ...(["idle", "card accepted", "debit issued"] as const).map((place, index) =>
    psamCase({
      id: `PSAM-SEC-0${index + 1}`,
      purpose: `In ${place} no command that reads cards in the field is known, and no answer shows a key`,
      requirements: ["PSAM-0044-j", "PSAM-0044-d"],
      consumes: { NTPSAM: place === "debit issued" ? 1 : 0 },
      async run(_, psam) {
        const INITRSP = purse({ ALGIEP: 5 });
        if (place !== "idle") await present(psam, INITRSP);
        if (place === "debit issued") sessionKeys(psam, await issueDebit(psam, { INITRSP }));
        for (const [count, [ins, p1, p2]] of [...readings()].entries()) {
          // all of them where nothing is at hand, every third elsewhere
          if (!isCarried(psam.protocol, ins) || (place !== "idle" && count % 3 !== index)) continue;
          for (const cla of ["00", "90", "80"]) {
            const header = cla + byteText(ins) + byteText(p1) + byteText(p2);
            await expectNothing(psam, header, apdu(header, "", 256));
          }
        }
      },
    }),
  ),
  psamCase({
    id: "PSAM-SEC-04",
    purpose:
      "A key that came by an update, and the session keys of cards of every kind, show in no answer of a whole draw",
    requirements: ["PSAM-0044-j"],
    consumes: { NTPSAM: 6 },
    async run(t, psam) {
      const updates = await Updates.open(psam);
      const key = new Uint8Array(16).map((_, index) => 0xc1 + index * 3);
      await updates.apply("a key is added", updates.newKey("000123", 5, 66, key));
      const debits = [
        { ...(await draw(psam, { INITRSP: purse({ ALGIEP: 5, VKIEP: 66 }), p1: "01" })), MKP: key },
        await draw(psam, { p1: "01" }),
        await draw(psam, { INITRSP: purse({ ALGIEP: 0x10 }), p1: "01" }),
      ];
      for (const debit of debits) sessionKeys(psam, debit);
      for (const debit of debits) {
        // the same card and transaction again: its keys would be the same, but for the public key card
        const again = await draw(psam, { INITRSP: debit.INITRSP, p1: "01" });
        t.expect.that(psam.secrets.shownIn(toHex(again.DEBITDATA)) === undefined, "DEBITDATA shows no key");
      }
      await updates.apply("the key is removed", CONTENT.remove("000123", 5, 66));
      for (let number = 0; number < 64; number++) {
        await expectNothing(psam, `INS 78 with P1 ${number + 2}`, apdu(`9078${byteText(number + 2)}00`, "", 256));
        await expectNothing(
          psam,
          `INS 8C with P2 ${number + 1}`,
          apdu(`908C00${byteText(number + 1)}`, uintToBytes(number, 1), 256),
        );
      }
    },
  }),
];
