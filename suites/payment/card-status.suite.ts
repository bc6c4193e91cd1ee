/** The card's status words and states (`card-edge.md`, sections 1, 3 and 4), and what it never tells. */
import { toHex } from "../../harness/core/bytes.ts";
import { deriveCardKey } from "../../harness/crypto/purse-keys.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { ask, expectAnswer, expectRefused, freshSession, initialise, selectPurse } from "./support/card.ts";
import { sessionKeysFor } from "./support/own-debit.ts";

const UNKNOWN_AID = "00A4040008F050422D0000000100";
const INITIALIZE = "905001001B";
const GET_BALANCE = "905C00000D";
const DEBIT = `9054010035${"00".repeat(53)}10`;

/** Instructions that could write, count or lock on a card that knows more than the profile (ISO/IEC 7816-4 and -8, GlobalPlatform). */
const NOT_SWEPT = new Set([
  ...range(0x04, 0x12), // deactivate, erase, manage
  ...range(0x20, 0x2e), // verify, change and reset reference data
  ...range(0x44, 0x46), // activate, generate key pair
  ...range(0x70, 0x8a), // channels, authentication
  ...range(0xc0, 0xc2), // GET RESPONSE, ENVELOPE
  ...range(0xd0, 0xfe), // write, update, put, create, delete, terminate, install
]);
const PROFILE = new Set([0xa4, 0x50, 0x52, 0x54, 0x58, 0x5a, 0x5c, 0x5e, 0xb2]);

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-CARD-10",
    suite: "payment",
    purpose:
      "Wrong class, instruction, parameters, lengths and state are answered in that order of precedence, and change nothing",
    requirements: ["CARD-0077-a"],
    owner: "card",
    needs: { secretKeyCard: true, protocol: "T=1" },
    async run(t) {
      const about = { requirement: "CARD-0077-a" };
      const before = await t.system.readPurse();
      await t.system.resetCard("warm");
      const idle: readonly (readonly [string, string, string])[] = [
        ["an unknown class", "B05C00000D", "6E00"],
        ["the right instruction under the other class (INITIALIZE IEP)", "005001001B", "6E00"],
        ["the right instruction under the other class (SELECT)", "90A4040008F050422D4945503100", "6E00"],
        ["an unknown instruction of class 90", "90EE000000", "6D00"],
        ["an unknown instruction of class 00", "00EE000000", "6D00"],
        ["INITIALIZE IEP with P1 02 and no Le", "90500200", "6A86"],
        ["INITIALIZE IEP with P1 02", "905002001B", "6A86"],
        ["INITIALIZE IEP with P2 01", "905001011B", "6A86"],
        ["DEBIT IEP with P1 00 and no data", "9054000000", "6A86"],
        ["GET BALANCE with P1 01", "905C01000D", "6A86"],
        ["GET PREVIOUS IEP SIGNATURE with P1 02", "905A020002000110", "6A86"],
        ["SELECT with P1 00", "00A4000008F050422D4945503100", "6A86"],
        ["READ RECORD of another file", "00B2011400", "6A86"],
        ["READ RECORD 0 of the log", "00B200C400", "6A86"],
        ["INITIALIZE IEP with Le too small", "905001001A", "6700"],
        ["INITIALIZE IEP without Le", "90500100", "6700"],
        ["DEBIT IEP with 52 bytes", `9054010034${"00".repeat(52)}10`, "6700"],
        ["DEBIT IEP with 54 bytes", `9054010036${"00".repeat(54)}10`, "6700"],
        ["DEBIT IEP with Le too small", `9054010035${"00".repeat(53)}0F`, "6700"],
        ["GET PREVIOUS IEP SIGNATURE with one byte", "905A0100010110", "6700"],
        ["GET PREVIOUS IEP SIGNATURE with Le too small", "905A01000200010F", "6700"],
        ["GET BALANCE with Le too small", "905C00000C", "6700"],
        ["READ RECORD with Le too small", "00B201C41E", "6700"],
        ["SELECT with a name of 4 bytes", "00A4040004F050422D00", "6700"],
        ["SELECT with a name of 17 bytes", `00A4040011${"F0".repeat(17)}00`, "6700"],
        ["INITIALIZE IEP before SELECT", INITIALIZE, "6985"],
        ["GET BALANCE before SELECT", GET_BALANCE, "6985"],
        ["READ RECORD before SELECT", "00B2010C00", "6985"],
        ["GET PREVIOUS IEP SIGNATURE before SELECT", "905A010002000110", "6985"],
        ["DEBIT IEP before SELECT", DEBIT, "6985"],
        ["SELECT of an unknown application", UNKNOWN_AID, "6A82"],
        ["INITIALIZE IEP after that", INITIALIZE, "6985"],
      ];
      for (const [what, command, SW] of idle) await expectRefused(t, what, command, SW, about);
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-11",
    suite: "payment",
    purpose: "Le 00 is accepted wherever an Le is given, and the answer is the same",
    requirements: ["CARD-0077-a"],
    owner: "card",
    async run(t) {
      const about = { requirement: "CARD-0077-a" };
      await selectPurse(t, about);
      const named = await expectAnswer(t, "GET BALANCE", GET_BALANCE, 13, about);
      const open = await expectAnswer(t, "GET BALANCE with Le 00", "905C000000", 13, about);
      t.expect.equal("balance with either Le", toHex(open), toHex(named), about);
      const INITRSP = await expectAnswer(t, "INITIALIZE IEP with Le 00", "9050010000", 27, about);
      const again = await expectAnswer(t, "INITIALIZE IEP", INITIALIZE, 27, about);
      t.expect.equal(
        "INITRSP without R, with either Le",
        toHex(INITRSP.subarray(0, 23)),
        toHex(again.subarray(0, 23)),
        about,
      );
      const exact = await expectAnswer(t, "READ RECORD with Le 15", "00B2010C15", 21, about);
      const whole = await expectAnswer(t, "READ RECORD with Le 00", "00B2010C00", 21, about);
      t.expect.equal("record with either Le", toHex(exact), toHex(whole), about);
    },
  }),

  defineCase({
    id: "PAY-CARD-12",
    suite: "payment",
    purpose:
      "DEBIT IEP is taken up only after INITIALIZE IEP, once, and not after anything that ends the initialised session",
    requirements: ["CARD-0033-b", "CARD-0082-a"],
    owner: "card",
    needs: { secretKeyCard: true },
    async run(t) {
      const about = { requirement: "CARD-0033-b" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      await expectRefused(t, "DEBIT IEP on a selected purse", DEBIT, "6985", about);
      await initialise(t);
      await expectRefused(t, "DEBIT IEP with a wrong S2", DEBIT, "9302", about);
      await expectRefused(t, "DEBIT IEP again without INITIALIZE IEP", DEBIT, "6985", about);
      const endings: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["SELECT of the purse", () => selectPurse(t)],
        [
          "INITIALIZE IEP with a wrong P1",
          () => expectRefused(t, "INITIALIZE IEP with P1 02", "905002001B", "6A86", about),
        ],
        [
          "INITIALIZE IEP with a wrong Le",
          () => expectRefused(t, "INITIALIZE IEP with Le 1A", "905001001A", "6700", about),
        ],
        [
          "a warm reset",
          async () => {
            await t.system.resetCard("warm");
            await selectPurse(t);
          },
        ],
        [
          "a cold reset",
          async () => {
            await t.system.resetCard("cold");
            await selectPurse(t);
          },
        ],
      ];
      for (const [what, end] of endings) {
        await freshSession(t);
        await end();
        await expectRefused(t, `DEBIT IEP after ${what}`, DEBIT, "6985", about);
      }
      await freshSession(t);
      await t.system.resetCard("warm");
      await expectRefused(t, "DEBIT IEP right after a reset", DEBIT, "6985", about);
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0082-a" });
    },
  }),

  defineCase({
    id: "PAY-CARD-13",
    suite: "payment",
    purpose: "Reading, an unknown command and another application's name leave an initialised session as it is",
    requirements: ["CARD-0031-a"],
    owner: "card",
    needs: { secretKeyCard: true },
    async run(t) {
      const about = { requirement: "CARD-0031-a" };
      const between: readonly (readonly [string, string])[] = [
        ["GET BALANCE", GET_BALANCE],
        ["READ RECORD", "00B2010C00"],
        ["GET PREVIOUS IEP SIGNATURE", "905A010002FFFE10"],
        ["SELECT of an application that is not there", UNKNOWN_AID],
        ["an unknown instruction", "90EE000000"],
        ["an unknown class", "B050000000"],
      ];
      for (const [what, command] of between) {
        await freshSession(t);
        const { SW } = await ask(t, command);
        t.expect.oneOf(`status word of ${what}`, SW, ["9000", "9406", "6A82", "6D00", "6E00"], about);
        await expectRefused(t, `DEBIT IEP with a wrong S2 after ${what}`, DEBIT, "9302", about);
      }
    },
  }),

  defineCase({
    id: "PAY-CARD-14",
    suite: "payment",
    purpose: "No file, no record and no instruction gives a key away, before or after SELECT and INITIALIZE IEP",
    requirements: ["CARD-0022-b", "CARD-0031-d"],
    owner: "card",
    needs: { secretKeyCard: true, keys: true, protocol: "T=1" },
    timeoutMs: 300_000,
    async run(t) {
      const before = await t.system.readPurse();
      const said: { what: string; hex: string }[] = [];
      const hear = async (what: string, command: string) => {
        const { data } = await ask(t, command);
        if (data.length > 0) said.push({ what, hex: toHex(data) });
      };
      const { INITRSP } = await freshSession(t);
      for (let SFI = 1; SFI <= 30; SFI++) {
        for (const record of [1, 2, 16, 255]) {
          const P2 = hex((SFI << 3) | 4);
          await hear(`READ RECORD ${record} of file ${SFI}`, `00B2${hex(record)}${P2}00`);
        }
      }
      for (const CLA of ["00", "80", "90"]) {
        for (let INS = 0; INS < 0x100; INS += 2) {
          if (NOT_SWEPT.has(INS) || PROFILE.has(INS)) continue;
          const what = `instruction ${CLA} ${hex(INS)}`;
          const { data, SW } = await ask(t, `${CLA}${hex(INS)}000000`);
          if (CLA === "80") continue;
          t.expect.equal(`answer to ${what}`, toHex(data) + SW, "6D00", { requirement: "CARD-0022-b" });
        }
      }
      expectSilent(t, said, INITRSP);
      t.expect.samePurse(before, await t.system.readPurse(), { requirement: "CARD-0022-b" });
    },
  }),
];

/** None of the keys, nor half of one, is in what the card said. */
function expectSilent(t: CaseContext, said: readonly { what: string; hex: string }[], INITRSP: Uint8Array): void {
  const [PPIEP, IDIEP, ALGIEP, VKIEP] = [
    toHex(INITRSP.subarray(0, 3)),
    toHex(INITRSP.subarray(3, 8)),
    INITRSP[8] ?? 0,
    INITRSP[22] ?? 0,
  ];
  const MKP = t.expect.present("test key of the card", t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP), {
    owner: "bench",
  });
  const { KS2, KS3 } = sessionKeysFor(t, INITRSP);
  const halves = [MKP, deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP), KS2, KS3].flatMap((key) => [
    toHex(key.subarray(0, 8)),
    toHex(key.subarray(8)),
  ]);
  const telling = said.filter(({ hex: text }) => halves.some((half) => text.includes(half))).map(({ what }) => what);
  t.expect.equal("commands whose answer holds a key", telling, [], { requirement: "CARD-0022-b" });
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

/** Even numbers from `first` to `last`. */
function range(first: number, last: number): number[] {
  return Array.from({ length: (last - first) / 2 + 1 }, (_, index) => first + 2 * index);
}
