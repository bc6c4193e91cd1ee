/** Steps 891 and 892: the bank hears what became of the load, and believes nothing but the load server's word on this very load. */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { type LoadConfirmation, sealLoadConfirmation } from "../../harness/crypto/load-confirmation.ts";
import { nonceLength } from "../../harness/crypto/seal.ts";
import type { LoadSiteFacts } from "../../harness/flows/loading.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { giveAmount, OWN_SESSION, ownPage, post } from "./support/browser.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { bodyOf, type LoadKeys, loadKeys, type ShownPage, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, type Source, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;
const BANKS = EVERY.filter(({ source }) => source === "bank");

/** What the load server would seal of that load, with what is said otherwise. */
function confirmation(
  t: CaseContext,
  { suite: method, KDER }: LoadKeys,
  said: LoadConfirmation,
  NUMBER = 1,
): Uint8Array {
  t.note(`the case confirms: ${said.CC}, ${said.MLDA}`);
  return sealLoadConfirmation(method, KDER, said, new Uint8Array(nonceLength(method)).fill(NUMBER));
}

/** A positive word on that load, for the card in the reader. */
async function wordOn(t: CaseContext, { page }: Pick<ShownPage, "page">, MLDA: number): Promise<LoadConfirmation> {
  const { PPIEP, IDIEP, NTIEP } = await t.system.readPurse();
  const { IDTRX, IDMER, CURRLDA, CEXPLDA, DTHR } = page;
  return { IDTRX, IDMER, CC: "0000", MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR };
}

/** Brings a confirmation to the bank, as a head end would. */
async function tell(t: CaseContext, site: LoadSiteFacts, IDTRX: string, CONF: Uint8Array): Promise<number> {
  const form = { "transaction-id": IDTRX, confirmation: toHex(CONF) };
  return (await post(t, { site, SESSION: OWN_SESSION }, "/load/status", form)).status;
}

/** What FIG 15 and FIG 17 say of a load that did not take place. */
function nothingLoaded({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-892-e" : "LOAD-PRE-1091-g";
}

function toldToUser({ source }: Source): string {
  return source === "bank" ? "LOAD-BANK-891-b" : "LOAD-PRE-1091-a";
}

export const cases: readonly Case[] = [
  ...forSources(BANKS, (source) =>
    defineCase({
      id: "LOAD-891-01",
      suite,
      purpose:
        "The confirmation goes to the bank's URL of this load as it is, is registered there, and the user hears of the load",
      requirements: ["891-a", "891-b", "891-c", "892-a"],
      owner: "server",
      needs: { links, database: true },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE });
        const { page } = theLoadPage(t, seen, source);
        const about = { requirement: "LOAD-BANK-891-a" };
        const result = theMessage(t, seen.events, "236", "sealed-results", about);
        const posts = messagesOn(seen.events, "234", "head-end").filter(({ step }) => step === "891");
        t.expect.equal("confirmations posted", posts.length, 1, about);
        const posted = t.expect.present("confirmation on link 234 (891)", posts[0], about);
        t.expect.equal("receiver of the confirmation", posted.to, "bank-server", { ...about, at: posted });
        const [line = ""] = new TextDecoder().decode(posted.bytes).split("\n");
        const path = new URL(page.URL ?? "none:").pathname;
        t.expect.equal("request line", line, `POST ${path}`, { ...about, at: posted });
        const form = Object.fromEntries(new URLSearchParams(bodyOf(posted.bytes)));
        const whole = { "transaction-id": page.IDTRX, confirmation: toHex(result.message.CONF ?? new Uint8Array(0)) };
        t.expect.equal("form of the confirmation", form, whole, { ...about, at: posted });
        const log = theLog(t, seen.events, "head-end", "load-confirmed", { requirement: "LOAD-BANK-891-c" });
        const logged = { requirement: "LOAD-BANK-891-c", at: log };
        t.expect.equal("load and URL in the log", [log.IDTRX, log.fields.url], [page.IDTRX, page.URL], logged);
        const registered = { requirement: "LOAD-BANK-892-a" };
        const entry = theLog(t, seen.events, "bank-server", "confirmation-registered", registered);
        const heard = [entry.IDTRX, entry.fields.accepted, entry.fields.CC, entry.fields.MLDA];
        t.expect.equal("what the bank registers", heard, [page.IDTRX, true, "0000", 2_500], {
          ...registered,
          at: entry,
        });
        const row = (await t.system.heldLoads()).find(({ IDTRX }) => IDTRX === page.IDTRX);
        t.expect.equal("the bank's row", row?.status, "loaded", registered);
        const user = { requirement: "LOAD-BANK-891-b" };
        const told = theMessage(t, seen.events, "cable", "result", user);
        t.expect.equal("code for the user", told.message.CC, "0000", { ...user, at: told.event });
        t.expect.matches("message for the user", told.message.CONTENT, /loaded.*25\.00/i, { ...user, at: told.event });
        t.expect.that(entry.n < told.event.n, "the bank has registered before the user is told", {
          ...user,
          at: told.event,
        });
        t.expect.completed(seen, user);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-891-02",
      suite,
      purpose:
        "After a negative result nobody is told of a load: the user hears why not, the amount is back, nothing is settled",
      requirements: [toldToUser(source), nothingLoaded(source)],
      owner: "server",
      needs: { links, cards: ["unknown-key-version"] },
      async run(t) {
        const site = siteOf(t, source);
        await t.system.insertCard("unknown-key-version");
        const before = { money: await moneyOf(t, site), purse: await t.system.readPurse() };
        const seen = await t.system.load({ SITE: site.SITE });
        const about = { requirement: toldToUser(source) };
        t.expect.refused(seen, "9403", about);
        const { event, message } = theMessage(t, seen.events, "cable", "user-message", about);
        t.expect.equal("code for the user", message.CC, "9403", { ...about, at: event });
        t.expect.matches("message for the user", message.TEXT, /did not take place.*back in the account/i, {
          ...about,
          at: event,
        });
        const success = messagesOn(seen.events, "cable", "head-end").filter(({ bytes }) => bytes[0] === 0xe8);
        t.expect.equal("messages of success", success.length, 0, about);
        const none = { requirement: nothingLoaded(source) };
        expectMoved(t, before.money, await moneyOf(t, site), {}, none);
        const held = (await t.system.heldLoads()).map(({ status, MLDA }) => ({ status, MLDA }));
        t.expect.equal("loads of the account holder", held, [{ status: "released", MLDA: 2_500 }], none);
        const reference = `release/${seen.outcome.IDTRX ?? ""}`;
        const entries = await t.system.entries(`customer:${site.IDMER}:${site.accounts[0]?.ACCOUNT ?? ""}`);
        const given = entries.filter((entry) => entry.reference === reference).map(({ amount }) => amount);
        t.expect.equal("what was given back to the account", given, [2_500], none);
        t.expect.equal("NTIEP", (await t.system.readPurse()).BALIEP, before.purse.BALIEP, none);
      },
    }),
  ),
  ...forSources(BANKS, (source) =>
    defineCase({
      id: "LOAD-892-01",
      suite,
      purpose:
        "A confirmation that does not open, is about another load, or says another amount or card is no confirmation",
      requirements: ["892-b", "892-c", "892-d", "GEN-0117-b"],
      owner: "server",
      needs: { links, keys: true },
      async run(t) {
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const MLDA = 640;
        const { NTIEP } = await t.system.readPurse();
        const lost = t.system.disturb({
          link: "234",
          from: "head-end",
          message: "POST /load/status",
          act: () => "lose-link",
          what: "the bank hears nothing of the load",
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
        lost[Symbol.dispose]();
        const offer = theLoadPage(t, seen, source);
        const keys = loadKeys(t, offer, source);
        const word = { ...(await wordOn(t, offer, MLDA)), NTIEP };
        const result = theMessage(t, seen.events, "236", "sealed-results").message;
        const genuine = result.CONF ?? new Uint8Array(0);
        const stranger = { ...keys, KDER: flipBit(keys.KDER, 3) };
        const sayings: readonly (readonly [string, Uint8Array, "b" | "c" | "d"])[] = [
          ["with one bit altered", flipBit(genuine, 8 * genuine.length - 1), "b"],
          ["under another key", confirmation(t, stranger, word), "b"],
          ["of random bytes", fromHex("5A".repeat(genuine.length)), "b"],
          ["in clear", new Uint8Array(51), "c"],
          ["about another load", confirmation(t, keys, { ...word, IDTRX: "11".repeat(16) }), "c"],
          ["about another bank", confirmation(t, keys, { ...word, IDMER: "BNK00009" }), "c"],
          ["about another amount", confirmation(t, keys, { ...word, MLDA: MLDA - 1 }), "d"],
          ["about the maximum", confirmation(t, keys, { ...word, MLDA: offer.page.MLDAmax }), "d"],
          ["about another currency", confirmation(t, keys, { ...word, CURRLDA: "0840" }), "d"],
          ["about another card", confirmation(t, keys, { ...word, IDIEP: "0000009999" }), "d"],
        ];
        for (const [what, CONF, letter] of sayings) {
          const about = { requirement: `LOAD-BANK-892-${letter}` };
          const since = t.system.events().at(-1)?.n ?? 0;
          t.expect.equal(`status of a confirmation ${what}`, await tell(t, site, word.IDTRX, CONF), 403, about);
          const log = theLog(t, t.system.events(since), "bank-server", "confirmation-registered", about);
          t.expect.equal(`whether one ${what} is accepted`, log.fields.accepted, false, { ...about, at: log });
          expectMoved(t, before, await moneyOf(t, site), { account: -MLDA, hold: MLDA, card: MLDA }, about);
        }
        const about = { requirement: "LOAD-BANK-892-c" };
        t.expect.equal("status of the genuine one", await tell(t, site, word.IDTRX, genuine), 200, about);
        expectMoved(t, before, await moneyOf(t, site), loadedBy(MLDA), about);
        t.expect.equal("status of the same again", await tell(t, site, word.IDTRX, genuine), 200, about);
        const contrary = confirmation(t, keys, { ...word, CC: "A023" }, 2);
        t.expect.equal("status of the contrary", await tell(t, site, word.IDTRX, contrary), 409, {
          requirement: "GEN-0117-b",
        });
        expectMoved(t, before, await moneyOf(t, site), loadedBy(MLDA), about);
      },
    }),
  ),
  ...forSources(BANKS, (source) =>
    defineCase({
      id: "LOAD-892-02",
      suite,
      purpose:
        "A confirmation that says that no load occurred is just as good a word: the hold goes back, and nothing is settled",
      requirements: ["892-e", "GEN-0117-b"],
      owner: "server",
      needs: { links, keys: true },
      async run(t) {
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const offer = await ownPage(t, site);
        await giveAmount(t, site, offer, "640");
        const keys = loadKeys(t, offer, source);
        const word = await wordOn(t, offer, 640);
        const about = { requirement: "LOAD-BANK-892-e" };
        const CONF = confirmation(t, keys, { ...word, CC: "A023" });
        const since = t.system.events().at(-1)?.n ?? 0;
        t.expect.equal("status of the negative confirmation", await tell(t, site, word.IDTRX, CONF), 402, about);
        const events = t.system.events(since);
        const log = theLog(t, events, "bank-server", "confirmation-registered", about);
        const heard = [log.fields.accepted, log.fields.CC];
        t.expect.equal("what the bank registers", heard, [true, "A023"], { requirement: "GEN-0117-b", at: log });
        t.expect.equal("released holds in the log", logsOf(events, "bank-server", "hold-released").length, 1, about);
        expectMoved(t, before, await moneyOf(t, site), {}, about);
        const later = confirmation(t, keys, word, 2);
        t.expect.equal("status of the contrary", await tell(t, site, word.IDTRX, later), 409, {
          requirement: "GEN-0117-b",
        });
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  ...forSources(BANKS, (source) =>
    defineCase({
      id: "LOAD-892-03",
      suite,
      purpose:
        "A confirmation that is spoilt on its way ends no hold: the user keeps his value, and the bank asks for itself",
      requirements: ["892-c", "GEN-0164-c"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: "LOAD-BANK-892-c" };
        const before = await moneyOf(t, site);
        using _fault = t.system.disturb({
          link: "234",
          from: "head-end",
          message: "POST /load/status",
          act: (body) => new TextEncoder().encode(new TextDecoder().decode(body).replace(/..$/, "00")),
          what: "the last byte of the confirmation is zero",
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 800 });
        t.expect.refused(seen, "A018", about);
        expectMoved(t, before, await moneyOf(t, site), { account: -800, hold: 800, card: 800 }, about);
        await t.system.settleHolds();
        expectMoved(t, before, await moneyOf(t, site), loadedBy(800), { requirement: "GEN-0164-c" });
        const asked = messagesOn(t.system.events(), "236", "bank-server").length;
        t.expect.equal("messages of the bank to the load server", asked, 1, { requirement: "GEN-0164-c" });
      },
    }),
  ),
];
