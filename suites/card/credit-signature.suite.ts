/** S2 of a load (`card-edge.md` 5.2b, `keys-and-signatures.md` 9): what the card takes no load for. Nothing here moves value. */
import { concat, fromHex, uintToBytes } from "../../harness/core/bytes.ts";
import { mac } from "../../harness/crypto/algorithm.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { eachBitAltered, eachByteAltered, SPOILT } from "./support/forged.ts";
import { creditIep, openPurse, type Purse } from "./support/purse.ts";
import { type Refused, refusalCases } from "./support/refusals.ts";
import {
  type LoadSession,
  loadSession,
  numberIn,
  purchaseSession,
  signedLoad,
  underLoadS2,
} from "./support/signatures.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "LOAD-BANK-881-b" };
const requirements = ["LOAD-BANK-881-b", "LOAD-PRE-1081-b", "HSM-0054-d"];

const refusalCase = refusalCases<LoadSession>({
  name: "CREDIT IEP",
  title: "loads that are not the security module's",
  requirement: about.requirement,
  requirements,
  consumes: { NTIEP: 1, writes: 1 },
  open: (purse) => purse.openLoad({}, about),
  command: creditIep,
  transact: (purse) => purse.load({}, about),
});

type Row = Refused<LoadSession>;

/** LOADDATA with an S2 made by `make` in place of the right one. */
const withS2 = (make: (session: LoadSession, purse: Purse) => Uint8Array) => (session: LoadSession, purse: Purse) =>
  concat(session.LOADINIT.subarray(0, 7), make(session, purse));

const right = ({ LOADINIT, INITRSP, S1 }: LoadSession) => underLoadS2(LOADINIT, INITRSP, S1);

const under = (key: (session: LoadSession, purse: Purse) => Uint8Array) =>
  withS2((session, purse) => mac(session.ALGL, key(session, purse), right(session)));

const over = (bytes: (signed: Uint8Array, session: LoadSession) => Uint8Array) =>
  withS2((session) => mac(session.ALGL, session.KS2, bytes(right(session), session)));

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** KS2 of the same card and challenge for another number. */
function stepped({ KDL }: Purse["keys"], { LOADINIT, INITRSP }: LoadSession, step: number): Uint8Array {
  const other = INITRSP.slice();
  other.set(uintToBytes((numberIn(INITRSP) + step + 0x10000) % 0x10000, 2), 20);
  return loadSession(KDL, LOADINIT, other).KS2;
}

const OTHER_KEYS: readonly Row[] = [
  ["S2 under KS1", under(({ KS1 }) => KS1)],
  ["S2 under KS3", under(({ KS3 }) => KS3)],
  ["S2 under KDL", under((_, { keys }) => keys.KDL)],
  ["S2 under KDP", under((_, { keys }) => keys.KDP ?? new Uint8Array(16))],
  ["S2 under a key of zeros", under(() => new Uint8Array(16))],
  ["S2 under KS2 with its halves exchanged", under(({ KS2 }) => concat(KS2.subarray(8), KS2.subarray(0, 8)))],
  ["S2 under KS2 of the number before", under((session, { keys }) => stepped(keys, session, -1))],
  ["S2 under KS2 of the number behind", under((session, { keys }) => stepped(keys, session, 1))],
  ["S2 under KS2 of a purchase made of KDL", under(({ INITRSP }, { keys }) => purchaseSession(keys.KDL, INITRSP).KS2)],
  ["S1 in place of S2", withS2(({ S1 }) => S1)],
];

const OTHER_BYTES: readonly Row[] = [
  ["S2 without its first byte 1C", over((signed) => signed.subarray(1))],
  ["S2 with 0C in front", over((signed) => concat(fromHex("0C"), signed.subarray(1)))],
  ["S2 with 2C in front", over((signed) => concat(fromHex("2C"), signed.subarray(1)))],
  ["S2 with 1E in front", over((signed) => concat(fromHex("1E"), signed.subarray(1)))],
  ["S2 without S1", over((signed) => signed.subarray(0, 38))],
  ["S2 over one zero byte more", over((signed) => concat(signed, new Uint8Array(1)))],
  ["S2 over S1 alone", over((_, { S1 }) => S1)],
  ["S2 over nothing", over(() => new Uint8Array(0))],
];

export const cases: readonly Case[] = [
  refusalCase({
    id: "CARD-LS2-01",
    purpose:
      "LOADDATA with any one of its 15 bytes altered after it was signed, or any bit of S2 inverted, is refused, and uses its R up",
    rows: [
      ...range(7).map(
        (at): Row => [
          `byte ${at} altered`,
          (session) => eachByteAltered(signedLoad(session))[at]?.[1] ?? new Uint8Array(15),
        ],
      ),
      ...range(64).map(
        (bit): Row => [
          `bit ${bit} of S2 inverted`,
          (session) => eachBitAltered(signedLoad(session), 7)[bit]?.[1] ?? new Uint8Array(15),
        ],
      ),
    ],
  }),
  refusalCase({
    id: "CARD-LS2-02",
    purpose:
      "S2 over other elements than the card's own and those that it was asked, one byte of the 46 altered at a time, is refused",
    requirements: [...requirements, "HSM-0054-f"],
    rows: range(46).map(
      (at): Row => [`S2 over byte ${at} altered`, over((signed) => eachByteAltered(signed)[at]?.[1] ?? signed)],
    ),
  }),
  refusalCase({
    id: "CARD-LS2-03",
    purpose:
      "Amount, currency or exponent of LOADDATA other than those of LOADINIT are refused, also when S2 is right for them",
    rows: range(7).map(
      (at): Row => [
        `byte ${at} of the amount other than was asked, and signed`,
        (session) => {
          const LOADINIT = session.LOADINIT.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
          return signedLoad({ ...session, LOADINIT });
        },
      ],
    ),
  }),
  refusalCase({
    id: "CARD-LS2-04",
    purpose: "S2 of a load that is right in some of its bytes only, or with its bytes at other places, is refused",
    rows: SPOILT.map(
      ([what, spoil]): Row => [
        `S2 ${what}`,
        (session) => concat(session.LOADINIT.subarray(0, 7), spoil(signedLoad(session).subarray(7))),
      ],
    ),
  }),
  refusalCase({
    id: "CARD-LS2-05",
    purpose: "S2 of a load under every other key of this card, or of another number or direction, is refused",
    requirements: [...requirements, "CARD-0031-e"],
    rows: OTHER_KEYS,
  }),
  refusalCase({
    id: "CARD-LS2-06",
    purpose: "S2 of a load over the right elements in another form or length is refused",
    rows: OTHER_BYTES,
  }),
  defineDeviceCase({
    id: "CARD-LS2-07",
    suite: "card",
    purpose:
      "A load command serves once and for its own challenge: again at once, after another INITIALIZE IEP, after resets and after a completed load it is refused",
    requirements: [...requirements, "CARD-0031-i"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 1, writes: 1 },
    async run(t) {
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      const command = creditIep(signedLoad(await purse.openLoad({}, about)));
      const again = async (what: string, SW: string) => void (await sweep.ask(`the load command ${what}`, command, SW));
      await purse.openLoad({}, about);
      await again("after another INITIALIZE IEP", "9302");
      await again("after that refusal", "6985");
      for (const kind of ["warm", "cold"] as const) {
        await purse.talk.card.reset(kind);
        await again(`after a ${kind} reset`, "6985");
        await purse.select(about);
        await again(`after a ${kind} reset and SELECT`, "6985");
        await purse.openLoad({}, about);
        await again(`after a ${kind} reset and INITIALIZE IEP`, "9302");
      }
      await purse.initialise(about);
      await again("at a card that is initialised for purchase", "6985");
      sweep.expectNone("a load command again", about);
      const session = await purse.openLoad({}, about);
      await purse.credit(session, about);
      const done = creditIep(signedLoad(session));
      await sweep.ask("the same at once", done, "6985");
      await purse.openLoad({}, about);
      await sweep.ask("the same after INITIALIZE IEP", done, "9302");
      sweep.expectNone("a load command that was obeyed", about);
      await purse.expectSame(about);
    },
  }),
];
