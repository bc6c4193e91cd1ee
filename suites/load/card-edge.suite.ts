/** The card edge of loading (`card-edge.md` 5.2a, 5.2b, 5.4): what S1, S2 and S3 cover, and what of it the card judges. */
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { deriveLoadSessionKeys, loadAlgorithm } from "../../harness/crypto/load-keys.ts";
import { signLoadS2 } from "../../harness/crypto/load-signatures.ts";
import { deriveSessionKeys } from "../../harness/crypto/purse-keys.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { initialise, selectPurse } from "../payment/support/card.ts";
import { debitIep, signedDebit } from "../payment/support/own-debit.ts";
import { cardKey } from "../payment/support/signatures.ts";
import {
  creditIep,
  expectLoadCompletion,
  expectNotCredited,
  initialiseLoad,
  type LoadOffer,
  loadData,
  signedLoad,
  takeBack,
} from "./support/own-load.ts";
import { expectedS1, expectedS2, keysFor, masterLoadKey, requestOf, type Signed } from "./support/signatures.ts";

/** Minor units that a wrongly accepted load of these cases would give. */
const TINY = { MLDA: 2 };

const bothFigures = (end: string, twin: string) => [`LOAD-BANK-${end}`, `LOAD-PRE-${twin}`];

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-CARD-01",
    suite: "load",
    purpose:
      "INITIALIZE IEP for load says what the card is and signs whatever it was asked under its own load key, with a new challenge each time and nothing written",
    requirements: ["HSM-0054-f", "CARD-0031-e"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "HSM-0054-f" };
      const before = await t.system.readPurse();
      const { CURRIEP: CURRLDA, CEXPIEP: CEXPLDA } = before;
      await selectPurse(t);
      const challenges = new Set<string>();
      const asked = [
        { MLDA: 1 },
        { MLDA: 1 },
        { MLDA: 0 },
        { MLDA: 0xffff_ffff },
        { MLDA: 2500, CURRLDA: "0840" },
        { MLDA: 2500, CEXPLDA: 0 },
        { MLDA: 2500, IDACQ: "99999999", DTHR: "20991231235959", IDTRX: "FF".repeat(16) },
      ];
      for (const load of asked) {
        const offer = await initialiseLoad(t, { CURRLDA, CEXPLDA, ...load }, about);
        const { S1, R, ...card } = offer.card;
        t.expect.equal("S1", S1, expectedS1(t, offer), about);
        challenges.add(R);
        const { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, AMIEP, NTIEP, VKIEP } = before;
        const due = { PPIEP, IDIEP, ALGIEP, DEXPIEP, BALIEP, CURRIEP: CURRLDA, CEXPIEP: CEXPLDA, AMIEP, NTIEP, VKIEP };
        t.expect.equal("what the card says of itself", card, due, about);
      }
      t.expect.equal("different challenges", challenges.size, asked.length, about);
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "LOAD-CARD-02",
    suite: "load",
    purpose:
      "The card refuses S2 with any single one of its 64 bits inverted, and accepts the right one (card-only load of 2 minor units, taken back)",
    requirements: [...bothFigures("881-b", "1081-b"), ...bothFigures("879-d", "1079-d"), "HSM-0054-d"],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-b" };
      const before = await t.system.readPurse();
      const { CURRIEP: CURRLDA, CEXPIEP: CEXPLDA } = before;
      await selectPurse(t);
      for (let bit = 0; bit < 64; bit++) {
        const offer = await initialiseLoad(t, { ...TINY, CURRLDA, CEXPLDA });
        await expectNotCredited(t, `bit ${bit} of S2 inverted`, flipBit(signedLoad(t, offer), 56 + bit), "9302", about);
      }
      t.expect.samePurse(before, await t.system.readPurse(), about);
      await selectPurse(t);
      await expectLoadCompletion(t, TINY, "0000", about);
      t.expect.money(before, await t.system.readPurse(), 2, about);
      await takeBack(t, 2);
    },
  }),

  defineCase({
    id: "LOAD-CARD-03",
    suite: "load",
    purpose:
      "The card refuses a load command when any element under S2 was altered, one at a time, in the command or in what the HSM was told",
    requirements: [...bothFigures("881-b", "1081-b"), ...bothFigures("898-d", "1098-d"), "HSM-0054-e"],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "HSM-0054-e" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const own = async () => await initialiseLoad(t, TINY);
      for (const [name, at] of [
        ["MLDA", 3],
        ["CURRLDA", 5],
        ["CEXPLDA", 6],
      ] as const) {
        const offer = await own();
        const altered = signedLoad(t, offer).map((byte, index) => (index === at ? byte ^ 1 : byte));
        await expectNotCredited(t, `another ${name} than was signed`, altered, "9302", about);
      }
      for (const [what, change] of ALTERED) {
        const offer = await own();
        const S2 = expectedS2(t, change(offer), offer.card.S1, masterLoadKey(t, offer.card));
        await expectNotCredited(t, `S2 over another ${what}`, loadData(offer, S2), "9302", about);
      }
      const more = await own();
      const raised: Signed = { ...more, init: { ...more.init, MLDA: more.init.MLDA + 1 } };
      const asked = concat(uintToBytes(raised.init.MLDA, 4), more.LOADINIT.subarray(4, 7));
      const S2 = expectedS2(t, raised, more.card.S1);
      await expectNotCredited(
        t,
        "a higher amount, signed, than was asked for",
        concat(asked, fromHex(S2)),
        "9302",
        about,
      );
      const offer = await own();
      const other = expectedS2(t, offer, toHex(flipBit(fromHex(offer.card.S1), 0)));
      await expectNotCredited(t, "S2 over another S1", loadData(offer, other), "9302", about);
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "LOAD-CARD-04",
    suite: "load",
    purpose:
      "A load command made by anybody but the HSM of this card's issuer is refused: with another issuer's key, another card's, the master key itself, or none",
    requirements: [
      ...bothFigures("879-c", "1079-c"),
      ...bothFigures("879-d", "1079-d"),
      ...bothFigures("898-c", "1098-c"),
      "HSM-0054-d",
    ],
    owner: "card",
    needs: { keys: true },
    async run(t) {
      const about = { requirement: "HSM-0054-d" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const foreign = masterLoadKey(t, { PPIEP: "000456", ALGIEP: 4, VKIEP: 1 });
      const made: readonly (readonly [string, (offer: LoadOffer) => string])[] = [
        ["another issuer's master key", (offer) => expectedS2(t, offer, offer.card.S1, foreign)],
        ["a key of zeros", (offer) => underKey(offer, new Uint8Array(16))],
        ["the master key itself", (offer) => underKey(offer, masterLoadKey(t, offer.card))],
        ["the card's load key, not of this session", (offer) => underKey(offer, keysFor(t, offer).KDL)],
        ["the key of S1", (offer) => underKey(offer, keysFor(t, offer).KS1)],
        ["the key of S3", (offer) => underKey(offer, keysFor(t, offer).KS3)],
        ["the keys of another card", (offer) => underKey(offer, ofOtherCard(t, offer))],
      ];
      for (const [what, S2] of made) {
        const offer = await initialiseLoad(t, TINY);
        await expectNotCredited(t, `S2 under ${what}`, loadData(offer, S2(offer)), "9302", about);
      }
      const offer = await initialiseLoad(t, TINY);
      await expectNotCredited(t, "S1 in place of S2", loadData(offer, offer.card.S1), "9302", about);
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "LOAD-CARD-05",
    suite: "load",
    purpose:
      "A load command is good once, for the last challenge, and not after a reset: nothing that was recorded loads a card (card-only load of 2 minor units, taken back)",
    requirements: [...bothFigures("898-d", "1098-d")],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    async run(t) {
      const about = { requirement: "LOAD-BANK-898-d" };
      const before = await t.system.readPurse();
      const { CURRIEP: CURRLDA, CEXPIEP: CEXPLDA } = before;
      const own = { ...TINY, CURRLDA, CEXPLDA };
      await selectPurse(t);
      const { LOADDATA } = await expectLoadCompletion(t, own, "0000", about);
      await expectNotCredited(t, "the same command at once", LOADDATA, "6985", about);
      await initialiseLoad(t, own);
      await expectNotCredited(t, "the same command after INITIALIZE IEP", LOADDATA, "9302", about);
      const old = signedLoad(t, await initialiseLoad(t, own));
      await initialiseLoad(t, own);
      await expectNotCredited(t, "S2 for an older challenge", old, "9302", about);
      for (const kind of ["warm", "cold"] as const) {
        const unused = signedLoad(t, await initialiseLoad(t, own));
        await t.system.resetCard(kind);
        await expectNotCredited(t, `a command after a ${kind} reset`, unused, "6985", about);
        await selectPurse(t);
        await expectNotCredited(t, `a command after a ${kind} reset and SELECT`, unused, "6985", about);
        await initialiseLoad(t, own);
        await expectNotCredited(t, `a command of before a ${kind} reset`, unused, "9302", about);
      }
      t.expect.money(before, await t.system.readPurse(), 2, about);
      await takeBack(t, 2);
    },
  }),

  defineCase({
    id: "LOAD-CARD-06",
    suite: "load",
    purpose:
      "A purchase signature is no S2 of a load, a load signature none of a purchase, and what is initialised for one is not open to the other",
    requirements: ["CARD-0031-e", "HSM-0054-d"],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    async run(t) {
      const about = { requirement: "CARD-0031-e" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      const offer = await initialiseLoad(t, TINY);
      const { ALGIEP, NTIEP, R } = offer.card;
      const KDP = cardKey(t, offer.card);
      const { KS2, KS3 } = deriveSessionKeys(ALGIEP, KDP, NTIEP, fromHex(R));
      await expectNotCredited(t, "S2 under the purchase key", loadData(offer, underKey(offer, KS2)), "9302", about);
      const ALGL = loadAlgorithm(ALGIEP);
      for (const [what, key] of [
        ["the key of a purchase's S3", KS3],
        ["the card's purchase key", KDP],
        ["a load session key made of the purchase key", undefined],
      ] as const) {
        const next = await initialiseLoad(t, TINY);
        const used = key ?? deriveLoadSessionKeys(ALGL, KDP, next.card).KS2;
        await expectNotCredited(t, `S2 under ${what}`, loadData(next, underKey(next, used)), "9302", about);
      }
      const purchase = await initialise(t);
      const { KDL } = keysFor(t, { init: offer.init, card: { ...purchase.fields } });
      const forged = signedDebit(t, purchase, { MPDA: 2 });
      const underLoadKey = keysFor(t, { init: offer.init, card: { ...purchase.fields } }).KS2;
      t.expect.that(toHex(KDL) !== toHex(KDP), "the bench's load key is not its purchase key", { owner: "bench" });
      const S2 = signLoadS2(
        ALGIEP,
        underLoadKey,
        requestOf({ init: offer.init, card: purchase.fields }),
        new Uint8Array(8),
      );
      const debit = await debitIep(t, concat(forged.subarray(0, 45), S2));
      t.expect.equal("answer to DEBIT IEP with a load signature", toHex(debit.data) + debit.SW, "9302", about);
      await initialise(t);
      const idle = signedLoad(t, offer);
      await expectNotCredited(t, "a card that is initialised for a purchase", idle, "6985", about);
      const load = await initialiseLoad(t, TINY);
      const wrong = await debitIep(t, signedDebit(t, purchase, { MPDA: 2 }));
      t.expect.equal("answer to DEBIT IEP when initialised for load", toHex(wrong.data) + wrong.SW, "6985", about);
      const { SW } = await creditIep(t, loadData(load, "0000000000000000"));
      t.expect.equal("the load session after that refusal", SW, "9302", about);
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),
];

const ALTERED: readonly (readonly [string, (offer: LoadOffer) => Signed])[] = [
  ["MLDA", ({ init, card }) => ({ card, init: { ...init, MLDA: init.MLDA + 1 } })],
  ["CURRLDA", ({ init, card }) => ({ card, init: { ...init, CURRLDA: init.CURRLDA === "0840" ? "0978" : "0840" } })],
  ["CEXPLDA", ({ init, card }) => ({ card, init: { ...init, CEXPLDA: init.CEXPLDA ^ 1 } })],
  ["IDACQ", ({ init, card }) => ({ card, init: { ...init, IDACQ: "00057002" } })],
  ["IDTRX", ({ init, card }) => ({ card, init: { ...init, IDTRX: "0F0E0D0C0B0A09080706050403020100" } })],
  ["NTIEP", ({ init, card }) => ({ init, card: { ...card, NTIEP: card.NTIEP + 1 } })],
  ["IDIEP", ({ init, card }) => ({ init, card: { ...card, IDIEP: "0000000001" } })],
  ["R", ({ init, card }) => ({ init, card: { ...card, R: card.R === "00000000" ? "00000001" : "00000000" } })],
];

/** S2 over just this load under whichever key, 16 hex digits. */
function underKey(offer: LoadOffer, key: Uint8Array): string {
  const ALGL = offer.card.ALGIEP === 5 ? 5 : 4;
  return toHex(signLoadS2(ALGL, key, requestOf(offer), fromHex(offer.card.S1)));
}

/** KS2 that another card of the same issuer would have. */
function ofOtherCard(t: CaseContext, offer: LoadOffer): Uint8Array {
  return keysFor(t, { ...offer, card: { ...offer.card, IDIEP: "0000000001" } }).KS2;
}
