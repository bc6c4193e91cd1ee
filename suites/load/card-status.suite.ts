/** Status words and sessions of the card's load commands (`card-edge.md` 3 and 4), and cards of every kind that are loaded. */
import { toHex } from "../../harness/core/bytes.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, defineCase } from "../define/case.ts";
import { ask, expectRefused, initialise, selectPurse } from "../payment/support/card.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { initialisations, theCredit, theFrame } from "./support/observe.ts";
import { aboutOf } from "./support/one-load.ts";
import { expectCardResponse, loadInitBytes } from "./support/own-load.ts";
import { expectedS1, expectedS2 } from "./support/signatures.ts";
import { BOTH, forSources, onLab, siteOf } from "./support/sources.ts";

const LOADINIT = toHex(
  loadInitBytes({
    MLDA: 2,
    CURRLDA: "0978",
    CEXPLDA: 2,
    IDACQ: "00057001",
    DTHR: "20260802101500",
    IDTRX: "000102030405060708090A0B0C0D0E0F",
  }),
);
const INITIALIZE = `9050000022${LOADINIT}23`;
const CREDIT = `905200000F${"00".repeat(15)}10`;
const GET_BALANCE = "905C00000D";

/** The date in LOADINIT replaced. */
const dated = (DTHR: string) => `9050000022${LOADINIT.slice(0, 22)}${DTHR}${LOADINIT.slice(36)}23`;

const bothFigures = (end: string, twin: string) => [`LOAD-BANK-${end}`, `LOAD-PRE-${twin}`];

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-CARD-20",
    suite: "load",
    purpose:
      "Wrong class, parameters, lengths, state and dates of the load commands are answered in that order of precedence, and change nothing",
    requirements: [...bothFigures("881-b", "1081-b")],
    owner: "card",
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-b" };
      const before = await t.system.readPurse();
      await t.system.resetCard("warm");
      const idle: readonly (readonly [string, string, string])[] = [
        ["CREDIT IEP under class 00", `00${CREDIT.slice(2)}`, "6E00"],
        ["INITIALIZE IEP for load under class 00", `00${INITIALIZE.slice(2)}`, "6E00"],
        ["CREDIT IEP with P1 01", `90520100${CREDIT.slice(8)}`, "6A86"],
        ["CREDIT IEP with P2 01 and no data", "9052000100", "6A86"],
        ["INITIALIZE IEP for load with P2 01", `90500001${INITIALIZE.slice(8)}`, "6A86"],
        ["GET PREVIOUS IEP SIGNATURE with P1 02", "905A020002000110", "6A86"],
        ["INITIALIZE IEP for load without data", "9050000023", "6700"],
        ["INITIALIZE IEP for load with 33 bytes", `9050000021${LOADINIT.slice(2)}23`, "6700"],
        ["INITIALIZE IEP for load with 35 bytes", `9050000023${LOADINIT}0023`, "6700"],
        ["INITIALIZE IEP for load with Le too small", `9050000022${LOADINIT}22`, "6700"],
        ["CREDIT IEP with 14 bytes", `905200000E${"00".repeat(14)}10`, "6700"],
        ["CREDIT IEP with 16 bytes", `9052000010${"00".repeat(16)}10`, "6700"],
        ["CREDIT IEP with Le too small", `905200000F${"00".repeat(15)}0F`, "6700"],
        ["INITIALIZE IEP for load before SELECT", INITIALIZE, "6985"],
        ["INITIALIZE IEP for load of no date before SELECT", dated("20261302101500"), "6985"],
        ["CREDIT IEP before SELECT", CREDIT, "6985"],
        ["GET PREVIOUS IEP SIGNATURE of a load before SELECT", "905A000002000110", "6985"],
      ];
      for (const [what, command, SW] of idle) await expectRefused(t, what, command, SW, about);
      await selectPurse(t);
      for (const DTHR of ["20261302101500", "20260230101500", "20260802241500", "2026080210156A", "00000000000000"]) {
        await expectRefused(t, `INITIALIZE IEP for load at ${DTHR}`, dated(DTHR), "6A80", about);
        await expectRefused(t, "CREDIT IEP after that", CREDIT, "6985", about);
      }
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  defineCase({
    id: "LOAD-CARD-21",
    suite: "load",
    purpose:
      "CREDIT IEP is taken up only after INITIALIZE IEP for load, once, and not after anything that ends the initialised session; reading leaves it as it is",
    requirements: [...bothFigures("881-b", "1081-b"), ...bothFigures("898-d", "1098-d")],
    owner: "card",
    async run(t) {
      const about = { requirement: "LOAD-BANK-881-b" };
      const before = await t.system.readPurse();
      await selectPurse(t);
      await expectRefused(t, "CREDIT IEP on a selected purse", CREDIT, "6985", about);
      await initialise(t);
      await expectRefused(t, "CREDIT IEP on a purse initialised for purchase", CREDIT, "6985", about);
      const begin = async () => {
        await selectPurse(t);
        const { SW } = await ask(t, INITIALIZE);
        t.expect.equal("status word of INITIALIZE IEP for load", SW, "9000", about);
      };
      await begin();
      await expectRefused(t, "CREDIT IEP with a wrong S2", CREDIT, "9302", about);
      await expectRefused(t, "CREDIT IEP again without INITIALIZE IEP", CREDIT, "6985", about);
      const endings: readonly (readonly [string, string, string])[] = [
        ["SELECT of the purse", "00A4040008F050422D4945503100", ""],
        ["INITIALIZE IEP for load with P2 01", `90500001${INITIALIZE.slice(8)}`, "6A86"],
        ["INITIALIZE IEP for load without data", "9050000023", "6700"],
        ["INITIALIZE IEP for load of no date", dated("20261302101500"), "6A80"],
        ["INITIALIZE IEP for purchase", "905001001B", ""],
      ];
      for (const [what, command, SW] of endings) {
        await begin();
        const answer = await ask(t, command);
        t.expect.equal(`status word of ${what}`, answer.SW, SW || "9000", about);
        await expectRefused(t, `CREDIT IEP after ${what}`, CREDIT, "6985", about);
      }
      const kept: readonly (readonly [string, string, string])[] = [
        ["GET BALANCE", GET_BALANCE, "9000"],
        ["READ RECORD", "00B2010C00", "9000"],
        ["GET PREVIOUS IEP SIGNATURE", "905A000002FFFE10", "9406"],
        ["CREDIT IEP of a wrong length", "9052000000", "6700"],
        ["CREDIT IEP with P1 01", `90520100${CREDIT.slice(8)}`, "6A86"],
        ["DEBIT IEP", `9054010035${"00".repeat(53)}10`, "6985"],
        ["PERSONALISE", `905E000049${"00".repeat(73)}`, "6985"],
        ["SELECT of an unknown application", "00A4040008F050422D0000000100", "6A82"],
      ];
      for (const [what, command, SW] of kept) {
        await begin();
        const answer = await ask(t, command);
        t.expect.equal(`status word of ${what}`, answer.SW, SW, about);
        await expectRefused(t, `CREDIT IEP with a wrong S2 after ${what}`, CREDIT, "9302", about);
      }
      t.expect.samePurse(before, await t.system.readPurse(), about);
    },
  }),

  ...(
    [
      ["LOAD-CARD-22", "blocked", "9303", "A blocked card"],
      ["LOAD-CARD-23", "exhausted", "9402", "A card whose transaction numbers are used up"],
    ] as const
  ).map(([id, card, SW, who]) =>
    defineCase({
      id,
      suite: "load",
      purpose: `${who} answers a load request with ${SW} and is not loaded, and a load ends before any account is charged for good`,
      requirements: [...bothFigures("881-b", "1081-b")],
      owner: "card",
      needs: { cards: [card], links: ["235"], loadSites: [{ source: "bank", direct: false }] },
      async run(t) {
        const about = { requirement: "LOAD-BANK-881-b" };
        const site = t.loadSiteFor({ source: "bank", direct: false });
        await t.system.insertCard(card);
        const before = await t.system.readPurse();
        const money = await moneyOf(t, site);
        await selectPurse(t);
        await expectRefused(t, "INITIALIZE IEP for load", INITIALIZE, SW, about);
        const credit = card === "blocked" ? "9303" : "6985";
        await expectRefused(t, "CREDIT IEP", CREDIT, credit, about);
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 500 });
        t.expect.equal("load requests that the card has signed", initialisations(seen).length, 0, about);
        t.expect.refused(seen, ["A016", SW], { ...about, owner: "server" });
        await t.system.settleHolds();
        expectMoved(t, money, await moneyOf(t, site), {}, { ...about, owner: "server" });
        t.expect.samePurse(before, await t.system.readPurse(), about);
      },
    }),
  ),

  ...(
    [
      ["LOAD-ALG-SPECIMEN", "specimen", undefined, "ACC-0001"],
      ["LOAD-ALG-AES", "aes", 5, "ACC-0001"],
      ["LOAD-ALG-RSA", "rsa", 4, "ACC-0001"],
      ["LOAD-ALG-SECOND-KEY", "second-key-version", 4, "ACC-0001"],
      ["LOAD-ALG-ISSUER-B", "issuer-b", 4, "ACC-0001"],
      ["LOAD-ALG-YEN", "yen", 5, "ACC-YEN"],
      ["LOAD-ALG-DINAR", "dinar", undefined, "ACC-DINAR"],
      ["LOAD-ALG-POINTS", "points", undefined, "ACC-POINTS"],
    ] as const
  ).map(([id, card, ALGL, ACCOUNT]) => loadOf(id, card, ALGL, ACCOUNT)),

  ...forSources(onLab(BOTH, "FUND"), (source) =>
    defineCase({
      id: "LOAD-ALG-MIXED",
      suite: "load",
      purpose:
        "Cards with triple DES, AES and public keys are loaded one after the other under the layer of the site, each under its own load key",
      requirements: ["879-c", "881-c", "ENC-0107-a"],
      owner: "server",
      needs: { keys: true, links: ["235", "HSM"], cards: ["aes", "rsa", "second"] },
      async run(t) {
        for (const card of ["second", "aes", "rsa"] as const) {
          await t.system.insertCard(card);
          const site = siteOf(t, source);
          const before = await moneyOf(t, site);
          const seen = await t.system.load({ SITE: site.SITE, enter: () => 42 });
          t.expect.completed(seen, aboutOf(source, "879-c"));
          const S2 = theFrame(t, seen, "DN").body.slice(2);
          const [request] = initialisations(seen);
          const asked = t.expect.present("load request of the card", request);
          t.expect.equal("S2", S2, expectedS2(t, asked, asked.card.S1), aboutOf(source, "879-c"));
          expectMoved(t, before, await moneyOf(t, site), loadedBy(42), aboutOf(source, "881-c"));
        }
      },
    }),
  ),
];

/** A whole load of a card of that kind; ALGL where the kind says it. */
function loadOf(id: string, card: CardKind, ALGL: number | undefined, ACCOUNT: string): Case {
  return defineCase({
    id,
    suite: "load",
    purpose: `A card of the kind "${card}" is loaded under its load key: S1 is checked, and amount and currency are its own`,
    requirements: ["ENC-0107-a", ...bothFigures("879-c", "1079-c")],
    owner: "server",
    needs: {
      keys: true,
      links: ["235", "HSM"],
      cards: [card],
      loadSites: [{ IDMER: "BNK00001" }],
      ...(card === "specimen" || card === "rsa" ? {} : { exhaustive: true }),
    },
    async run(t) {
      const about = { requirement: "ENC-0107-a" };
      const site = t.loadSiteFor({ IDMER: "BNK00001" });
      await t.system.insertCard(card);
      const before = await moneyOf(t, site, ACCOUNT);
      const seen = await t.system.load({ SITE: site.SITE, ACCOUNT, enter: () => 321 });
      t.expect.completed(seen, about);
      const request = t.expect.present("load request of the card", initialisations(seen)[0], about);
      t.expect.equal("S1 under the card's load key", request.card.S1, expectedS1(t, request), {
        ...about,
        owner: "card",
      });
      const asked = theFrame(t, seen, "DM", about);
      const due = ALGL ?? (request.card.ALGIEP === 5 ? 5 : 4);
      t.expect.equal("ALGL in DM", asked.body.slice(114, 116), `0${due}`, { ...about, at: asked.event });
      expectCardResponse(t, request, theCredit(t, seen, about).answer.subarray(0, 16), "0000", about);
      expectMoved(t, before, await moneyOf(t, site, ACCOUNT), loadedBy(321), about);
      const forged = await t.system.readPurse();
      await refuseOtherS1(t, site.SITE, ACCOUNT);
      t.expect.samePurse(forged, await t.system.readPurse(), about);
    },
  });
}

/** The same card with a wrong S1 gets no load command. */
async function refuseOtherS1(t: Parameters<Case["run"]>[0], SITE: string, ACCOUNT: string): Promise<void> {
  const about = { requirement: "ENC-0107-a" };
  using fault = t.system.disturb({
    link: "235",
    from: "card",
    message: 0x50,
    times: 1,
    act: (answer) => (answer.length === 37 ? answer.map((byte, at) => (at === 30 ? byte ^ 1 : byte)) : answer),
    what: "one bit of S1 inverted",
  });
  const seen = await t.system.load({ SITE, ACCOUNT, enter: () => 321 });
  t.expect.equal("load requests altered", fault.hits, 1, { owner: "bench" });
  t.expect.equal("the HSM's answer to a wrong S1", theFrame(t, seen, "DN", about).body, "01", about);
  t.expect.refused(seen, "A024", about);
}
