/** PERSONALISE (`card-edge.md` 5.7): the MAC over every field, values that are none, and the purse that comes of it. */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import { aesCmac } from "../../harness/crypto/aes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { halves } from "./support/facts.ts";
import { eachBitAltered, eachByteAltered, SPOILT } from "./support/forged.ts";
import { EURO, type Issue, issuerMac, personalise, signedPart, updateKey } from "./support/issuer.ts";
import { purseIn } from "./support/purse.ts";
import { Sweep } from "./support/sweep.ts";
import { select, type Talk, talkTo } from "./support/talk.ts";

const about = { requirement: "CLR-0006-b" };
const requirements = ["CLR-0006-b", "CARD-0031-f"];

interface Blank {
  readonly talk: Talk;
  readonly KDU: Uint8Array;
  /** The 65 bytes that make a euro purse of it. */
  readonly signed: Uint8Array;
}

async function openBlank(t: DeviceContext): Promise<Blank> {
  const talk = await talkTo(t, "supplied");
  const SNIEP = toHex(await select(talk, about)).slice(62, 78);
  const KDU = updateKey(t, SNIEP);
  talk.guard(halves(KDU));
  return { talk, KDU, signed: signedPart(t, KDU, EURO) };
}

/** Each is refused with that status word, and the card stays supplied; then the issuer does it rightly. */
async function expectRefusals(
  t: DeviceContext,
  SW: string,
  rows: (blank: Blank) => readonly (readonly [what: string, signed: Uint8Array, MAC: Uint8Array])[],
): Promise<void> {
  const blank = await openBlank(t);
  const sweep = new Sweep(blank.talk);
  for (const [what, signed, MAC] of rows(blank)) {
    await sweep.ask(`PERSONALISE, ${what}`, personalise(signed, MAC), SW);
    await sweep.ask(`GET BALANCE after that, ${what}`, "905C00000D", "9304");
  }
  sweep.expectNone("what an issuer does not write", about);
  await expectIssued(blank, EURO, blank.signed);
}

async function expectIssued({ talk, KDU }: Blank, issue: Issue, signed: Uint8Array): Promise<void> {
  const answer = await talk.ask(personalise(signed, issuerMac(KDU, signed)));
  talk.t.expect.equal("status word of PERSONALISE", answer.SW, "9000", about);
  const purse = await purseIn(talk);
  const { SNIEP: _, ...facts } = purse.facts;
  const said = { ...facts, BALIEP: purse.BALIEP, NTIEP: purse.NTIEP, log: purse.log.length };
  talk.t.expect.equal("the purse that it has become", said, { ...issue, NTIEP: 1, log: 0 }, about);
  const sweep = new Sweep(talk);
  for (const command of ["905A000002000110", "905A010002000110", "905A000002000010", "905A010002000010"]) {
    await sweep.ask("GET PREVIOUS IEP SIGNATURE of a new purse", command, "9406");
  }
  await sweep.ask("PERSONALISE again", personalise(signed, issuerMac(KDU, signed)), "6985");
  sweep.expectNone("a purse that is new", about);
  await purse.load({ MLDA: 30 }, about);
  await purse.purchase({ MPDA: 20 }, about);
  await purse.expectSame(about);
}

/** Elements with a value that section 2 does not know: place in PERSODATA and bytes. */
const NO_VALUES: readonly (readonly [what: string, at: number, value: string])[] = [
  ["PPIEP that is no BCD", 0, "0A0123"],
  ["PPIEP of FF", 0, "FFFFFF"],
  ["IDIEP that is no BCD in its first digit", 3, "A000009998"],
  ["IDIEP that is no BCD in its last digit", 3, "000000999F"],
  ["ALGIEP 00", 8, "00"],
  ["ALGIEP 03", 8, "03"],
  ["ALGIEP 06", 8, "06"],
  ["ALGIEP 10", 8, "10"],
  ["ALGIEP FF", 8, "FF"],
  ["DEXPIEP with month 00", 9, "290031"],
  ["DEXPIEP with month 13", 9, "291331"],
  ["DEXPIEP with day 00", 9, "291200"],
  ["DEXPIEP with day 32", 9, "291232"],
  ["DEXPIEP on a 31st of April", 9, "290431"],
  ["DEXPIEP on a 29th of February of no leap year", 9, "290229"],
  ["DEXPIEP that is no BCD", 9, "2A1231"],
  ["BALIEP one above BALmaxIEP", 12, "0000C351"],
  ["BALIEP FFFFFFFF", 12, "FFFFFFFF"],
  ["BALIEP 80000000", 12, "80000000"],
  ["BALmaxIEP one below BALIEP", 16, "000002BB"],
  ["CURRIEP that is no BCD", 20, "09A8"],
  ["CEXPIEP 04", 22, "04"],
  ["CEXPIEP FF", 22, "FF"],
  ["AMIEP 00", 23, "00"],
  ["AMIEP 02", 23, "02"],
  ["AMIEP 03", 23, "03"],
  ["VKIEP 00", 24, "00"],
  ["VKIEP FF", 24, "FF"],
  ...Array.from({ length: 8 }, (_, at): [string, number, string] => [`reserved byte ${at} not zero`, 25 + at, "01"]),
];

function placed(bytes: Uint8Array, at: number, value: string): Uint8Array {
  const copy = bytes.slice();
  copy.set(fromHex(value), at);
  return copy;
}

const AS_ISSUED: readonly { readonly id: string; readonly what: string; readonly issue: Issue }[] = [
  { id: "TDES", what: "with triple DES", issue: EURO },
  {
    id: "AES",
    what: "with AES and without decimals",
    issue: { ...EURO, ALGIEP: 5, CURRIEP: "0392", CEXPIEP: 0, DEXPIEP: "280229", IDIEP: "9999999999" },
  },
  { id: "FULL", what: "almost full and with three decimals", issue: { ...EURO, BALIEP: 49_970, CEXPIEP: 3 } },
];

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-PERSO-01",
    suite: "card",
    purpose:
      "PERSODATA with any one of its 65 bytes altered after it was signed, or any bit of its MAC inverted, makes nothing of the card",
    requirements,
    owner: "card",
    needs: { cards: ["supplied"], keys: true },
    run: (t) =>
      expectRefusals(t, "9302", ({ KDU, signed }) => {
        const MAC = issuerMac(KDU, signed);
        return [
          ...eachByteAltered(signed).map(([at, altered]) => [`byte ${at} altered`, altered, MAC] as const),
          ...eachBitAltered(MAC, 0).map(
            ([bit, altered]) => [`bit ${bit} of the MAC inverted`, signed, altered] as const,
          ),
        ];
      }),
  }),
  defineDeviceCase({
    id: "CARD-PERSO-02",
    suite: "card",
    purpose: "A MAC cut or moved, under another key, over other bytes or of another card makes nothing of the card",
    requirements,
    owner: "card",
    needs: { cards: ["supplied"], keys: true },
    run: (t) =>
      expectRefusals(t, "9302", ({ KDU, signed }) => {
        const right = issuerMac(KDU, signed);
        const zeros = new Uint8Array(16);
        return [
          ...SPOILT.map(([what, spoil]) => [`MAC ${what}`, signed, spoil(right)] as const),
          ["MAC under KUE", signed, issuerMac(KDU, signed, 0x31)],
          ["MAC under KDU itself", signed, aesCmac(KDU, concat(fromHex("8C"), signed)).slice(0, 8)],
          ["MAC under a key of zeros", signed, aesCmac(zeros, concat(fromHex("8C"), signed)).slice(0, 8)],
          ["MAC with 1C in front", signed, issuerMac(KDU, signed, 0x32, "1C")],
          ["MAC with nothing in front", signed, issuerMac(KDU, signed, 0x32, "")],
          ["MAC over the elements without the keys", signed, issuerMac(KDU, signed.subarray(0, 33))],
          ["MAC of another card", signed, issuerMac(updateKey(t, "0123456789ABCDEF"), signed)],
        ];
      }),
  }),
  defineDeviceCase({
    id: "CARD-PERSO-03",
    suite: "card",
    purpose:
      "Each element with a value that no purse has, and reserved bytes that are not zero, are '6A80' under the right MAC; under a wrong one the MAC is told",
    requirements: ["CLR-0006-b"],
    owner: "card",
    needs: { cards: ["supplied"], keys: true },
    async run(t) {
      const { talk, KDU, signed } = await openBlank(t);
      const sweep = new Sweep(talk);
      for (const [what, at, value] of NO_VALUES) {
        const wrong = placed(signed, at, value);
        await sweep.ask(`${what}, MAC wrong`, personalise(wrong, new Uint8Array(8)), "9302");
        await sweep.ask(what, personalise(wrong, issuerMac(KDU, wrong)), "6A80");
        await sweep.ask(`GET BALANCE after ${what}`, "905C00000D", "9304");
      }
      sweep.expectNone("values that no purse has", about);
    },
  }),
  ...AS_ISSUED.map(({ id, what, issue }) =>
    defineDeviceCase({
      id: `CARD-PERSO-AS-${id}`,
      suite: "card",
      purpose: `A card that is issued ${what} is what the issuer wrote, number 1 and an empty log, pays and is loaded under the keys that it was given, and is issued once`,
      requirements: ["CLR-0006-b", "CLR-0006-c", "CARD-0031-d", "CARD-0031-e"],
      owner: "card",
      needs: { cards: ["supplied"], keys: true },
      async run(t) {
        const blank = await openBlank(t);
        await expectIssued(blank, issue, signedPart(t, blank.KDU, issue));
      },
    }),
  ),
];
