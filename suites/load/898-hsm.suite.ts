/** Step 898 (1098): S1 and S2 keep out forged and replayed loads, cards with other keys, counterfeits, foreign and expired cards. */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { LoadObservation } from "../../harness/flows/loading.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import { parseLoadInit } from "../../harness/protocol/messages/load-init.ts";
import { parseLoadResponse } from "../../harness/protocol/messages/load-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inElement, setTo } from "../payment/support/alter.ts";
import { theLog } from "../payment/support/observe.ts";
import { cardRequest, expectHsm, requestFields, withOther } from "./support/hsm.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { credits, hsmFrames, INITIALIZE_IEP, theCredit, theInitialisation } from "./support/observe.ts";
import { aboutOf, loadOnce } from "./support/one-load.ts";
import { cryptogram, expectedS1, expectedS2, masterLoadKey } from "./support/signatures.ts";
import { BOTH, forSources, onLab, type Source, siteOf } from "./support/sources.ts";

const LOAD_COMMAND = 0xa9;
const BALANCE_OF_CARD = 0xa3;
/** S1 in the card's answer to INITIALIZE IEP for load, and in CARDINFO the last day. */
const S1_AT = 27;
const DEXPIEP_AT = 16;

const BOTH_FIGURES = (letter: string) => [`LOAD-BANK-898-${letter}`, `LOAD-PRE-1098-${letter}`];

/** Elements under S1, as they stand in REQ. */
const UNDER_S1 = [
  ...["PPIEP", "IDIEP", "DEXPIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA", "BALIEP"],
  ...["IDACQ", "R", "DTHR", "IDTRX"],
] as const;

export const cases: readonly Case[] = [
  ...forSources(onLab(BOTH, "FUND"), (source) =>
    defineCase({
      id: "LOAD-898-01",
      suite: "load",
      purpose:
        "A card whose S1 is not that of its number is a counterfeit to the HSM: no S2, no load command, and the amount is back in the account",
      requirements: ["898-a", "898-f", "HSM-0054-c"],
      owner: "server",
      needs: { keys: true, links: ["235", "HSM"], logs: ["load-server"], database: true },
      async run(t) {
        const site = siteOf(t, source);
        const forged: readonly (readonly [string, (answer: Uint8Array, command: Uint8Array) => Uint8Array])[] = [
          ["with one bit of S1 inverted", (answer) => flipBit(answer, S1_AT * 8 + 11)],
          ["whose load key is not that of its number", (answer, command) => cloned(t, answer, command)],
        ];
        for (const [what, forge] of forged) {
          const before = await moneyOf(t, site);
          let command: Uint8Array = new Uint8Array(0);
          using asked = t.system.disturb({
            link: "235",
            from: "set-top-box",
            message: INITIALIZE_IEP,
            act: (bytes) => {
              command = bytes;
              return bytes;
            },
            what: "the load request is looked at",
          });
          using fault = t.system.disturb({
            link: "235",
            from: "card",
            message: INITIALIZE_IEP,
            times: 1,
            act: (answer) => forge(answer, command),
            what: `a card ${what}`,
          });
          const seen = await t.system.load({ SITE: site.SITE, enter: () => 500 });
          t.expect.equal("answers altered", [fault.hits, asked.hits], [1, 1], { owner: "bench" });
          const about = aboutOf(source, "898-f");
          const [answer] = hsmFrames(seen, "DN");
          t.expect.equal(`the HSM's answer to a card ${what}`, answer?.body, "01", aboutOf(source, "898-a"));
          expectNothingLoaded(t, seen, "A024", about);
          expectMoved(t, before, await moneyOf(t, site), {}, about);
        }
      },
    }),
  ),

  defineCase({
    id: "LOAD-898-02",
    suite: "load",
    purpose:
      "The HSM gives no S2 for any bit of S1 inverted, for any signed element altered, and for an S1 that was made for another challenge",
    requirements: [...BOTH_FIGURES("a"), ...BOTH_FIGURES("f"), "HSM-0054-c", "HSM-0054-e"],
    owner: "server",
    needs: { keys: true, links: ["HSM"] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-898-a" };
      const request = cardRequest(t);
      const fields = requestFields(t, request);
      const S2 = expectedS2(t, request, request.card.S1);
      await expectHsm(t, "a genuine request", "DM", fields, `DN00${S2}`, about);
      for (let bit = 0; bit < 64; bit++) {
        const S1 = toHex(flipBit(fromHex(request.card.S1), bit));
        const wrong = requestFields(t, { ...request, card: { ...request.card, S1 } });
        await expectHsm(t, `S1 with bit ${bit} inverted`, "DM", wrong, "DN01", about);
      }
      for (const name of UNDER_S1) {
        const date = name === "DTHR" || name === "DEXPIEP";
        const altered = date ? laterBy(fields, name) : withOther(fields, name);
        const error = name === "PPIEP" ? "21" : "01"; // the key of another issuer is not served
        const about = { requirement: "HSM-0054-e" };
        await expectHsm(t, `another ${name} than was signed`, "DM", altered, `DN${error}`, about);
      }
      const later = cardRequest(t, { card: { R: "0BADCAFE", S1: request.card.S1 } });
      const copied = requestFields(t, later);
      await expectHsm(t, "S1 of the request before, with a new challenge", "DM", copied, "DN01", {
        requirement: "HSM-0054-c",
      });
    },
  }),

  defineCase({
    id: "LOAD-898-03",
    suite: "load",
    purpose:
      "An HSM makes S2 only for the issuers and key versions that it was told to serve, however right the card's own signature is",
    requirements: [...BOTH_FIGURES("c"), ...BOTH_FIGURES("e")],
    owner: "server",
    needs: { keys: true, links: ["HSM"] },
    async run(t) {
      const foreign = cardRequest(t, { card: { PPIEP: "000999" } });
      const about = { requirement: "LOAD-BANK-898-c" };
      await expectHsm(t, "a card of a foreign issuer", "DM", requestFields(t, foreign), "DN21", about);
      const ownKey = masterLoadKey(t, { PPIEP: "000123", ALGIEP: 4, VKIEP: 1 });
      const passed = cardRequest(t, { card: { PPIEP: "000999", S1: expectedS1(t, foreign, ownKey) } });
      const KML = cryptogram(t, { PPIEP: "000123", ALGIEP: 4, VKIEP: 1 });
      await expectHsm(
        t,
        "a foreign card under its own issuer's key",
        "DM",
        requestFields(t, passed, KML),
        "DN21",
        about,
      );
      const byVersion = { requirement: "LOAD-BANK-898-e" };
      const old = cardRequest(t, { card: { VKIEP: 9 } });
      await expectHsm(t, "a key version that it does not serve", "DM", requestFields(t, old), "DN21", byVersion);
      for (const [said, under] of [
        [2, 1],
        [1, 2],
      ] as const) {
        const card = cardRequest(t, { card: { VKIEP: said } });
        const other = cryptogram(t, { PPIEP: "000123", ALGIEP: 4, VKIEP: under });
        const what = `version ${said} with the key of version ${under}`;
        await expectHsm(t, what, "DM", requestFields(t, card, other), "DN21", byVersion);
      }
      const second = cardRequest(t, { card: { VKIEP: 2 } });
      const S2 = expectedS2(t, second, second.card.S1);
      await expectHsm(t, "version 2 with its own key", "DM", requestFields(t, second), `DN00${S2}`, byVersion);
    },
  }),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-898-04",
      suite: "load",
      purpose:
        "The load command of a load that succeeded is refused by the same card in the next load, and the amount goes back to the account",
      requirements: ["898-d"],
      owner: "card",
      needs: { keys: true, links: ["cable", "235"] },
      async run(t) {
        const about = aboutOf(source, "898-d");
        const site = siteOf(t, source);
        const first = await loadOnce(t, source, 700);
        t.expect.completed(first.seen);
        const { LOADDATA } = theCredit(t, first.seen);
        const before = await moneyOf(t, site);
        const purse = await t.system.readPurse();
        using fault = t.system.disturb({
          link: "cable",
          from: "head-end",
          message: LOAD_COMMAND,
          times: 1,
          act: inElement("LOADDATA", setTo(LOADDATA)),
          what: "load command of the load before",
        });
        const second = await loadOnce(t, source, 700);
        t.expect.equal("load commands replaced", fault.hits, 1, { owner: "bench" });
        const again = theCredit(t, second.seen, about);
        t.expect.equal("the same load command again", toHex(again.LOADDATA), toHex(LOADDATA), { owner: "bench" });
        t.expect.equal("answer to CREDIT IEP", toHex(again.answer), "9302", { ...about, at: again.event });
        t.expect.refused(second.seen, "A023", { ...about, owner: "server" });
        t.expect.samePurse(purse, await t.system.readPurse(), about);
        expectMoved(t, before, await moneyOf(t, site), {}, { ...about, owner: "server" });
      },
    }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    unserved(source, {
      id: "LOAD-898-05",
      purpose:
        "A card whose key version the HSM has not is refused with that reason, unchanged, and the amount goes back",
      card: "unknown-key-version",
      CC: "9403",
      letter: "e",
    }),
  ),

  ...forSources(onLab(BOTH, "FUND"), (source) =>
    unserved(source, {
      id: "LOAD-898-06",
      purpose:
        "A card of an issuer that this HSM does not serve is refused with that reason, unchanged, and the amount goes back",
      card: "unknown-provider",
      CC: "9410",
      letter: "c",
    }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-898-07",
      suite: "load",
      purpose:
        "An expired card of which the account holder was told another last day is refused by the load server: no S2 is made and nothing is loaded",
      requirements: ["898-g", "HSM-0054-c"],
      owner: "server",
      needs: { keys: true, links: ["cable", "235", "HSM"], cards: ["expired"], logs: ["load-server"], database: true },
      async run(t) {
        const about = aboutOf(source, "898-g");
        const site = siteOf(t, source);
        await t.system.insertCard("expired");
        const before = await moneyOf(t, site);
        using fault = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: BALANCE_OF_CARD,
          act: inElement("CARDINFO", (record) => patched(record, DEXPIEP_AT, fromHex("991231"))),
          what: "the card is said to be good until 2099",
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 500 });
        t.expect.equal("balances altered", fault.hits, 1, { owner: "bench" });
        const { card } = theInitialisation(t, seen, about);
        t.expect.that(card.DEXPIEP < t.facts.today, "the card itself says that it has expired", { owner: "bench" });
        const S2 = hsmFrames(seen, "DN").filter(({ body }) => body.startsWith("00"));
        t.expect.equal("S2 of the HSM for an expired card", S2.length, 0, about);
        expectNothingLoaded(t, seen, "A012", about);
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),

  defineCase({
    id: "LOAD-898-08",
    suite: "load",
    purpose:
      "The HSM makes no S2 for a card that has expired, by the day of the request or by its own; on the last day it does",
    requirements: [...BOTH_FIGURES("g"), "HSM-0054-c"],
    owner: "server",
    needs: { keys: true, links: ["HSM"] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-898-g" };
      const { today } = t.facts;
      const lastDay = cardRequest(t, { card: { DEXPIEP: today } });
      const good = `DN00${expectedS2(t, lastDay, lastDay.card.S1)}`;
      await expectHsm(t, "a card on its last day", "DM", requestFields(t, lastDay), good, about);
      const expired = cardRequest(t, { card: { DEXPIEP: dayBefore(today) } });
      await expectHsm(t, "a card that expired yesterday", "DM", requestFields(t, expired), "DN16", about);
      const old = cardRequest(t, {
        card: { DEXPIEP: dayBefore(today) },
        init: { DTHR: `20${dayBefore(today)}101500` },
      });
      await expectHsm(t, "an expired card with a request of its last day", "DM", requestFields(t, old), "DN16", about);
      const ahead = cardRequest(t, { card: { DEXPIEP: today }, init: { DTHR: "20991231101500" } });
      await expectHsm(t, "a request of a day after the card's last one", "DM", requestFields(t, ahead), "DN16", about);
    },
  }),
];

/** A card that the HSM has no key for. */
function unserved(
  source: Source,
  about: { id: string; purpose: string; card: CardKind; CC: string; letter: string },
): Case {
  const { id, purpose, card, CC, letter } = about;
  return defineCase({
    id,
    suite: "load",
    purpose,
    requirements: [`898-${letter}`],
    owner: "server",
    needs: { keys: true, links: ["235", "HSM"], cards: [card], logs: ["load-server"], database: true },
    async run(t) {
      const site = siteOf(t, source);
      await t.system.insertCard(card);
      const before = await moneyOf(t, site);
      const purse = await t.system.readPurse();
      const seen = await t.system.load({ SITE: site.SITE, enter: () => 500 });
      const at = aboutOf(source, `898-${letter}`);
      t.expect.equal("S2 of the HSM", hsmFrames(seen, "DN").filter(({ body }) => body.startsWith("00")).length, 0, at);
      expectNothingLoaded(t, seen, CC, at);
      t.expect.samePurse(purse, await t.system.readPurse(), at);
      expectMoved(t, before, await moneyOf(t, site), {}, at);
    },
  });
}

/** The load server has refused with that code, nothing came to the card, and the user is told. */
function expectNothingLoaded(
  t: CaseContext,
  seen: LoadObservation,
  CC: string,
  about: { readonly requirement: string },
): void {
  const entry = theLog(t, seen, "load-server", "load-request-refused", about);
  t.expect.equal("CC in the load server's log", entry.fields.CC, CC, { ...about, at: entry });
  t.expect.equal("load commands to the card", credits(seen).length, 0, about);
  t.expect.refused(seen, CC, about);
}

/** What a card answers to that command that has this number, and a load key of another master key. */
function cloned(t: CaseContext, answer: Uint8Array, command: Uint8Array): Uint8Array {
  const [init, card] = [parseLoadInit(command.slice(5, 39)), parseLoadResponse(answer.slice(0, -2))];
  if (!init.ok || !card.ok) return answer;
  const signed = { init: init.value, card: card.value };
  const other = masterLoadKey(t, signed.card).slice().reverse();
  return patched(answer, S1_AT, fromHex(expectedS1(t, signed, other)));
}

function laterBy(fields: ReturnType<typeof requestFields>, name: string): ReturnType<typeof requestFields> {
  return fields.map(([each, own]) => [
    each,
    each === name ? `${own.slice(0, -1)}${own.endsWith("0") ? "1" : "0"}` : own,
  ]);
}

function patched(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(part, at);
  return changed;
}

/** The day before, YYMMDD. */
function dayBefore(day: string): string {
  const at = Date.parse(`20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}T00:00:00Z`) - 86_400_000;
  return new Date(at).toISOString().slice(2, 10).replaceAll("-", "");
}
