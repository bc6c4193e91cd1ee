/** PACKAGE: ANSWER TO RESET (`psam-edge.md` 4.1): well-formed by ISO/IEC 7816-3, or not. */
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { put } from "./support/apdu.ts";
import { packageAtr } from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { ATR } from "./support/purse.ts";

const requirements = ["PSAM-0044-a"];

/** With TCK: exclusive or of all bytes but the first. */
function checked(hex: string): string {
  const bytes = fromHex(hex);
  const TCK = bytes.subarray(1).reduce((sum, byte) => sum ^ byte, 0);
  return toHex(concat(bytes, Uint8Array.of(TCK)));
}

const HISTORICAL_15 = "000102030405060708090A0B0C0D0E";
/** Four groups of interface bytes, 15 historical bytes, TCK: 33 bytes, the longest there is. */
const LONGEST = checked(`3BFF130000F1000000F1FE450071204500${HISTORICAL_15}`);

const WELL_FORMED: readonly (readonly [what: string, ATR: string])[] = [
  ["the shortest", "3B00"],
  ["the shortest, inverse convention", "3F00"],
  ["one historical byte", "3B01FF"],
  ["15 historical bytes", `3B0F${HISTORICAL_15}`],
  ["TA1 alone", "3B1011"],
  ["TB1 alone", "3B2000"],
  ["TC1 alone", "3B40FF"],
  ["TA1, TB1, TC1", "3B70130000"],
  ["TD1 for T=0 without more", "3B8000"],
  ["TD1 for T=0 with TC2", "3B80400A"],
  ["specific mode, T=0", "3B801000"],
  ["T=0 and historical bytes", "3B6500002063CB6600"],
  ["T=1", checked("3B8001")],
  ["T=1, inverse convention", checked("3F8001")],
  ["T=1 with IFSC and BWI", checked("3B808131FE45")],
  ["T=1 with historical bytes", checked("3BD395FF8131FE45414243")],
  ["T=1 with CRC", checked("3B808171204501")],
  ["T=0 and T=1", checked("3B808001")],
  ["T=0 with TC2 and T=1", checked("3B80C02071402600")],
  ["T=0 and global bytes of T=15", checked("3B80801F03")],
  ["T=1 and global bytes of T=15", checked("3B80813FC780")],
  ["T=14", checked("3B800E")],
  ["a token in the field", "3BFD1300008131FE158073C021C057597562694B657940"],
  ["a telephone card in the field", "3B9F96801FC78031A073BE21136743200718000001A5"],
  ["the longest", LONGEST],
];

const MALFORMED: readonly (readonly [what: string, ATR: string])[] = [
  ["a first byte that is neither 3B nor 3F", "3A00"],
  ["a first byte 3C", "3C00"],
  ["a first byte 00", "0000"],
  ["a first byte FF", "FF00"],
  ["inverse convention before it was decoded", "0300"],
  ["no historical byte where one is announced", "3B01"],
  ["14 historical bytes of 15", `3B0F${HISTORICAL_15.slice(2)}`],
  ["a historical byte too many", "3B0000"],
  ["two historical bytes too many", "3B014142FF"],
  ["TA1 missing", "3B10"],
  ["TB1 missing", "3B20"],
  ["TC1 missing", "3B40"],
  ["TD1 missing", "3B80"],
  ["TC1 missing behind TA1", "3B5011"],
  ["TA2 missing", "3B8010"],
  ["TB3 missing", "3B80813120"],
  ["TD2 missing", "3B8081"],
  ["TCK missing", "3B8001"],
  ["TCK missing behind historical bytes", "3B81014A"],
  ["TCK wrong by a bit", "3B800180"],
  ["TCK zero", "3B800100"],
  ["TCK over the first byte too", "3B8001BA"],
  ["TCK where only T=0 is named", "3B800080"],
  ["TCK where nothing is named", "3B014140"],
  ["a byte behind TCK", `${checked("3B8001")}00`],
  ["TCK twice", "3B80018181"],
  ["T=15 in the first place", checked("3B800F")],
  ["TCK missing where T=15 is named second", "3B80801F03"],
  ["the longest without its TCK", LONGEST.slice(0, -2)],
  ["the longest with a wrong TCK", LONGEST.slice(0, -2) + (LONGEST.endsWith("00") ? "01" : "00")],
  ["nothing but zeros", "00".repeat(33)],
  ["nothing but ones", "FF".repeat(33)],
];

/** The security card is idle before and after. */
async function judge(psam: Psam, what: string, bytes: Uint8Array, SW: "9000" | "6A80"): Promise<void> {
  await psam.says(`answer to reset with ${what}`, packageAtr(bytes), SW);
  if (SW === "9000") await psam.select();
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-ATR-01",
    purpose: "Every well-formed answer to reset is taken: both conventions, all interface bytes, up to 33 bytes",
    requirements,
    async run(t, psam) {
      t.expect.equal("bytes of the longest answer to reset", LONGEST.length / 2, 33, { owner: "bench" });
      for (const [what, hex] of WELL_FORMED) await judge(psam, what, fromHex(hex), "9000");
    },
  }),
  psamCase({
    id: "PSAM-ATR-02",
    purpose: "Every answer to reset that is not well-formed is refused, and the draw begins anew",
    requirements,
    async run(_, psam) {
      for (const [what, hex] of MALFORMED) {
        await judge(psam, what, fromHex(hex), "6A80");
        await psam.says(
          "PACKAGE: INITIALIZE IEP after it",
          concat(fromHex("907001001B"), new Uint8Array(27), fromHex("0B")),
          "6985",
        );
      }
    },
  }),
  psamCase({
    id: "PSAM-ATR-03",
    purpose: "No byte of an answer to reset with TCK can be altered or left out without being noticed",
    requirements,
    async run(_, psam) {
      for (const [name, whole] of [
        ["T=1", ATR],
        ["the longest", fromHex(LONGEST)],
      ] as const) {
        // the first byte is not under TCK: 3B and 3F say the same in another convention
        for (let bit = 8; bit < whole.length * 8; bit++)
          await judge(psam, `bit ${bit} of ${name}`, flipBit(whole, bit), "6A80");
        for (let length = 2; length < whole.length; length++) {
          await judge(psam, `${length} bytes of ${name}`, whole.subarray(0, length), "6A80");
        }
        for (let at = 1; at < whole.length; at++) {
          const byte = whole[at] ?? 0;
          if (byte !== 0) await judge(psam, `byte ${at} of ${name} cleared`, put(whole, at, Uint8Array.of(0)), "6A80");
        }
        await judge(psam, `${name}, unaltered`, whole, "9000");
      }
    },
  }),
];
