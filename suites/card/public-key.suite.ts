/** Public key cards (`card-edge.md` 5.3a, `keys-and-signatures.md` 8): order, every field of certificate and session key, and what follows. */
import { concat, toHex } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { caName, certify, isSigned, NAMES } from "../payment/algorithms/certificate.ts";
import { ownKey } from "../support/own-key.ts";
import { eachByteAltered } from "./support/forged.ts";
import type { Session } from "./support/oracle.ts";
import { type OwnPsam, sessionKeyFor, signatureOver } from "./support/psam.ts";
import { debitIep, openPurse, type Purse, presentCertificate, presentSessionKey } from "./support/purse.ts";
import { purchaseSession, signedDebit } from "./support/signatures.ts";
import { tell, tellingOf } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";
import { expectData } from "./support/talk.ts";

const about = { requirement: "ENC-0107-b" };
const requirements = ["ENC-0107-b"];
const needs = { cards: ["rsa"], keys: true } as const;
const BLOCK = 112;
const LAST_DAY = "291231";

const openCard = (t: DeviceContext) => openPurse(t, "rsa");
const modulusOf = (purse: Purse) => purse.cardModulus ?? new Uint8Array(BLOCK);

/** Each certificate after its own INITIALIZE IEP: the status word, and the session is over unless it was taken. */
async function expectCertificates(
  purse: Purse,
  rows: readonly (readonly [what: string, certificate: Uint8Array, SW: string])[],
): Promise<void> {
  const sweep = new Sweep(purse.talk);
  for (const [what, certificate, SW] of rows) {
    await purse.initialise(about);
    await sweep.ask(`PRESENT CERTIFICATE, ${what}`, presentCertificate(certificate), SW);
    await sweep.ask(`the right one after that, ${what}`, presentCertificate(purse.psam.certificate), "6985");
  }
  sweep.expectNone("certificates", about);
  await purse.purchase({}, about);
}

/** Each session key after INITIALIZE IEP and the right certificate: `'9422'`, and no debit follows. */
async function expectKeysRefused(
  purse: Purse,
  rows: readonly (readonly [what: string, make: (INITRSP: Uint8Array) => Uint8Array])[],
): Promise<void> {
  const sweep = new Sweep(purse.talk);
  for (const [what, make] of rows) {
    const INITRSP = await purse.initialise(about);
    await sweep.ask("PRESENT CERTIFICATE", presentCertificate(purse.psam.certificate), "9000");
    await sweep.ask(`PRESENT SESSION KEY, ${what}`, presentSessionKey(make(INITRSP)), "9422");
    await sweep.ask(`DEBIT IEP after that, ${what}`, debitIep(new Uint8Array(53)), "6985");
  }
  sweep.expectNone("session keys", about);
  await purse.purchase({}, about);
}

/** What the certificate earns with that byte of it altered. */
function alteredStatus(at: number): string {
  if (at === 0) return "6A80";
  return at < 9 ? "9421" : "9422";
}

const rightKey = (purse: Purse, psam: OwnPsam, INITRSP: Uint8Array) =>
  sessionKeyFor(psam, modulusOf(purse), INITRSP).SESSKEY;

const WAYS: readonly (readonly [Session, (purse: Purse) => Promise<Uint8Array>])[] = [
  ["selected", (purse) => purse.select(about).then(() => new Uint8Array(27))],
  ["purchase", (purse) => purse.initialise(about)],
  [
    "certified",
    async (purse) => {
      const INITRSP = await purse.initialise(about);
      await purse.talk.ask(presentCertificate(purse.psam.certificate));
      return INITRSP;
    },
  ],
  ["keyed", async (purse) => (await purse.openPurchase(about)).INITRSP],
  ["load", async (purse) => (await purse.openLoad({}, about)).INITRSP],
];

const RIGHT: Readonly<Record<string, readonly [certificate: string, key: string, debit: string]>> = {
  selected: ["6985", "6985", "6985"],
  purchase: ["9000", "6985", "6985"],
  certified: ["6985", "9000", "6985"],
  keyed: ["6985", "6985", "9302"],
  load: ["6985", "6985", "6985"],
};

const AFTER: Readonly<Record<string, readonly [certificate: Session, key: Session, debit: Session]>> = {
  selected: ["selected", "selected", "selected"],
  purchase: ["certified", "selected", "purchase"],
  certified: ["selected", "keyed", "certified"],
  keyed: ["selected", "selected", "selected"],
  load: ["selected", "selected", "load"],
};

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-PK-FILES",
    suite: "card",
    purpose:
      "A public key card tells its issuer's certificate and its own, each in its form, signed by the one above it; there is no third one",
    requirements: ["CARD-0078"],
    owner: "card",
    needs,
    async run(t) {
      const says = { requirement: "CARD-0078" };
      const purse = await openCard(t);
      const [issuer, own] = [
        await expectData(purse.talk, "READ RECORD 1 of certificates", "00B2011400", 244, says),
        await expectData(purse.talk, "READ RECORD 2 of certificates", "00B20214F4", 244, says),
      ];
      const { facts } = purse;
      const ca = t.keys.caPublicKey(facts.PPIEP, facts.VKIEP) ?? inconclusive("no test key of the card's CA", "bench");
      for (const [what, certificate, { type, authority, subject }, above] of [
        ["issuer's", issuer, NAMES.issuer(facts), ca],
        ["card's", own, NAMES.card(facts), issuer.subarray(20, 132)],
      ] as const) {
        const said = toHex(certificate.subarray(0, 17));
        t.expect.equal(
          `type, authority and subject of the ${what} certificate`,
          said,
          type + authority + subject,
          says,
        );
        const signed = isSigned(above, certificate.subarray(0, 132), certificate.subarray(132));
        t.expect.that(signed, `the ${what} certificate is signed by its authority`, says);
      }
      const sweep = new Sweep(purse.talk);
      for (const record of [3, 4, 16, 255])
        await sweep.ask(`record ${record}`, Uint8Array.of(0, 0xb2, record, 0x14, 0), "6A83");
      await sweep.ask("record 1 with Le F3", "00B20114F3", "6700");
      sweep.expectNone("records that are not there", says);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-ORDER",
    suite: "card",
    purpose:
      "INITIALIZE IEP, certificate, session key and debit have their order: each of them in each state is taken or refused as the table says, and leads to the state that it says",
    requirements,
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const sweep = new Sweep(purse.talk);
      const made = [
        (_: Uint8Array) => presentCertificate(purse.psam.certificate),
        (INITRSP: Uint8Array) => presentSessionKey(rightKey(purse, purse.psam, INITRSP)),
        () => debitIep(new Uint8Array(53)),
      ];
      for (const [state, enter] of WAYS) {
        for (const [index, make] of made.entries()) {
          const what = `${["PRESENT CERTIFICATE", "PRESENT SESSION KEY", "DEBIT IEP"][index]} in ${state}`;
          const INITRSP = await enter(purse);
          await sweep.ask(what, make(INITRSP), RIGHT[state]?.[index] ?? "");
          sweep.judge(`state after ${what}`, await tell(purse.talk), tellingOf(AFTER[state]?.[index] ?? "idle", true));
        }
      }
      sweep.expectNone("order of certificate, session key and debit", about);
      await purse.expectSame(about);
      await purse.purchase({}, about);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-CERT-BYTES",
    suite: "card",
    purpose:
      "A certificate with any one of its 244 bytes altered is refused: its type, its authority or its signature is told",
    requirements,
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      // an altered day may be none, an altered modulus may be none: both are malformed before they are badly signed
      const rows = eachByteAltered(purse.psam.certificate).map(([at, altered]) => {
        const isShape = (at >= 17 && at < 20 && !isDay(altered)) || !isModulus(altered);
        return [`byte ${at} altered`, altered, isShape ? "6A80" : alteredStatus(at)] as const;
      });
      await expectCertificates(purse, rows);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-CERT-KINDS",
    suite: "card",
    purpose:
      "A certificate of another type, on no day, with no modulus, of another authority or signed by somebody else is refused with its own status word, malformed before foreign before unsigned",
    requirements,
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const { facts, psam } = purse;
      const ca = t.keys.caPrivateKey(facts.PPIEP, facts.VKIEP) ?? inconclusive("no test key of the card's CA", "bench");
      const names = NAMES.psam(facts, psam);
      const stranger = ownKey("stranger");
      const foreign = { ...names, authority: caName("999999", facts.VKIEP) };
      const even = psam.modulus.map((byte, at) => (at === BLOCK - 1 ? byte & 0xfe : byte));
      const small = psam.modulus.map((byte, at) => (at === 0 ? byte & 0x7f : byte));
      await expectCertificates(purse, [
        ["of an issuer", certify(ca, { ...names, type: "01" }, LAST_DAY, psam.modulus), "6A80"],
        ["of a card", certify(ca, { ...names, type: "02" }, LAST_DAY, psam.modulus), "6A80"],
        ["of no type", concat(Uint8Array.of(0x04), psam.certificate.subarray(1)), "6A80"],
        ["on a 30th of February", certify(ca, names, "280230", psam.modulus), "6A80"],
        ["on a day that is no BCD", certify(ca, names, "2A1231", psam.modulus), "6A80"],
        ["with an even modulus", certify(ca, names, LAST_DAY, even), "6A80"],
        ["with a modulus of fewer bits", certify(ca, names, LAST_DAY, small), "6A80"],
        ["of another authority", certify(ca, foreign, LAST_DAY, psam.modulus), "9421"],
        [
          "of another version of its CA",
          certify(ca, { ...names, authority: caName(facts.PPIEP, facts.VKIEP + 1) }, LAST_DAY, psam.modulus),
          "9421",
        ],
        ["that a stranger signed", certify(stranger.privateKey, names, LAST_DAY, psam.modulus), "9422"],
        ["that it signed itself", certify(psam.privateKey, names, LAST_DAY, psam.modulus), "9422"],
        ["with a signature of zeros", concat(psam.certificate.subarray(0, 132), new Uint8Array(BLOCK)), "9422"],
        ["malformed, foreign and unsigned", new Uint8Array(244), "6A80"],
        ["foreign and unsigned", certify(stranger.privateKey, foreign, LAST_DAY, psam.modulus), "9421"],
      ]);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-KEY-BYTES",
    suite: "card",
    purpose: "A session key with any one of its 224 bytes altered is refused",
    requirements,
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const rows = Array.from(
        { length: 2 * BLOCK },
        (_, at) =>
          [
            `byte ${at} altered`,
            (INITRSP: Uint8Array) =>
              eachByteAltered(rightKey(purse, purse.psam, INITRSP))[at]?.[1] ?? new Uint8Array(2 * BLOCK),
          ] as const,
      );
      await expectKeysRefused(purse, rows);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-KEY-KINDS",
    suite: "card",
    purpose:
      "A session key signed by or for another, for another transaction, or not below the card's modulus, is refused",
    requirements: [...requirements, "CARD-0031-i"],
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const { psam } = purse;
      const modulus = modulusOf(purse);
      const stranger = ownKey("stranger");
      const signedOver = (EK: Uint8Array, INITRSP: Uint8Array) => concat(EK, signatureOver(psam, INITRSP, EK));
      const old = await purse.initialise(about);
      await expectKeysRefused(purse, [
        ["signed by a stranger", (INITRSP) => rightKey(purse, { ...psam, privateKey: stranger.privateKey }, INITRSP)],
        ["signed for another number", (INITRSP) => rightKey(purse, { ...psam, IDPSAM: "00C0FFEF" }, INITRSP)],
        ["signed for another provider", (INITRSP) => rightKey(purse, { ...psam, PPPSAM: "999999" }, INITRSP)],
        ["of the transaction before", () => rightKey(purse, psam, old)],
        [
          "signed over INITRSP of another balance",
          (INITRSP) => rightKey(purse, psam, eachByteAltered(INITRSP)[15]?.[1] ?? INITRSP),
        ],
        ["signed with 2E in front", (INITRSP) => signedWith(purse, INITRSP, "2E")],
        ["signed with nothing in front", (INITRSP) => signedWith(purse, INITRSP, "")],
        ["EK that is the modulus", (INITRSP) => signedOver(modulus, INITRSP)],
        ["EK above the modulus", (INITRSP) => signedOver(new Uint8Array(BLOCK).fill(0xff), INITRSP)],
        ["a signature of zeros", (INITRSP) => rightKey(purse, psam, INITRSP).fill(0, BLOCK)],
        ["EK and SIG exchanged", (INITRSP) => exchanged(rightKey(purse, psam, INITRSP))],
      ]);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-PSAM",
    suite: "card",
    purpose:
      "Under its session key the card debits for the security card of the certificate alone: another provider or number in DEBITDATA is '9302', each byte of it",
    requirements: [...requirements, "CARD-0033-b"],
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const sweep = new Sweep(purse.talk);
      for (let at = 0; at < 7; at++) {
        const session = await purse.openPurchase(about);
        const DEBIT = eachByteAltered(purse.debitBytes())[at]?.[1] ?? purse.debitBytes();
        await sweep.ask(
          `byte ${at} of the security card altered, rightly signed`,
          debitIep(signedDebit(session, DEBIT)),
          "9302",
        );
      }
      sweep.expectNone("debits for another security card", about);
      await purse.expectSame(about);
      await purse.purchase({}, about);
    },
  }),
  defineDeviceCase({
    id: "CARD-PK-KEYS",
    suite: "card",
    purpose:
      "Each transaction of a public key card is under its own session key: that of the transaction before, the load key and a key of zeros give no S2",
    requirements: [...requirements, "CARD-0031-i", "CARD-0031-e"],
    owner: "card",
    needs,
    async run(t) {
      const purse = await openCard(t);
      const sweep = new Sweep(purse.talk);
      const before = await purse.openPurchase(about);
      for (const [what, make] of [
        ["the keys of the INITIALIZE IEP before", () => before],
        ["keys made of KDL", (INITRSP: Uint8Array) => purchaseSession(purse.keys.KDL, INITRSP)],
        ["keys made of zeros", (INITRSP: Uint8Array) => purchaseSession(new Uint8Array(16), INITRSP)],
      ] as const) {
        const { INITRSP } = await purse.openPurchase(about);
        const wrong = { ...make(INITRSP), INITRSP };
        await sweep.ask(`DEBIT IEP under ${what}`, debitIep(signedDebit(wrong, purse.debitBytes())), "9302");
      }
      sweep.expectNone("debits under other keys", about);
      await purse.purchase({ MPDA: 3 }, about);
      await purse.purchase({ MPDA: 0 }, about);
      await purse.purchase({ MPDA: purse.BALIEP + 1 }, about);
      await purse.load({ MLDA: 3 }, about);
      await purse.expectSame(about);
    },
  }),
];

function isDay(certificate: Uint8Array): boolean {
  return /^\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(toHex(certificate.subarray(17, 20)));
}

function isModulus(certificate: Uint8Array): boolean {
  return ((certificate[20] ?? 0) & 0x80) !== 0 && ((certificate[131] ?? 0) & 1) === 1;
}

function signedWith(purse: Purse, INITRSP: Uint8Array, label: string): Uint8Array {
  const { SESSKEY } = sessionKeyFor(purse.psam, modulusOf(purse), INITRSP);
  const EK = SESSKEY.slice(0, BLOCK);
  return concat(EK, signatureOver(purse.psam, INITRSP, EK, label));
}

function exchanged(SESSKEY: Uint8Array): Uint8Array {
  return concat(SESSKEY.subarray(BLOCK), SESSKEY.subarray(0, BLOCK));
}
