/** Steps 871 and 872: the user chooses to load, and the account holder asks for the card, which is read for it. */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { LoadObservation } from "../../harness/flows/loading.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { apdusOn, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { cardForm, giveAmount, OWN_SESSION, post } from "./support/browser.ts";
import { directBalance } from "./support/direct-path.ts";
import { bodyOf, holderRole, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, requirementOf, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

/** Where the account holder is asked. */
function askedOn({ direct }: Source) {
  return direct ? "236" : "234";
}

/** BALANCE, CARDINFO and ATR that the account holder got. */
function given(t: CaseContext, seen: LoadObservation, source: Source) {
  if (source.direct) {
    const { event, message } = theMessage(t, seen.events, "236", "balance");
    const { ATR, BALANCE, CARDINFO } = message;
    return { event, ATR: toHex(ATR), BALANCE: toHex(BALANCE), CARDINFO: toHex(CARDINFO) };
  }
  const asked = messagesOn(seen.events, "234", "head-end").find(({ step }) => step === "872");
  const event = t.expect.present("what the card says, on link 234 (872)", asked);
  const form = new URLSearchParams(bodyOf(event.bytes));
  const text = (name: string) => (form.get(name) ?? "").toUpperCase();
  return { event, ATR: text("atr"), BALANCE: text("balance"), CARDINFO: text("card-information") };
}

/** What the card answered to GET BALANCE and READ RECORD while it was read for a page. */
function read(t: CaseContext, seen: LoadObservation) {
  const answer = (what: string, INS: number) => {
    const bytes = t.expect.present(what, apdusOn(seen.events, "235", INS)[0]?.response).bytes;
    t.expect.equal(`status word of ${what}`, toHex(bytes.subarray(-2)), "9000", { owner: "card" });
    return toHex(bytes.subarray(0, -2));
  };
  return { BALANCE: answer("answer to GET BALANCE", 0x5c), CARDINFO: answer("answer to READ RECORD", 0xb2) };
}

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-871-01",
      suite,
      purpose: "The first thing that a user does is to load: the choice goes to the site of the account holder",
      requirements: ["871", "0118", ...(source.direct ? ["LOAD-PRE-0057-b"] : [])],
      owner: "server",
      needs: { links, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "0118") };
        const [account] = site.accounts;
        const ACCOUNT = t.expect.present("an account", account).ACCOUNT;
        const seen = await t.system.load({ SITE: site.SITE, ACCOUNT });
        const first = t.expect.present("a first message on the cable", messagesOn(seen.events, "cable")[0]);
        const chosen = parseMessage(first.bytes);
        const { SITE: where, ACCOUNT: which } = chosen.kind === "load-selection" ? chosen : {};
        const choice = { requirement: requirementOf(source, "871"), at: first };
        t.expect.equal(
          "choice of the user (A1)",
          [chosen.kind, where, which],
          ["load-selection", site.SITE, ACCOUNT],
          choice,
        );
        const [asked] = messagesOn(seen.events, askedOn(source), "head-end");
        const request = t.expect.present("what the head end asks first", asked, about);
        t.expect.equal("whom the head end asks first", request.to, holderRole(source), { ...about, at: request });
        if (!source.direct) {
          const text = new TextDecoder().decode(request.bytes);
          t.expect.equal("request for the load", text, `POST /load\n\naccount=${ACCOUNT}`, { ...about, at: request });
        }
        t.expect.completed(seen, choice);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-871-02",
      suite,
      purpose: "The site of the account holder is visited in the user's session, as a browser does",
      requirements: ["0118"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "0118") };
        const body = `account=${site.accounts[0]?.ACCOUNT ?? ""}`;
        const bare = await t.system.http(site.SITE, { method: "POST", path: "/load", body });
        t.expect.equal("status of a selection without a session", bare.status, 400, about);
        const stranger = await post(t, { site, SESSION: OWN_SESSION }, "/load", { account: "NOBODY-HAS-THIS" });
        t.expect.equal("status of an account that nobody has", stranger.status, 403, about);
        t.expect.completed(await t.system.load({ SITE: site.SITE }), about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-872-01",
      suite,
      purpose: "Upon the choice the account holder asks for the card, and gets its balance and its maximum balance",
      requirements: ["872-a", "872-b", "872-d"],
      owner: "server",
      needs: { links, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const purse = await t.system.readPurse();
        const seen = await t.system.load({ SITE: site.SITE });
        const about = { requirement: requirementOf(source, "872-a") };
        const { event, message } = theMessage(t, seen.events, "cable", "card-information-request", about);
        const SOURCE = source.source === "bank" ? 1 : 2;
        t.expect.equal("source of funds in the request", message.SOURCE, SOURCE, { ...about, at: event });
        const read = t.expect.present("GET BALANCE on link 235", apdusOn(seen.events, "235", 0x5c)[0], about);
        t.expect.that(event.n < read.command.n, "the card is read after it was asked for", {
          ...about,
          at: read.command,
        });
        const { event: at, BALANCE } = given(t, seen, source);
        const amounts = concat(word(purse.BALIEP), word(purse.BALmaxIEP));
        const got = { requirement: requirementOf(source, "872-b"), at };
        t.expect.equal("balance and maximum at the account holder", BALANCE.slice(0, 16), toHex(amounts), got);
        const page = theLoadPage(t, seen, source, about);
        t.expect.that(at.n < page.event.n, "the page is made after the card has been told of", {
          ...about,
          at: page.event,
        });
        t.expect.completed(seen, { requirement: requirementOf(source, "872-d") });
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-872-02",
      suite,
      purpose: "Without choice and card there is neither a page nor an amount: each step needs the one before",
      requirements: ["872-a"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "872-a") };
        const ACCOUNT = site.accounts[0]?.ACCOUNT ?? "";
        const visit = { site, SESSION: OWN_SESSION };
        const card = await cardForm(t);
        const early = await post(t, visit, "/load/card", { account: ACCOUNT, ...card });
        t.expect.equal("status of a page for an account that was not chosen", early.status, 403, about);
        const IDTRX = "00".repeat(16);
        const none = await post(t, visit, "/load/amount", { "transaction-id": IDTRX, amount: "100" });
        t.expect.equal("status of an amount without a page", none.status, 404, about);
        const seen = await t.system.load({ SITE: site.SITE, enter: () => "cancel" });
        const stranger = await giveAmount(t, site, theLoadPage(t, seen, source), "100");
        t.expect.equal("status of an amount for another session's page", stranger.status, 403, about);
      },
    }),
  ),
  defineCase({
    id: "LOAD-872-02-FUND-DIRECT",
    suite,
    purpose: "On the direct path each step needs the one before: no page before the choice, no amount before the page",
    requirements: ["LOAD-PRE-1072-a"],
    owner: "server",
    needs: { links: ["236"], loadSites: [{ source: "pre-funded", direct: true }] },
    async run(t) {
      const about = { requirement: "LOAD-PRE-1072-a" };
      const { SITE, accounts } = t.loadSiteFor({ source: "pre-funded", direct: true });
      const ACCOUNT = accounts[0]?.ACCOUNT ?? "";
      const balance = directBalance(await cardForm(t));
      const amount = encodeMessage({ kind: "load-amount", IDTRX: "00".repeat(16), MLDA: 100 });
      const select = encodeMessage({ kind: "load-selection", SESSION: OWN_SESSION, SITE, ACCOUNT });
      const refusal = toHex(encodeMessage({ kind: "refusal", CC: "A00A" }));
      for (const [what, messages] of [
        ["a balance before the choice", [balance]],
        ["an amount before the page", [select, amount]],
        ["a second choice", [select, select]],
      ] as const) {
        const answer = (await t.system.loadSession(messages)).at(-1);
        t.expect.equal(`answer to ${what}`, answer ? toHex(answer) : null, refusal, about);
      }
    },
  }),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-872-03",
      suite,
      purpose: "The card in the reader is read for each load: after a purchase, and when it is another one",
      requirements: ["872-c", "872-d"],
      owner: "server",
      needs: { links, cards: ["second"] },
      async run(t) {
        const site = siteOf(t, source);
        await t.system.load({ SITE: site.SITE, enter: () => "cancel" });
        await t.system.purchase();
        for (const card of ["specimen", "second"] as const) {
          if (card === "second") await t.system.insertCard(card);
          const purse = await t.system.readPurse();
          const seen = await t.system.load({ SITE: site.SITE, enter: () => "cancel" });
          const { BALANCE, CARDINFO } = read(t, seen);
          const fresh = { requirement: requirementOf(source, "872-c") };
          const amounts = toHex(concat(word(purse.BALIEP), word(purse.BALmaxIEP)));
          t.expect.equal(`balance and maximum read from the ${card} card`, BALANCE.slice(0, 16), amounts, fresh);
          const log = theLog(t, seen.events, "set-top-box", "card-read", fresh);
          t.expect.equal("balance in the log", log.fields.BALIEP, purse.BALIEP, { ...fresh, at: log });
          const got = given(t, seen, source);
          const about = { requirement: requirementOf(source, "872-d"), at: got.event };
          t.expect.equal(`BALANCE of the ${card} card at the account holder`, got.BALANCE, BALANCE, about);
          t.expect.equal(`CARDINFO of the ${card} card at the account holder`, got.CARDINFO, CARDINFO, about);
          t.expect.equal("ATR at the account holder", got.ATR, toHex(purse.ATR), about);
        }
      },
    }),
  ),
];

/** Four bytes. */
function word(value: number): Uint8Array {
  return fromHex(value.toString(16).padStart(8, "0"));
}
