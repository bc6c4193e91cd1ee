/** PACKAGE: ISSUER CERTIFICATE and CARD CERTIFICATE (`psam-edge.md` 4.2a), field by field. */
import { createPrivateKey, sign } from "node:crypto";
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { isDate } from "../../harness/protocol/messages/calendar.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { certify, NAMES, type Names } from "../payment/algorithms/certificate.ts";
import { put } from "./support/apdu.ts";
import { caKey, certificatesFor, LAST_DAY, ownKeys } from "./support/certificates.ts";
import { dayAfter } from "./support/days.ts";
import {
  packageAtr,
  packageCard,
  packageData,
  packageDebit,
  packageInitialise,
  packageIssuer,
} from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { purse } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

const INITRSP = purse({ ALGIEP: 0x10 });
const CARD = { PPIEP: "000123", IDIEP: "0000004711", VKIEP: 1 };

const WHICH = ["issuer", "card"] as const;
type Which = (typeof WHICH)[number];

/** Names, authority's key and certified key of a right certificate in that place. */
function right(t: DeviceContext, which: Which) {
  const { issuer, card } = ownKeys();
  return which === "issuer"
    ? { names: NAMES.issuer(CARD), key: caKey(t), modulus: issuer.modulus }
    : { names: NAMES.card(CARD), key: issuer.privateKey, modulus: card.modulus };
}

/** The certificate must be answered with `SW` in that place; the draw begins anew. */
async function judge(psam: Psam, which: Which, what: string, certificate: Uint8Array, SW: string): Promise<void> {
  await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
  await psam.answers("PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP));
  if (which === "card") {
    await psam.says("PACKAGE: ISSUER CERTIFICATE", packageIssuer(certificatesFor(psam.t, INITRSP).issuer), "9000");
  }
  const command = which === "issuer" ? packageIssuer(certificate) : packageCard(certificate);
  await psam.says(`${which}'s certificate: ${what}`, command, SW);
  if (SW === "9000") await psam.select();
}

/** What an alteration of a right certificate is answered with: nothing was signed anew. */
function dueForAltered(whole: Uint8Array, altered: Uint8Array): string {
  const same = (from: number, to: number) => toHex(whole.subarray(from, to)) === toHex(altered.subarray(from, to));
  const isModulus = ((altered[20] ?? 0) & 0x80) !== 0 && ((altered[131] ?? 0) & 1) === 1;
  if (!same(0, 1) || !isDate(`20${toHex(altered.subarray(17, 20))}`) || !isModulus) return "6A80";
  return same(1, 17) ? "9422" : "9421";
}

/** A signature over `data` by `key` in another way than PKCS#1 v1.5 with SHA-256: without salt, the same each time that it is made. */
function signedOtherwise(key: string, data: Uint8Array, hash: "sha1" | "sha384", isPss = false): Uint8Array {
  const privateKey = createPrivateKey({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" });
  const padding = isPss ? { padding: 6, saltLength: 0 } : {};
  return new Uint8Array(sign(hash, data, { key: privateKey, ...padding }));
}

const flipByte = (hex: string, at: number) => toHex(flipBit(fromHex(hex), at * 8 + 7));

export const cases: readonly Case[] = [
  ...WHICH.map((which) =>
    psamCase({
      id: `PSAM-CRT-0${which === "issuer" ? 1 : 2}`,
      purpose: `No byte of the ${which}'s certificate can be altered: names, last day, modulus or signature`,
      requirements: ["PSAM-0044-a"],
      async run(t, psam) {
        const { names, key, modulus } = right(t, which);
        const whole = certify(key, names, "291231", modulus);
        for (const [at, byte] of whole.entries()) {
          for (const mask of at < 21 || at % 8 === 3 ? [0x01, 0x80] : [0x01]) {
            const altered = put(whole, at, Uint8Array.of(byte ^ mask));
            await judge(psam, which, `byte ${at} altered`, altered, dueForAltered(whole, altered));
          }
        }
        await judge(psam, which, "unaltered", whole, "9000");
      },
    }),
  ),
  ...WHICH.map((which) =>
    psamCase({
      id: `PSAM-CRT-0${which === "issuer" ? 3 : 4}`,
      purpose: `The ${which}'s certificate must be of its type and names, by its authority, of a key that can be one, and not expired, though it be rightly signed`,
      requirements: ["PSAM-0044-a"],
      async run(t, psam) {
        const { names, key, modulus } = right(t, which);
        const { issuer, card } = ownKeys();
        const make = (change: Partial<Names>, lastDay = LAST_DAY, by = key, own = modulus) =>
          certify(by, { ...names, ...change }, lastDay, own);
        const { updated } = await readTotals(psam);
        const day = (days: number) => dayAfter(updated, days).slice(2);
        const rows: (readonly [string, Uint8Array, string])[] = [];
        for (const type of ["00", "01", "02", "03", "04", "81", "FF"]) {
          if (type !== names.type) rows.push([`type ${type}`, make({ type: type as Names["type"] }), "6A80"]);
        }
        for (let at = 0; at < 8; at++) {
          rows.push([`byte ${at} of the authority`, make({ authority: flipByte(names.authority, at) }), "9421"]);
          rows.push([`byte ${at} of the subject`, make({ subject: flipByte(names.subject, at) }), "9421"]);
        }
        rows.push([
          "authority and subject exchanged",
          make({ authority: names.subject, subject: names.authority }),
          "9421",
        ]);
        for (const lastDay of ["000000", "261301", "260001", "260230", "270229", "2612A1", "FFFFFF"]) {
          rows.push([`last day ${lastDay}`, make({}, lastDay), "6A80"]);
        }
        rows.push(["a modulus without its highest bit", make({}, LAST_DAY, key, flipBit(modulus, 0)), "6A80"]);
        rows.push(["an even modulus", make({}, LAST_DAY, key, flipBit(modulus, 895)), "6A80"]);
        for (const [who, other] of [
          ["the CA", caKey(t)],
          ["the issuer", issuer.privateKey],
          ["the card", card.privateKey],
        ] as const) {
          if (other !== key) rows.push([`signed by ${who}`, make({}, LAST_DAY, other), "9422"]);
        }
        const whole = make({});
        const unsigned = whole.subarray(0, 132);
        rows.push(["signed over SHA-1", concat(unsigned, signedOtherwise(key, unsigned, "sha1")), "9422"]);
        rows.push(["signed with PSS", concat(unsigned, signedOtherwise(key, unsigned, "sha1", true)), "9422"]);
        rows.push(["a signature of zeros", concat(unsigned, new Uint8Array(112)), "9422"]);
        rows.push(["a signature above every modulus", concat(unsigned, new Uint8Array(112).fill(0xff)), "9422"]);
        for (const [days, SW] of [
          [-3650, "9420"],
          [-1, "9420"],
          [0, "9000"],
          [1, "9000"],
        ] as const) {
          rows.push([`last day ${day(days)}, updated ${updated}`, make({}, day(days)), SW]);
        }
        for (const [what, certificate, SW] of rows) await judge(psam, which, what, certificate, SW);
      },
    }),
  ),
  psamCase({
    id: "PSAM-CRT-05",
    purpose: "Of two faults of a certificate the one that stands first in the table is told",
    requirements: ["PSAM-0044-a"],
    async run(t, psam) {
      const { updated } = await readTotals(psam);
      const old = dayAfter(updated, -1).slice(2);
      for (const which of WHICH) {
        const { names, key, modulus } = right(t, which);
        const stranger = { ...names, subject: flipByte(names.subject, 2) };
        const other = which === "issuer" ? ownKeys().issuer.privateKey : ownKeys().card.privateKey;
        const noType = { ...names, type: "04" as Names["type"] };
        const rows = [
          ["of no type and of a stranger", certify(key, { ...stranger, type: noType.type }, LAST_DAY, modulus), "6A80"],
          ["of no type and forged", certify(other, noType, LAST_DAY, modulus), "6A80"],
          ["of no type and expired", certify(key, noType, old, modulus), "6A80"],
          ["with no last day and of a stranger", certify(key, stranger, "260230", modulus), "6A80"],
          ["of a stranger and forged", certify(other, stranger, LAST_DAY, modulus), "9421"],
          ["of a stranger and expired", certify(key, stranger, old, modulus), "9421"],
          ["forged and expired", certify(other, names, old, modulus), "9422"],
        ] as const;
        for (const [what, certificate, SW] of rows) await judge(psam, which, what, certificate, SW);
      }
    },
  }),
  psamCase({
    id: "PSAM-CRT-06",
    purpose:
      "The card's certificate counts under the key of the issuer's certificate alone, and after a refusal nothing of it is left",
    requirements: ["PSAM-0044-a", "PSAM-0059-a"],
    async run(t, psam) {
      const { card, issuer } = certificatesFor(t, INITRSP);
      const { names, modulus } = right(t, "card");
      const byCa = certify(caKey(t), names, LAST_DAY, modulus);
      await judge(psam, "card", "signed by the CA itself", byCa, "9422");
      await psam.says("the issuer's certificate after a refusal", packageIssuer(issuer), "6985");
      await psam.says("the card's certificate after a refusal", packageCard(card), "6985");
      await judge(psam, "issuer", "the card's in the issuer's place", card, "6A80");
      await psam.says("the card's certificate without its issuer's", packageCard(card), "6985");
      const debit = packageDebit(packageData({ INITRSP, IDTRX: psam.nextIdtrx() }));
      await judge(psam, "card", "the issuer's in the card's place", issuer, "6A80");
      await psam.says("PACKAGE: DEBIT without certificates", debit, "6985");
      await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
      await psam.answers("PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP));
      await psam.says("PACKAGE: DEBIT before certificates", debit, "6985");
      await psam.says("the card's certificate first", packageCard(card), "6985");
      await psam.says("the issuer's certificate", packageIssuer(issuer), "9000");
      await psam.says("PACKAGE: DEBIT before the card's certificate", debit, "6985");
      await psam.says("the issuer's certificate again", packageIssuer(issuer), "6985");
      await psam.says("the card's certificate", packageCard(card), "9000");
    },
  }),
];
