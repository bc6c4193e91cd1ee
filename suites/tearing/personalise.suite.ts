/** The card issuer personalises a supplied card ([0006]; `card-edge.md` 5.7): the right way, every wrong way, and with power cut. */
import { flipBit, uintToBytes } from "../../harness/core/bytes.ts";
import type { IssuerData } from "../../harness/protocol/messages/personalise.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { product } from "../define/product.ts";
import { expectMoved, loadedBy, moneyOf } from "../load/support/moved.ts";
import { expectRefused, selectPurse } from "../payment/support/card.ts";
import {
  cardKeys,
  expectIssued,
  expectSupplied,
  ISSUED,
  issue,
  persoData,
  personalise,
  signedPart,
  updateKey,
  withMac,
} from "./support/supplied.ts";

const LOADED = 2500;
const BANK = { source: "bank", direct: false, suite: "AES-128-GCM" } as const;

/** Loads from the bank, and the money is right. */
async function expectLoads(t: CaseContext): Promise<void> {
  const about = { requirement: "CLR-0006-c" };
  const site = t.loadSiteFor(BANK);
  const before = await moneyOf(t, site);
  const seen = await t.system.load({ SITE: site.SITE, enter: () => LOADED });
  t.expect.equal("how the load ended (CC)", seen.outcome.CC, "0000", about);
  expectMoved(t, before, await moneyOf(t, site), loadedBy(LOADED), about);
}

async function expectPays(t: CaseContext): Promise<void> {
  const about = { requirement: "CLR-0006-c" };
  const before = await t.system.readPurse();
  t.expect.completed(await t.system.purchase(), about);
  const price = t.expect.present("an item in the catalogue", t.facts.catalogue[0]).price;
  t.expect.money(before, await t.system.readPurse(), -price, about);
}

/** Elements that no purse has, each under the right MAC. */
const WRONG_VALUES: readonly (readonly [string, number, string])[] = [
  ["ALGIEP 03", 8, "03"],
  ["ALGIEP 10 with AMIEP 01", 8, "10"],
  ["a PPIEP that is no BCD", 0, "0001A3"],
  ["an IDIEP that is no BCD", 3, "00000F9999"],
  ["DEXPIEP with a month 13", 9, "291331"],
  ["BALIEP above BALmaxIEP", 12, "01312D01"],
  ["a CURRIEP that is no BCD", 20, "0A78"],
  ["CEXPIEP 04", 22, "04"],
  ["AMIEP 00", 23, "00"],
  ["AMIEP 02", 23, "02"],
  ["VKIEP 00", 24, "00"],
  ["VKIEP FF", 24, "FF"],
  ["a reserved byte that is not zero", 32, "01"],
];

/** Writes of PERSONALISE that are tried; a card that has fewer is issued at once. */
const WRITES = Array.from({ length: 12 }, (_, index) => index + 1);
const PARTS = ["before", "within", "after"] as const;

export const cases: readonly Case[] = [
  ...([4, 5] as const).flatMap((ALGIEP): Case[] => [
    defineCase({
      id: `TEAR-PERSO-ZERO-${ALGIEP === 4 ? "DES" : "AES"}`,
      suite: "tearing",
      purpose: "A card that its issuer gives out without value cannot pay, can be loaded, and pays then",
      requirements: ["CLR-0006-c", "CLR-0006-b"],
      owner: "card",
      needs: { cards: ["supplied"], keys: true, loadSites: [BANK], ...(ALGIEP === 5 ? { exhaustive: true } : {}) },
      timeoutMs: 120_000,
      async run(t) {
        await t.system.insertCard("supplied");
        await issue(t, { ...ISSUED, ALGIEP }, { requirement: "CLR-0006-b" });
        t.expect.refused(await t.system.purchase(), "A014", { requirement: "CLR-0006-c" });
        await expectLoads(t);
        await expectPays(t);
      },
    }),
    defineCase({
      id: `TEAR-PERSO-VALUE-${ALGIEP === 4 ? "DES" : "AES"}`,
      suite: "tearing",
      purpose: "A card that its issuer gives out with value pays before it was ever loaded, and can be loaded",
      requirements: ["CLR-0006-c", "CLR-0006-b"],
      owner: "card",
      needs: { cards: ["supplied"], keys: true, loadSites: [BANK], exhaustive: true },
      timeoutMs: 120_000,
      async run(t) {
        await t.system.insertCard("supplied");
        await issue(t, { ...ISSUED, ALGIEP, BALIEP: 5000 }, { requirement: "CLR-0006-b" });
        await expectPays(t);
        await expectLoads(t);
      },
    }),
  ]),

  defineCase({
    id: "TEAR-PERSO-MAC",
    suite: "tearing",
    purpose:
      "PERSONALISE with any byte altered, under a key that is not the card's update key, or meant for another card, is refused and changes nothing",
    requirements: ["CARD-0031-f", "CLR-0006-b"],
    owner: "card",
    needs: { cards: ["supplied"], keys: true, exhaustive: true },
    timeoutMs: 120_000,
    async run(t) {
      const about = { requirement: "CARD-0031-f" };
      await t.system.insertCard("supplied");
      const SNIEP = await expectSupplied(t, about);
      const KDU = updateKey(t, SNIEP);
      const right = persoData(t, KDU);
      const expectWrong = async (what: string, PERSODATA: Uint8Array) =>
        t.expect.equal(`answer to PERSONALISE with ${what}`, await personalise(t, PERSODATA), "9302", about);
      for (let byte = 0; byte < right.length; byte++) {
        await expectWrong(`byte ${byte} altered`, flipBit(right, byte * 8 + (byte % 8)));
      }
      const signed = signedPart(t, KDU, ISSUED);
      const { KDP, KDL } = cardKeys(t, ISSUED);
      await expectWrong("a MAC under the purchase key", withMac(signed, KDP));
      await expectWrong("a MAC under the load key", withMac(signed, KDL));
      await expectWrong("a MAC under a key of zeros", withMac(signed, new Uint8Array(16)));
      const other = updateKey(t, "5445535400000815");
      await expectWrong("the data of another card", persoData(t, other));
      await expectWrong("another issuer's data", persoData(t, updateKey(t, SNIEP, "000456")));
      const wrongValue = signed.slice();
      wrongValue[23] = 0;
      await expectWrong("a wrong MAC and a wrong value", withMac(wrongValue, other));
      await expectSupplied(t, about);
      t.expect.equal("answer to the right PERSONALISE", await personalise(t, right), "9000", about);
      await expectIssued(t, SNIEP, ISSUED, about);
    },
  }),

  defineCase({
    id: "TEAR-PERSO-VALUES",
    suite: "tearing",
    purpose: "PERSONALISE of wrong form, or with an element that no purse has, is refused and changes nothing",
    requirements: ["CLR-0006-b"],
    owner: "card",
    needs: { cards: ["supplied"], keys: true, exhaustive: true },
    timeoutMs: 120_000,
    async run(t) {
      const about = { requirement: "CLR-0006-b" };
      await t.system.insertCard("supplied");
      const SNIEP = await expectSupplied(t, about);
      const KDU = updateKey(t, SNIEP);
      const right = persoData(t, KDU);
      const body = Buffer.from(right).toString("hex");
      await t.system.resetCard("warm");
      await expectRefused(t, "PERSONALISE before SELECT", `905E000049${body}`, "6985", about);
      await selectPurse(t, about);
      await expectRefused(t, "PERSONALISE with P1 01", `905E010049${body}`, "6A86", about);
      await expectRefused(t, "PERSONALISE with P2 01", `905E000149${body}`, "6A86", about);
      await expectRefused(t, "PERSONALISE of class 00", `005E000049${body}`, "6E00", about);
      await expectRefused(t, "PERSONALISE with 72 bytes", `905E000048${body.slice(2)}`, "6700", about);
      await expectRefused(t, "PERSONALISE with 74 bytes", `905E00004A${body}00`, "6700", about);
      await expectRefused(t, "PERSONALISE without data", "905E0000", "6700", about);
      for (const [what, at, value] of WRONG_VALUES) {
        const signed = signedPart(t, KDU, ISSUED);
        signed.set(Buffer.from(value, "hex"), at);
        const answer = await personalise(t, withMac(signed, KDU));
        t.expect.equal(`answer to PERSONALISE with ${what}`, answer, "6A80", about);
      }
      await expectSupplied(t, about);
      const most: IssuerData = { ...ISSUED, BALIEP: ISSUED.BALmaxIEP };
      t.expect.equal(
        "answer to one with BALIEP at BALmaxIEP",
        await personalise(t, persoData(t, KDU, most)),
        "9000",
        about,
      );
      await expectIssued(t, SNIEP, most, about);
    },
  }),

  ...product({ write: WRITES, part: PARTS }).map(({ write, part }) =>
    defineCase({
      id: `TEAR-PERSO-WRITE-${write}-${part.toUpperCase()}`,
      suite: "tearing",
      purpose: `PERSONALISE torn ${part} write ${write}: the card is still supplied, or it is issued, and nothing between`,
      requirements: ["CLR-0006-b", "AMB-RECOVERY"],
      owner: "card",
      cell: { matrix: "Torn in PERSONALISE", row: `write ${write}`, column: part },
      needs: { cards: ["supplied"], keys: true, tear: true, exhaustive: true },
      async run(t) {
        const about = { requirement: "CLR-0006-b" };
        await t.system.insertCard("supplied");
        const SNIEP = await expectSupplied(t, about);
        const data: IssuerData = { ...ISSUED, BALIEP: write };
        using tear = t.system.tear({ INS: 0x5e, P1: 0, at: { write, part } });
        await t.system.apdu(personaliseCommand(persoData(t, updateKey(t, SNIEP), data))).catch(() => undefined);
        if (tear.hits > 0) await t.system.insertCard("supplied");
        const isIssued = await isPurse(t);
        if (tear.hits === 0) t.expect.equal("a card that was not torn is issued", isIssued, true, about);
        if (isIssued) await expectIssued(t, SNIEP, data, about);
        else await issueAfterAll(t, SNIEP, data);
        t.ending(tear.hits === 0 ? "no such write" : isIssued ? "recovered" : "rolled back");
      },
    }),
  ),
];

/** PERSONALISE of 73 bytes, as it is. */
function personaliseCommand(PERSODATA: Uint8Array): Uint8Array {
  return Uint8Array.of(0x90, 0x5e, 0x00, 0x00, ...uintToBytes(PERSODATA.length, 1), ...PERSODATA);
}

/** GET BALANCE works. */
async function isPurse(t: CaseContext): Promise<boolean> {
  await selectPurse(t);
  const answer = await t.system.apdu(Uint8Array.of(0x90, 0x5c, 0x00, 0x00, 0x0d));
  return answer.at(-2) === 0x90;
}

/** Rolled back: as supplied as ever, and the issuer can do it again. */
async function issueAfterAll(t: CaseContext, SNIEP: string, data: IssuerData): Promise<void> {
  const about = { requirement: "CLR-0006-b" };
  t.expect.equal("SNIEP of the torn card", await issue(t, data, about), SNIEP, about);
}
