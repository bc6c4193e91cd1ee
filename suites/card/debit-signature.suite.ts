/** S2 of a purchase (`card-edge.md` 5.3, `keys-and-signatures.md` 3): what the card takes no debit for. Nothing here moves value. */
import { concat } from "../../harness/core/bytes.ts";
import { mac } from "../../harness/crypto/algorithm.ts";
import { deriveSessionKeys } from "../../harness/crypto/purse-keys.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { eachBitAltered, eachByteAltered, SPOILT } from "./support/forged.ts";
import { debitIep, openPurse, type Purse } from "./support/purse.ts";
import { type Refused, refusalCases } from "./support/refusals.ts";
import {
  loadSession,
  numberIn,
  type PurchaseSession,
  purchaseSession,
  signedDebit,
  underS2,
} from "./support/signatures.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "CARD-0082-a" };
const requirements = ["CARD-0082-a", "PAY-BASE-618-d", "CARD-0033-b"];

const refusalCase = refusalCases<PurchaseSession>({
  name: "DEBIT IEP",
  title: "debits that are not the security card's",
  requirement: about.requirement,
  requirements,
  consumes: { NTIEP: 1, value: 1, writes: 1 },
  open: (purse) => purse.openPurchase(about),
  command: debitIep,
  transact: (purse) => purse.purchase({}, about),
});

type Row = Refused<PurchaseSession>;

const signed = (session: PurchaseSession, purse: Purse) => signedDebit(session, purse.debitBytes());

/** DEBITDATA with an S2 made by `make` in place of the right one. */
const withS2 =
  (make: (session: PurchaseSession, purse: Purse, DEBIT: Uint8Array) => Uint8Array) =>
  (session: PurchaseSession, purse: Purse) => {
    const DEBIT = purse.debitBytes();
    return concat(DEBIT, make(session, purse, DEBIT));
  };

/** S2 under that key. */
const under = (key: (session: PurchaseSession, purse: Purse) => Uint8Array) =>
  withS2((session, purse, DEBIT) => mac(session.ALGIEP, key(session, purse), underS2(session.INITRSP, DEBIT)));

/** S2 over those bytes. */
const over = (bytes: (INITRSP: Uint8Array, DEBIT: Uint8Array) => Uint8Array) =>
  withS2(({ ALGIEP, KS2, INITRSP }, _, DEBIT) => mac(ALGIEP, KS2, bytes(INITRSP, DEBIT)));

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Session keys of the same card for another number, another challenge or another label. */
function keyFor(
  session: PurchaseSession,
  purse: Purse,
  step: number,
  R = session.INITRSP.subarray(23, 27),
): Uint8Array {
  const number = (numberIn(session.INITRSP) + step + 0x10000) % 0x10000;
  return deriveSessionKeys(session.ALGIEP, purse.keys.KDP ?? new Uint8Array(16), number, R).KS2;
}

const OTHER_KEYS: readonly Row[] = [
  ["S2 under KS3", under(({ KS3 }) => KS3)],
  ["S2 under KDP", under((_, { keys }) => keys.KDP ?? new Uint8Array(16))],
  ["S2 under KDL", under((_, { keys }) => keys.KDL)],
  ["S2 under a key of zeros", under(() => new Uint8Array(16))],
  ["S2 under KS2 with its halves exchanged", under(({ KS2 }) => concat(KS2.subarray(8), KS2.subarray(0, 8)))],
  ["S2 under KS2 with one half twice", under(({ KS2 }) => concat(KS2.subarray(0, 8), KS2.subarray(0, 8)))],
  ["S2 under KS2 of the number before", under((session, purse) => keyFor(session, purse, -1))],
  ["S2 under KS2 of the number behind", under((session, purse) => keyFor(session, purse, 1))],
  ["S2 under KS2 of R with one bit inverted", under((session, purse) => keyFor(session, purse, 0, altered(session)))],
  ["S2 under KS2 of R zero", under((session, purse) => keyFor(session, purse, 0, new Uint8Array(4)))],
  ["S2 under KS2 of a load", under(({ INITRSP }, { keys }) => loadSession(keys.KDL, new Uint8Array(34), INITRSP).KS2)],
  ["S2 under KS2 made of KDL", under(({ INITRSP }, { keys }) => purchaseSession(keys.KDL, INITRSP).KS2)],
];

function altered({ INITRSP }: PurchaseSession): Uint8Array {
  return INITRSP.slice(23, 27).map((byte, at) => (at === 3 ? byte ^ 1 : byte));
}

const OTHER_BYTES: readonly Row[] = [
  ["S2 without its first byte 1E", over((INITRSP, DEBIT) => concat(INITRSP, DEBIT))],
  ["S2 with 2E in front", over((INITRSP, DEBIT) => concat(Uint8Array.of(0x2e), INITRSP, DEBIT))],
  ["S2 with 1C in front", over((INITRSP, DEBIT) => concat(Uint8Array.of(0x1c), INITRSP, DEBIT))],
  ["S2 over the debit alone", over((_, DEBIT) => concat(Uint8Array.of(0x1e), DEBIT))],
  ["S2 over the card alone", over((INITRSP) => concat(Uint8Array.of(0x1e), INITRSP))],
  ["S2 over both the other way round", over((INITRSP, DEBIT) => concat(Uint8Array.of(0x1e), DEBIT, INITRSP))],
  ["S2 over one byte less", over((INITRSP, DEBIT) => underS2(INITRSP, DEBIT).subarray(0, 72))],
  ["S2 over one zero byte more", over((INITRSP, DEBIT) => concat(underS2(INITRSP, DEBIT), new Uint8Array(1)))],
  ["S2 over its padding too", over((INITRSP, DEBIT) => concat(underS2(INITRSP, DEBIT), Uint8Array.of(0x80)))],
  ["S2 over nothing", over(() => new Uint8Array(0))],
];

export const cases: readonly Case[] = [
  refusalCase({
    id: "CARD-S2-01",
    purpose: "DEBITDATA with any one of its 53 bytes altered after it was signed is refused, and uses its R up",
    rows: range(53).map(
      (at): Row => [
        `byte ${at} altered`,
        (session, purse) => eachByteAltered(signed(session, purse))[at]?.[1] ?? new Uint8Array(53),
      ],
    ),
  }),
  refusalCase({
    id: "CARD-S2-02",
    purpose: "S2 with any one of its 64 bits inverted is refused",
    rows: range(64).map(
      (bit): Row => [
        `bit ${bit} of S2 inverted`,
        (session, purse) => eachBitAltered(signed(session, purse), 45)[bit]?.[1] ?? new Uint8Array(53),
      ],
    ),
  }),
  refusalCase({
    id: "CARD-S2-03",
    purpose: "S2 over any other INITRSP than the card's own, one byte of it altered at a time, is refused",
    requirements: [...requirements, "CARD-0031-i"],
    rows: range(27).map(
      (at): Row => [
        `S2 over INITRSP with byte ${at} altered`,
        over((INITRSP, DEBIT) => underS2(eachByteAltered(INITRSP)[at]?.[1] ?? INITRSP, DEBIT)),
      ],
    ),
  }),
  refusalCase({
    id: "CARD-S2-04",
    purpose: "S2 right in some of its bytes only, or with its bytes at other places, is refused",
    rows: SPOILT.map(
      ([what, spoil]): Row => [
        `S2 ${what}`,
        (session, purse) => {
          const whole = signed(session, purse);
          return concat(whole.subarray(0, 45), spoil(whole.subarray(45)));
        },
      ],
    ),
  }),
  refusalCase({
    id: "CARD-S2-05",
    purpose: "S2 under every other key of this card, or of another number, challenge or direction, is refused",
    requirements: [...requirements, "CARD-0031-d", "CARD-0031-i"],
    needs: { keys: true, secretKeyCard: true },
    rows: OTHER_KEYS,
  }),
  refusalCase({
    id: "CARD-S2-06",
    purpose: "S2 over the right elements in another form, length or order is refused",
    rows: OTHER_BYTES,
  }),
  defineDeviceCase({
    id: "CARD-S2-07",
    suite: "card",
    purpose:
      "A debit command serves once and for its own challenge: again at once, after another INITIALIZE IEP, after resets and after a completed purchase it is refused",
    requirements: [...requirements, "CARD-0031-i"],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    consumes: { NTIEP: 2, value: 3, writes: 2 },
    async run(t) {
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      const old = await purse.openPurchase(about);
      const command = debitIep(signed(old, purse));
      const again = async (what: string, SW: string) =>
        void (await sweep.ask(`the debit command ${what}`, command, SW));
      await purse.openPurchase(about);
      await again("after another INITIALIZE IEP", "9302");
      await again("after that refusal", "6985");
      for (const kind of ["warm", "cold"] as const) {
        await purse.talk.card.reset(kind);
        await again(`after a ${kind} reset`, "6985");
        await purse.select(about);
        await again(`after a ${kind} reset and SELECT`, "6985");
        await purse.openPurchase(about);
        await again(`after a ${kind} reset and INITIALIZE IEP`, "9302");
      }
      await purse.openLoad({}, about);
      await again("at a card that is initialised for load", "6985");
      sweep.expectNone("a debit command again", about);
      const session = await purse.openPurchase(about);
      const DEBIT = purse.debitBytes({ MPDA: 2 });
      const done = debitIep(signedDebit(session, DEBIT));
      purse.expectDebited(session, DEBIT, await purse.talk.ask(done), about);
      await sweep.ask("the same at once", done, "6985");
      await purse.openPurchase(about);
      await sweep.ask("the same after INITIALIZE IEP", done, "9302");
      sweep.expectNone("a debit command that was obeyed", about);
      await purse.expectSame(about);
      await purse.purchase({}, about);
    },
  }),
];
