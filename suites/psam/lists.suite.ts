/** The list of blocked cards and the key generations, as updates change them (`psam-edge.md` 4.10). */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import { signS2 } from "../../harness/crypto/purse-signatures.ts";
import type { Case } from "../define/case.ts";
import { CONTENT, collectAll, Updates } from "./support/clearing.ts";
import {
  complete,
  confirm,
  draw,
  issueDebit,
  packageAtr,
  packageInitialise,
  present,
  withdraw,
} from "./support/draw.ts";
import { drawAs, LIVING, lineOf } from "./support/kinds.ts";
import { BLOCKED_CARD, HELD_KEYS } from "./support/personalisation.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { AT, cardrsp, type Debit, purse, sessionKeys } from "./support/purse.ts";
import { expectTotals, readTotals } from "./support/totals.ts";

const NEW_KEYS = [
  "5B1E8C77D2A94F3360AB17C4E58D02F9",
  "E6296D3D8F1A4B5C7A0B1C2D3E4F5061",
  "0123456789ABCDEFFEDCBA9876543210",
].map(fromHex);
const [NEW_KEY = new Uint8Array(16), NEWER_KEY = new Uint8Array(16)] = NEW_KEYS;

async function expectCard(psam: Psam, what: string, INITRSP: Uint8Array, SW: string): Promise<void> {
  await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
  psam.t.expect.equal(
    `PACKAGE: INITIALIZE IEP of ${what}`,
    (await psam.send(packageInitialise(INITRSP))).slice(-4),
    SW,
  );
  await psam.select();
}

/** S2 of the debit must be under that master key. */
function expectSigned(psam: Psam, what: string, debit: Debit): void {
  const { INITRSP, DEBITDATA } = debit;
  const { KS2 } = sessionKeys(psam, debit);
  const S2 = signS2(INITRSP[AT.ALGIEP] ?? 0, KS2, INITRSP, DEBITDATA);
  psam.t.expect.equal(`S2 ${what}`, toHex(DEBITDATA.subarray(45)), toHex(S2), { requirement: "PSAM-0044-k" });
}

/** A draw of that card under that master key, which must sign and complete it. */
async function expectKey(psam: Psam, what: string, INITRSP: Uint8Array, MKP: Uint8Array): Promise<void> {
  const debit = { ...(await draw(psam, { INITRSP })), MKP };
  expectSigned(psam, what, debit);
  await confirm(psam, debit, cardrsp(psam, debit));
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-LST-01",
    purpose:
      "A card that an update blocks is refused from then on, over reset; its namesake of another provider and its neighbours are not",
    requirements: ["PSAM-0044-l"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const card = purse({ IDIEP: "0000004801" });
      await expectCard(psam, "a card that is not blocked", card, "9000");
      await updates.apply("it is blocked", CONTENT.block("000123", "0000004801"));
      await expectCard(psam, "the blocked card", card, "9412");
      await expectCard(psam, "the blocked card under AES", purse({ IDIEP: "0000004801", ALGIEP: 5 }), "9412");
      await expectCard(psam, "the blocked card under RSA", purse({ IDIEP: "0000004801", ALGIEP: 0x10 }), "9412");
      await expectCard(psam, "its namesake", purse({ IDIEP: "0000004801", PPIEP: "000456" }), "9000");
      for (const IDIEP of ["0000004800", "0000004802", "1000004801", "0000014801"]) {
        await expectCard(psam, `the card ${IDIEP}`, purse({ IDIEP }), "9000");
      }
      await psam.reset("cold");
      await psam.select();
      await expectCard(psam, "the blocked card after a reset", card, "9412");
      await updates.apply("it is blocked again", CONTENT.block("000123", "0000004801"));
      await updates.apply("its namesake is unblocked", CONTENT.unblock("000456", "0000004801"));
      await expectCard(psam, "the blocked card, its namesake unblocked", card, "9412");
      await updates.apply("it is unblocked once", CONTENT.unblock("000123", "0000004801"));
      await expectCard(psam, "the card that was blocked twice and unblocked once", card, "9000");
      await updates.apply("it is unblocked again", CONTENT.unblock("000123", "0000004801"));
      await expectCard(psam, "the card afterwards", card, "9000");
    },
  }),
  psamCase({
    id: "PSAM-LST-02",
    purpose: "The card on the list from the beginning can be unblocked and blocked again",
    requirements: ["PSAM-0044-l"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const card = purse({ ...BLOCKED_CARD });
      await expectCard(psam, "the card on the list", card, "9412");
      await updates.apply("it is unblocked", CONTENT.unblock(BLOCKED_CARD.PPIEP, BLOCKED_CARD.IDIEP));
      await expectCard(psam, "the card taken from the list", card, "9000");
      await updates.apply("it is blocked", CONTENT.block(BLOCKED_CARD.PPIEP, BLOCKED_CARD.IDIEP));
      await expectCard(psam, "the card put on the list again", card, "9412");
    },
  }),
  psamCase({
    id: "PSAM-LST-03",
    purpose: "Three hundred blocked cards are all refused, and after all were unblocked in another order none is",
    requirements: ["PSAM-0044-l"],
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const numbers = Array.from({ length: 300 }, (_, index) => String(7_000_000_000 + index * 37));
      for (const IDIEP of numbers) await updates.apply(`${IDIEP} is blocked`, CONTENT.block("000456", IDIEP));
      for (const IDIEP of numbers) await expectCard(psam, IDIEP, purse({ PPIEP: "000456", IDIEP }), "9412");
      await expectCard(psam, "a card between", purse({ PPIEP: "000456", IDIEP: "7000000001" }), "9000");
      const order = numbers
        .map((IDIEP, index) => ({ IDIEP, rank: (index * 77) % 300 }))
        .sort((a, b) => a.rank - b.rank);
      for (const { IDIEP } of order) await updates.apply(`${IDIEP} is unblocked`, CONTENT.unblock("000456", IDIEP));
      for (const IDIEP of numbers) await expectCard(psam, IDIEP, purse({ PPIEP: "000456", IDIEP }), "9000");
    },
  }),
  psamCase({
    id: "PSAM-LST-04",
    purpose: "A card that is blocked during its draw is debited to the end, and refused the next time",
    requirements: ["PSAM-0044-l"],
    consumes: { NTPSAM: 4 },
    async run(_, psam) {
      const updates = await Updates.open(psam);
      const before = await readTotals(psam);
      const INITRSP = purse({ IDIEP: "0000004802" });
      const waiting = [await drawAs(psam, "suspended", { INITRSP }), await drawAs(psam, "issued", { INITRSP })];
      await present(psam, INITRSP);
      await updates.apply("the accepted card is blocked", CONTENT.block("000123", "0000004802"));
      const debit = await issueDebit(psam, { INITRSP });
      for (const each of [...waiting, debit]) await confirm(psam, each, cardrsp(psam, each));
      await expectTotals(psam, "afterwards", before, [...waiting, debit].map(lineOf));
      await expectCard(psam, "the blocked card", INITRSP, "9412");
      await updates.apply("it is unblocked", CONTENT.unblock("000123", "0000004802"));
    },
  }),
  psamCase({
    id: "PSAM-KEY-01",
    purpose:
      "A key generation that an update adds serves at once, of either algorithm, and its removal is told by what is left",
    requirements: ["PSAM-0044-k", "PSAM-0044-f"],
    consumes: { NTPSAM: 20 },
    async run(_, psam) {
      const updates = await Updates.open(psam);
      for (const [PPIEP, ALGIEP, VKIEP, without] of [
        ["000123", 4, 3, "9403"],
        ["000123", 4, 0xfe, "9403"],
        ["000123", 5, 2, "9403"],
        ["000456", 5, 1, "9411"],
        ["000456", 4, 9, "9403"],
        ["000777", 4, 1, "9410"],
        ["000777", 5, 1, "9410"],
      ] as const) {
        const INITRSP = purse({ PPIEP, ALGIEP, VKIEP });
        const name = `${PPIEP}/${ALGIEP}/${VKIEP}`;
        await expectCard(psam, `${name} before`, INITRSP, without);
        await updates.apply(`${name} is added`, updates.newKey(PPIEP, ALGIEP, VKIEP, NEW_KEY));
        await expectKey(psam, `under ${name}`, INITRSP, NEW_KEY);
        await psam.reset("cold");
        await psam.select();
        await expectKey(psam, `under ${name} after a reset`, INITRSP, NEW_KEY);
        await updates.apply(`${name} is removed`, CONTENT.remove(PPIEP, ALGIEP, VKIEP));
        await expectCard(psam, `${name} afterwards`, INITRSP, without);
        await updates.apply(`${name} is removed again`, CONTENT.remove(PPIEP, ALGIEP, VKIEP));
      }
      for (const program of HELD_KEYS) {
        const MKP = psam.t.expect.present(
          "test key",
          psam.t.keys.masterPurchaseKey(program.PPIEP, program.ALGIEP, program.VKIEP),
        );
        await expectKey(psam, `under ${Object.values(program).join("/")}, which was left alone`, purse(program), MKP);
      }
    },
  }),
  psamCase({
    id: "PSAM-KEY-02",
    purpose:
      "What was begun under a key goes on under it when the key is replaced, twice even; what begins afterwards has the new one",
    requirements: ["PSAM-0044-k", "PSAM-0085-a"],
    consumes: { NTPSAM: 20 },
    async run(_, psam) {
      const updates = await Updates.open(psam);
      for (const ALGIEP of [4, 5]) {
        const [PPIEP, VKIEP] = ["000123", 77];
        const INITRSP = purse({ ALGIEP, VKIEP });
        const set = async (what: string, key: Uint8Array) =>
          await updates.apply(what, updates.newKey(PPIEP, ALGIEP, VKIEP, key));
        const before = await readTotals(psam);
        await set("a key is added", NEW_KEY);
        const debits: Debit[] = [];
        for (const kind of LIVING.toReversed()) {
          if (kind !== "open") debits.push({ ...(await drawAs(psam, kind, { INITRSP })), MKP: NEW_KEY });
        }
        await present(psam, INITRSP);
        await set("it is replaced while a card is accepted", NEWER_KEY);
        const open = { ...(await issueDebit(psam, { INITRSP })), MKP: NEW_KEY };
        expectSigned(psam, "of the card that was accepted before the key was replaced", open);
        await set("it is replaced while a debit is open", NEW_KEYS[2] ?? NEW_KEY);
        debits.push(open);
        for (const debit of debits) {
          const wrong = cardrsp(psam, { ...debit, MKP: NEWER_KEY });
          await psam.says("COMPLETE under the new key", complete(debit.IDTRX, wrong), "9302");
          await confirm(psam, debit, cardrsp(psam, debit), { requirement: "PSAM-0044-k" });
        }
        await expectKey(psam, "under the newest key", INITRSP, NEW_KEYS[2] ?? NEW_KEY);
        await expectTotals(psam, "afterwards", before, [...debits.map(lineOf), lineOf(open)]);
        await updates.apply("the key is removed", CONTENT.remove(PPIEP, ALGIEP, VKIEP));
      }
    },
  }),
  psamCase({
    id: "PSAM-KEY-03",
    purpose:
      "What was begun under a key goes on when the key is removed, over reset too; the totals of a provider without keys stay",
    requirements: ["PSAM-0044-k", "PSAM-0044-h"],
    consumes: { NTPSAM: 12 },
    async run(_, psam) {
      const updates = await Updates.open(psam);
      for (const ALGIEP of [4, 5]) {
        const INITRSP = purse({ PPIEP: "000777", ALGIEP });
        const before = await readTotals(psam);
        await updates.apply("a key is added", updates.newKey("000777", ALGIEP, 1, NEW_KEY));
        const debits: Debit[] = [];
        for (const kind of LIVING.toReversed())
          debits.push({ ...(await drawAs(psam, kind, { INITRSP })), MKP: NEW_KEY });
        await updates.apply("it is removed", CONTENT.remove("000777", ALGIEP, 1));
        await psam.reset("cold");
        await psam.select();
        await expectCard(psam, "a card of the provider", INITRSP, "9410");
        const [first, second, ...rest] = debits as [Debit, Debit, ...Debit[]];
        await psam.says("COMPLETE, negative", complete(first.IDTRX, cardrsp(psam, first, { CC: "9409" })), "9404");
        await psam.says("CANCEL, withdraw", withdraw(second.IDTRX), "9000");
        for (const debit of rest) await confirm(psam, debit, cardrsp(psam, debit), { requirement: "PSAM-0044-k" });
        await expectTotals(psam, "afterwards", before, rest.map(lineOf), { requirement: "PSAM-0044-h" });
        await collectAll(psam, [{ ...lineOf(rest[0] ?? first), MTOT: rest.length * 995, NTOT: rest.length }]);
        await expectTotals(psam, "after they were collected", before, []);
      }
    },
  }),
];
