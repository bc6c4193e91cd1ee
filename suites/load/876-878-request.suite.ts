/** Steps 876 to 878: the card signs, the head end makes one load request of it, and brings it to the load server. */
import { toHex } from "../../harness/core/bytes.ts";
import { deriveLoadKey, deriveLoadSessionKeys, loadAlgorithm } from "../../harness/crypto/load-keys.ts";
import { signLoadS1 } from "../../harness/crypto/load-signatures.ts";
import type { LoadObservation } from "../../harness/flows/loading.ts";
import { parseLoadInit } from "../../harness/protocol/messages/load-init.ts";
import { parseLoadResponse } from "../../harness/protocol/messages/load-response.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { inconclusive } from "../define/failures.ts";
import { inText } from "../payment/support/alter.ts";
import { apdusOn, logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { allInner, holderRole, loadKeys, theInner, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, requirementOf, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

/** INITIALIZE IEP for load on link 235, the first one: its data and the card's answer. */
function initialisation(t: CaseContext, seen: LoadObservation, about?: About) {
  const pair = t.expect.present("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", 0x50)[0], about);
  const response = t.expect.present("the card's answer to it", pair.response, about);
  return {
    command: pair.command,
    response,
    LOADINIT: pair.command.bytes.slice(5, 39),
    LOADRSP: response.bytes.slice(0, -2),
  };
}

/** A8 as it was sealed for the load server, and its parts. */
function theRequest(t: CaseContext, seen: LoadObservation, source: Source, about?: About) {
  const { page } = theLoadPage(t, seen, source, about);
  const found = theInner(t, seen, "236", loadKeys(t, { page }, source), "load-request", about);
  const init = parseLoadInit(found.message.LOADINIT);
  const card = parseLoadResponse(found.message.LOADRSP);
  t.expect.that(init.ok && card.ok, "LOADINIT and LOADRSP of the load request are readable", {
    ...about,
    at: found.event,
  });
  if (!init.ok || !card.ok) throw new Error("unreachable: the expectation above failed");
  return { ...found, page, init: init.value, card: card.value };
}

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-876-01",
      suite,
      purpose: "What the card signs for this load goes to the head end as it is, and not what it said before",
      requirements: ["876", ...(source.source === "bank" ? ["LOAD-BANK-0055-b"] : [])],
      owner: "server",
      needs: { links, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "876") };
        for (const MLDA of [1_100, 2_200]) {
          const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
          const { response, LOADRSP, LOADINIT } = initialisation(t, seen, about);
          const { event, message } = theMessage(t, seen.events, "cable", "load-card-information", about);
          t.expect.equal("LOADRSP at the head end", toHex(message.LOADRSP), toHex(LOADRSP), { ...about, at: event });
          t.expect.that(response.n < event.n, "the card has answered before its answer is passed on", {
            ...about,
            at: event,
          });
          const asked = theMessage(t, seen.events, "cable", "initialise-load", about);
          t.expect.equal("LOADINIT at the card", toHex(LOADINIT), toHex(asked.message.LOADINIT), {
            ...about,
            at: asked.event,
          });
          t.expect.completed(seen, about);
          if (source.source === "bank") {
            const credit = t.expect.present("CREDIT IEP on link 235", apdusOn(seen.events, "235", 0x52)[0]).command;
            const sent = theLog(t, seen.events, "load-server", "load-command-sent", {
              requirement: "LOAD-BANK-0055-b",
            });
            const before = { requirement: "LOAD-BANK-0055-b", at: credit };
            t.expect.that(sent.n < credit.n, "the load server has given its word before the card is loaded", before);
          }
        }
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-876-02",
      suite,
      purpose:
        "Another card than the one whose balance was read is not initialised; no request is made, and the amount comes back",
      requirements: ["876"],
      owner: "server",
      needs: { links, cards: ["second"], swiftHand: true, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "876") };
        const before = await moneyOf(t, site);
        using _swap = t.system.when({ link: "cable", from: "head-end", message: 0xa6 }, async () => {
          await t.system.insertCard("second");
        });
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.refused(seen, "A016", about);
        t.expect.equal("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", 0x50).length, 0, about);
        t.expect.equal("load requests", logsOf(seen.events, "head-end", "load-request-sent").length, 0, about);
        await t.system.settleHolds();
        await t.system.insertCard("specimen");
        expectMoved(t, before, await moneyOf(t, site), {}, about);
        const [row] = (await t.system.loads()).map(({ status, MLDA }) => ({ status, MLDA }));
        t.expect.equal("the load server's row", row, { status: "void", MLDA: 0 }, about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-889-01",
      suite,
      purpose:
        "One load request holds everything: what the card answered, byte for byte, and the account holder's time stamp",
      requirements: [
        "889-a",
        "889-b",
        "0124",
        "0123-a",
        "0123-b",
        "0123-c",
        "0123-d",
        "0123-e",
        "0123-f",
        "0123-g",
        "0123-h",
      ],
      owner: "server",
      needs: { links, keys: true, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const of = (end: string) => ({ requirement: requirementOf(source, end) });
        for (const MLDA of [900, 2_300]) {
          const purse = await t.system.readPurse();
          const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
          const { event, message, page, init, card } = theRequest(t, seen, source, of("889-a"));
          const { response, LOADINIT, LOADRSP } = initialisation(t, seen);
          t.expect.that(response.n < event.n, "the request is made after the card has answered", {
            ...of("889-a"),
            at: event,
          });
          t.expect.equal("LOADRSP of the request", toHex(message.LOADRSP), toHex(LOADRSP), {
            ...of("889-b"),
            at: event,
          });
          t.expect.equal("LOADINIT of the request", toHex(message.LOADINIT), toHex(LOADINIT), {
            ...of("889-b"),
            at: event,
          });
          t.expect.equal("ATR of the request", toHex(message.ATR), toHex(purse.ATR), { ...of("889-b"), at: event });
          const number = [card.PPIEP, card.IDIEP];
          t.expect.equal("card number", number, [purse.PPIEP, purse.IDIEP], { ...of("0123-b"), at: event });
          t.expect.equal("expiry date", card.DEXPIEP, purse.DEXPIEP, { ...of("0123-c"), at: event });
          t.expect.equal("load amount", init.MLDA, MLDA, { ...of("0123-d"), at: event });
          t.expect.equal("security algorithm", card.ALGIEP, purse.ALGIEP, { ...of("0123-e"), at: event });
          t.expect.equal("transaction counter", card.NTIEP, purse.NTIEP, { ...of("0123-f"), at: event });
          t.expect.equal("balance", card.BALIEP, purse.BALIEP, { ...of("0123-g"), at: event });
          t.expect.equal("time stamp", init.DTHR, page.DTHR, { ...of("0123-h"), at: event });
          const ALGL = loadAlgorithm(purse.ALGIEP);
          const MKL =
            t.keys.masterLoadKey(purse.PPIEP, ALGL, purse.VKIEP) ??
            inconclusive("no master load key is at hand", "bench");
          const { KS1 } = deriveLoadSessionKeys(ALGL, deriveLoadKey(ALGL, MKL, purse.PPIEP, purse.IDIEP), card);
          const S1 = toHex(signLoadS1(ALGL, KS1, { ...card, ...init }));
          t.expect.equal("S1", card.S1, S1, { ...of("0123-a"), at: event });
          const requests = allInner(seen, "236", loadKeys(t, { page }, source), "load-request").length;
          const envelopes = messagesOn(seen.events, "236", "head-end").filter(({ bytes }) => bytes[0] === 0xe4).length;
          t.expect.equal("load requests and envelopes", [requests, envelopes], [1, 1], of("0124"));
          t.expect.completed(seen, of("889-a"));
        }
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-0122-01",
      suite,
      purpose:
        "The head end speaks to the card in place of the HSM; only request, command, response and confirmation cross the network",
      requirements: ["0122-a", "0122-b", "0117"],
      owner: "server",
      needs: { links, keys: true, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE });
        const of = (end: string) => ({ requirement: requirementOf(source, end) });
        const sealed = (bytes: Uint8Array) => parseMessage(bytes).kind;
        const crossed = messagesOn(seen.events, "236").map(({ from, bytes }) => `${from}: ${sealed(bytes)}`);
        const direct = [
          "load-selection",
          "card-information-request",
          "balance",
          "load-page",
          "load-amount",
          "load-authorisation",
        ];
        const before = direct.map((kind, index) => `${index % 2 === 0 ? "head-end" : "load-server"}: ${kind}`);
        const four = [
          "head-end: sealed-opening",
          "load-server: sealed",
          "head-end: sealed",
          "load-server: sealed-results",
        ];
        t.expect.equal("messages on link 236", crossed, source.direct ? [...before, ...four] : four, of("0122-b"));
        const { page } = theLoadPage(t, seen, source);
        const keys = loadKeys(t, { page }, source);
        for (const kind of ["load-request", "load-command", "load-response"] as const) {
          theInner(t, seen, "236", keys, kind, of("0117"));
        }
        const { command, response } = initialisation(t, seen, of("0122-a"));
        const request = theMessage(t, seen.events, "236", "sealed-opening", of("0122-a")).event;
        t.expect.that(response.n < request.n, "the card has answered before the load server is asked", {
          ...of("0122-a"),
          at: command,
        });
        t.expect.completed(seen, of("0122-b"));
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-877-01",
      suite,
      purpose: "The head end connects to the address that is on the page, and to no other",
      requirements: ["877", "874-c", "874-d", "GEN-0164-b"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "877") };
        const plain = await t.system.load({ SITE: site.SITE });
        const { page } = theLoadPage(t, plain, source);
        const sent = theLog(t, plain.events, "head-end", "load-request-sent", about);
        t.expect.equal("where the load request went", [sent.fields.host, sent.fields.port], [page.HOST, page.PORT], {
          ...about,
          at: sent,
        });
        t.expect.completed(plain, { requirement: requirementOf(source, "874-d") });
        const before = await moneyOf(t, site);
        using _fault = t.system.disturb({
          link: "234",
          from: holderRole(source),
          act: inText(/(name="load-server-port" value=")\d+/, "$11"),
          what: "the page names a port where nobody listens",
        });
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.refused(seen, "A019", about);
        t.expect.equal("messages on link 236", messagesOn(seen.events, "236").length, 0, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-878-01",
      suite,
      purpose:
        "The load request goes to the load server once; brought a second time, it is refused and nothing is made of it",
      requirements: ["878"],
      owner: "server",
      needs: { links, logs: ["load-server"], ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "878") };
        const seen = await t.system.load({ SITE: site.SITE });
        const { event } = theMessage(t, seen.events, "236", "sealed-opening", about);
        t.expect.equal("receiver of the load request", event.to, "load-server", { ...about, at: event });
        const log = theLog(t, seen.events, "head-end", "load-request-sent", about);
        t.expect.equal("load and amount in the log", [log.IDTRX, log.fields.MLDA], [seen.outcome.IDTRX, 2_500], {
          ...about,
          at: log,
        });
        const [money, rows] = [await moneyOf(t, site), await t.system.loads()];
        const since = t.system.events().at(-1)?.n ?? 0;
        const answers = await t.system.loadSession([event.bytes]);
        // a load of the load server's own accounts is not authorised any more once it has ended (load.md 4: A006 before A004)
        const CC = source.source === "bank" ? "A004" : "A006";
        const refusal = encodeMessage({ kind: "refusal", IDTRX: seen.outcome.IDTRX ?? "", CC });
        t.expect.equal(
          "answer to the same request again",
          answers.map((each) => each && toHex(each)),
          [toHex(refusal)],
          about,
        );
        const asked = logsOf(t.system.events(since), "load-server", "hsm-request");
        t.expect.equal("requests to the HSM for it", asked.length, 0, about);
        t.expect.equal("rows of the load server", await t.system.loads(), rows, about);
        expectMoved(t, money, await moneyOf(t, site), {}, about);
      },
    }),
  ),
];
