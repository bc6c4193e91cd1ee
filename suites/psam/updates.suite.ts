/** UPDATE PSAM (`psam-edge.md` 4.10): form, signature, number, date, room. */
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { signS5, signS6 } from "../../harness/crypto/collection.ts";
import { isDate } from "../../harness/protocol/messages/calendar.ts";
import type { Case } from "../define/case.ts";
import { apdu, byteText } from "./support/apdu.ts";
import { certificatesFor } from "./support/certificates.ts";
import { CONTENT, clearingKey, Updates } from "./support/clearing.ts";
import { EVERY_BYTE } from "./support/commands.ts";
import { dayAfter } from "./support/days.ts";
import {
  confirm,
  issueDebit,
  packageAtr,
  packageInitialise,
  packageIssuer,
  present,
  sessionKey,
} from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

const about = { requirement: "PSAM-0044-e" };
const KEY = fromHex("5B1E8C77D2A94F3360AB17C4E58D02F9");

/** A card of nobody. */
const NOBODY = CONTENT.unblock("000123", "9999999997");

/** Bytes of the content of each KIND, KIND included. */
const LENGTHS: Readonly<Record<string, number>> = { "01": 9, "02": 9, "03": 22, "04": 6 };

/** What an update that is signed for something else is answered with: its form comes first. */
function isWellFormed(unsigned: Uint8Array): boolean {
  const hex = toHex(unsigned);
  const [day, KIND, PPIEP] = [hex.slice(8, 16), hex.slice(16, 18), hex.slice(18, 24)];
  if (!isDate(day) || LENGTHS[KIND] !== unsigned.length - 8 || !/^\d{6}$/.test(PPIEP)) return false;
  return KIND === "01" || KIND === "02" ? /^\d{10}$/.test(hex.slice(24)) : /^0[45]/.test(hex.slice(24));
}

async function initialise(psam: Psam, INITRSP: Uint8Array, SW: string): Promise<void> {
  await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
  const answer = await psam.send(packageInitialise(INITRSP));
  psam.t.expect.equal("PACKAGE: INITIALIZE IEP", answer.slice(-4), SW);
  await psam.select();
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-UPD-01",
    purpose:
      "An update of no kind, of a wrong length for its kind, with no day or no number in it is refused for its form, though it be signed",
    requirements: ["PSAM-0044-e"],
    async run(t, psam) {
      const updates = await Updates.open(psam);
      const before = await readTotals(psam);
      const rows: (readonly [string, string])[] = [];
      for (const KIND of EVERY_BYTE.map(byteText)) {
        if (!(KIND in LENGTHS))
          for (const length of [6, 9, 22]) rows.push([`KIND ${KIND}`, KIND + "01".repeat(length - 1)]);
      }
      for (const KIND of Object.keys(LENGTHS)) {
        for (let length = 5; length <= 21; length++) {
          const content = `${KIND}00012304${"01".repeat(22)}`.slice(0, 2 + length * 2);
          if (LENGTHS[KIND] !== length + 1) rows.push([`KIND ${KIND} of ${length} bytes`, content]);
        }
      }
      for (const ALGIEP of EVERY_BYTE.filter((value) => value !== 4 && value !== 5)) {
        rows.push([`a key of ALGIEP ${ALGIEP}`, `03000123${byteText(ALGIEP)}01${toHex(KEY)}`]);
        rows.push([`removal of ALGIEP ${ALGIEP}`, CONTENT.remove("000123", ALGIEP, 1)]);
      }
      for (const [what, content] of [
        ["a provider", "0100012A0000004711"],
        ["a provider", "020A01230000004711"],
        ["a provider", `03F001230401${toHex(KEY)}`],
        ["a provider", "04000A230401"],
        ["a card", "01000123000000471A"],
        ["a card", "02000123A000004711"],
      ] as const) {
        rows.push([`${what} that is no number`, content]);
      }
      for (const [what, content] of rows)
        await psam.says(`update with ${what}`, updates.command(content), "6A80", about);
      for (const day of [
        "00000000",
        "20260229",
        "20261301",
        "20260001",
        "20260132",
        "2026013A",
        "FFFFFFFF",
        "21000229",
      ]) {
        await psam.says(`update of ${day}`, updates.command(NOBODY, { day }), "6A80", about);
      }
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
      await updates.apply("a right one with the number of all of these", NOBODY);
    },
  }),
  psamCase({
    id: "PSAM-UPD-02",
    purpose: "No bit of an update or its S6 can be altered, whatever its kind",
    requirements: ["PSAM-0044-e"],
    async run(t, psam) {
      const updates = await Updates.open(psam);
      const before = await readTotals(psam);
      for (const content of [
        CONTENT.block("000123", "8888888888"),
        CONTENT.unblock("000123", "8888888888"),
        updates.newKey("000123", 4, 200, KEY),
        CONTENT.remove("000123", 4, 200),
      ]) {
        const whole = updates.command(content);
        for (let bit = 40; bit < whole.length * 8; bit++) {
          const altered = flipBit(whole, bit);
          const SW = isWellFormed(altered.subarray(5, -8)) ? "9302" : "6A80";
          await psam.says(`KIND ${content.slice(0, 2)}, bit ${bit - 40} altered`, altered, SW, about);
        }
      }
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
    },
  }),
  psamCase({
    id: "PSAM-UPD-03",
    purpose: "S6 under the key of another security card, over another name, of another use or in part, applies nothing",
    requirements: ["PSAM-0044-e"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const { PPPSAM, IDPSAM } = psam;
      const unsigned = updates.unsigned(CONTENT.block("000123", "0000004711"));
      const KDC = clearingKey(psam);
      const right = signS6(KDC, { PPPSAM, IDPSAM }, unsigned);
      const other = "00A1FFFF";
      const signatures = {
        "of another security card": signS6(clearingKey(psam, other), { PPPSAM, IDPSAM: other }, unsigned),
        "under the key of another": signS6(clearingKey(psam, other), { PPPSAM, IDPSAM }, unsigned),
        "over the name of another": signS6(KDC, { PPPSAM, IDPSAM: other }, unsigned),
        "over another provider's security card": signS6(KDC, { PPPSAM: "000788", IDPSAM }, unsigned),
        "of an acknowledgement": signS5(KDC, { PPPSAM, IDPSAM, NTCOL: 1, DIGEST: new Uint8Array(32) }),
        zeros: new Uint8Array(8),
        "the first half alone": concat(right.subarray(0, 4), new Uint8Array(4)),
        "the second half alone": concat(new Uint8Array(4), right.subarray(4)),
      };
      for (const [what, S6] of Object.entries(signatures)) {
        await psam.says(`update with S6 ${what}`, apdu("90820000", concat(unsigned, S6)), "9302", about);
      }
      await initialise(psam, purse(), "9000");
    },
  }),
  psamCase({
    id: "PSAM-UPD-04",
    purpose: "An update is applied once, and none with a number that is not above the last one applied",
    requirements: ["PSAM-0044-e"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const block = CONTENT.block("000123", "0000004799");
      const card = purse({ IDIEP: "0000004799" });
      const blocking = updates.command(block);
      await updates.apply("a card is blocked", block);
      await initialise(psam, card, "9412");
      await updates.apply("it is unblocked", CONTENT.unblock("000123", "0000004799"));
      const top = updates.last;
      await psam.says("the update of before, again", blocking, "9419", about);
      for (const NTUPD of [0, 1, top - 1, top].filter((number) => number <= top)) {
        await psam.says(`update ${NTUPD} after ${top}`, updates.command(block, { NTUPD }), "9419", about);
      }
      await psam.reset("cold");
      await psam.select();
      await psam.says("the update of before, after a reset", blocking, "9419", about);
      await initialise(psam, card, "9000");
      updates.last += 299;
      await updates.apply("one whose number is 300 above the last", NOBODY);
      for (const NTUPD of [top + 1, updates.last - 1, updates.last]) {
        await psam.says(`update ${NTUPD} after ${updates.last}`, updates.command(block, { NTUPD }), "9419", about);
      }
      await updates.apply("the next one", NOBODY);
      await initialise(psam, card, "9000");
    },
  }),
  psamCase({
    id: "PSAM-UPD-05",
    purpose:
      "The date of the last update becomes a later one and never an earlier one, and certificates are judged by it",
    requirements: ["PSAM-0044-m"],
    async run(t, psam) {
      const updates = await Updates.open(psam);
      const { day } = updates;
      const next = dayAfter(day, 1);
      const updated = async () => (await readTotals(psam)).updated;
      const INITRSP = purse({ ALGIEP: 0x10 });
      const judge = async (lastDay: string, SW: string) => {
        await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
        await psam.answers("PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP));
        const { issuer } = certificatesFor(t, INITRSP, { issuer: lastDay.slice(2) });
        await psam.says(`issuer's certificate up to ${lastDay}`, packageIssuer(issuer), SW);
        await psam.select();
      };
      await judge(day, "9000");
      await updates.apply("of an earlier day", NOBODY, dayAfter(day, -400));
      t.expect.equal("date after one of an earlier day", await updated(), day);
      await updates.apply("of the same day", NOBODY);
      t.expect.equal("date after one of the same day", await updated(), day);
      await updates.apply("of the next day", NOBODY, next);
      t.expect.equal("date after one of the next day", await updated(), next);
      await judge(day, "9420");
      await judge(next, "9000");
      await updates.apply("of the day before", NOBODY, day);
      t.expect.equal("date after one of the day before", await updated(), next);
      await psam.reset("cold");
      await psam.select();
      t.expect.equal("date after a reset", await updated(), next);
    },
  }),
  psamCase({
    id: "PSAM-UPD-06",
    purpose: "A key of more providers than READ TOTALS has lines for finds no room, and its number can be used again",
    requirements: ["PSAM-0044-n"],
    async run(t, psam) {
      const updates = await Updates.open(psam);
      await updates.apply("a key of a third provider", updates.newKey("000777", 4, 1, KEY));
      const before = await readTotals(psam);
      for (const ALGIEP of [4, 5]) {
        await psam.says(
          "a key of a fourth provider",
          updates.command(updates.newKey("000888", ALGIEP, 1, KEY)),
          "9417",
        );
      }
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
      await initialise(psam, purse({ PPIEP: "000888" }), "9410");
      await updates.apply("another key of the third provider", updates.newKey("000777", 5, 1, KEY));
      await updates.apply("its first key is removed", CONTENT.remove("000777", 4, 1));
      await psam.says("a key of a fourth provider", updates.command(updates.newKey("000888", 4, 1, KEY)), "9417");
      await updates.apply("its last key is removed", CONTENT.remove("000777", 5, 1));
      await updates.apply("a key of the provider that found no room", updates.newKey("000888", 4, 1, KEY));
      await initialise(psam, purse({ PPIEP: "000888" }), "9000");
      await updates.apply("it is removed", CONTENT.remove("000888", 4, 1));
      await initialise(psam, purse({ PPIEP: "000888" }), "9410");
    },
  }),
  psamCase({
    id: "PSAM-UPD-07",
    purpose: "Of two faults of an update the one that stands first in the table is told",
    requirements: ["PSAM-0044-e"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      await updates.apply("a key of a third provider", updates.newKey("000777", 4, 1, KEY));
      const old = { NTUPD: updates.last };
      const room = updates.newKey("000888", 4, 1, KEY);
      const wrong = (command: Uint8Array) => flipBit(command, command.length * 8 - 1);
      const rows = [
        ["no kind and S6 wrong", wrong(updates.command("05000123000000")), "6A80"],
        ["no kind and an old number", updates.command("05000123000000", old), "6A80"],
        ["no day and S6 wrong", wrong(updates.command(NOBODY, { day: "20260230" })), "6A80"],
        ["no algorithm and no room", updates.command(room.replace("0300088804", "0300088806")), "6A80"],
        ["S6 wrong and an old number", wrong(updates.command(NOBODY, old)), "9302"],
        ["S6 wrong and no room", wrong(updates.command(room)), "9302"],
        ["an old number and no room", updates.command(room, old), "9419"],
        ["no room", updates.command(room), "9417"],
      ] as const;
      for (const [what, command, SW] of rows) await psam.says(`update with ${what}`, command, SW);
      await updates.apply("the third provider's key is removed", CONTENT.remove("000777", 4, 1));
    },
  }),
  psamCase({
    id: "PSAM-UPD-08",
    purpose: "Updates come in every state and disturb neither a draw nor an open debit",
    requirements: ["PSAM-0059-a"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const INITRSP = purse({ ALGIEP: 0x10 });
      await present(psam, INITRSP, async (place) => await updates.apply(`in ${place}`, NOBODY));
      const debit = { ...(await issueDebit(psam, { INITRSP })), SK: await sessionKey(psam) };
      await updates.apply("while a debit is open", NOBODY);
      await psam.says(
        "update that is refused, while a debit is open",
        updates.command(NOBODY, { NTUPD: updates.last }),
        "9419",
      );
      await confirm(psam, debit, cardrsp(psam, debit));
    },
  }),
];
