/** Step 1091: another server, where the contract of a pre-funded account names one, hears what became of the load and opens it itself. */
import { openLoadConfirmation } from "../../harness/crypto/load-confirmation.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { bodyOf, loadKeys, theLoadPage } from "./support/page.ts";
import type { Source } from "./support/sources.ts";

const suite = "load";
const need = { source: "pre-funded", direct: false, additionalServer: true } as const;
const needs = { links: ["cable", "234", "236"], logs: ["additional-server"], loadSites: [need] } as const;
const WHO = "additional-server";

/** The bench's site, and what its cases look with. */
function siteWith(t: CaseContext) {
  const site = t.loadSiteFor(need);
  const source: Source = { id: "FUND-DES", source: "pre-funded", direct: false, suite: site.suite };
  return { site, source };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-1091-01",
    suite,
    purpose: "The confirmation goes to the URL of the page, and that server opens it, and keeps which value was loaded",
    requirements: [
      "LOAD-PRE-1074-i",
      "LOAD-PRE-1091-a",
      "LOAD-PRE-1091-b",
      "LOAD-PRE-1091-c",
      "LOAD-PRE-1091-d",
      "LOAD-PRE-1091-f",
    ],
    owner: "server",
    needs: { ...needs, keys: true },
    async run(t) {
      const { site, source } = siteWith(t);
      const purse = await t.system.readPurse();
      const seen = await t.system.load({ SITE: site.SITE, enter: () => 1_450 });
      const { event, page } = theLoadPage(t, seen, source);
      const about = { requirement: "LOAD-PRE-1091-b" };
      const given = t.expect.present("status URL", page.URL, { requirement: "LOAD-PRE-1074-i", at: event });
      t.expect.matches("status URL", given, /^https:/, { requirement: "LOAD-PRE-1074-i", at: event });
      const posts = messagesOn(seen.events, "234", "head-end").filter(({ step }) => step === "891");
      const whom = posts.map(({ to }) => to);
      t.expect.equal("who is sent the confirmation", whom, [WHO], about);
      const posted = t.expect.present("confirmation on link 234", posts[0], about);
      const { pathname, search } = new URL(given);
      const [line = ""] = new TextDecoder().decode(posted.bytes).split("\n");
      t.expect.equal("request line", line, `POST ${pathname}${search}`, { ...about, at: posted });
      const result = theMessage(t, seen.events, "236", "sealed-results", about);
      const CONF = result.message.CONF ?? new Uint8Array(0);
      const form = Object.fromEntries(new URLSearchParams(bodyOf(posted.bytes)));
      const hex = [...CONF].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
      const whole = { "transaction-id": page.IDTRX, confirmation: hex };
      t.expect.equal("form of the confirmation", form, whole, { ...about, at: posted });
      const log = theLog(t, seen.events, "head-end", "load-confirmed", { requirement: "LOAD-PRE-1091-c" });
      t.expect.equal("load and URL in the log", [log.IDTRX, log.fields.url], [page.IDTRX, given], {
        requirement: "LOAD-PRE-1091-c",
        at: log,
      });
      const keys = loadKeys(t, { page }, source);
      const said = openLoadConfirmation(keys.suite, keys.KDER, keys.IDMER, keys.IDTRX, CONF);
      t.expect.equal("value and card that the confirmation says", [said?.MLDA, said?.IDIEP], [1_450, purse.IDIEP], {
        requirement: "LOAD-PRE-1091-d",
      });
      const entry = theLog(t, seen.events, WHO, "confirmation-registered", { requirement: "LOAD-PRE-1091-d" });
      const opened = [entry.IDTRX, entry.fields.accepted, entry.fields.CC];
      t.expect.equal("what is registered", opened, [page.IDTRX, true, "0000"], {
        requirement: "LOAD-PRE-1091-d",
        at: entry,
      });
      const proof = [entry.fields.MLDA, entry.fields.CURRLDA, entry.fields.IDIEP];
      t.expect.equal("value and card that are kept", proof, [1_450, page.CURRLDA, purse.IDIEP], {
        requirement: "LOAD-PRE-1091-f",
        at: entry,
      });
      const told = theMessage(t, seen.events, "cable", "result", { requirement: "LOAD-PRE-1091-a" });
      t.expect.matches("message for the user", told.message.CONTENT, /loaded.*14\.50/i, {
        requirement: "LOAD-PRE-1091-a",
        at: told.event,
      });
      t.expect.completed(seen, { requirement: "LOAD-PRE-1091-a" });
    },
  }),
  defineCase({
    id: "LOAD-1091-02",
    suite,
    purpose:
      "A confirmation that was altered on its way proves nothing there, and changes nothing in the account either",
    requirements: ["LOAD-PRE-1091-d", "LOAD-PRE-1091-e"],
    owner: "server",
    needs,
    async run(t) {
      const { site } = siteWith(t);
      const before = await moneyOf(t, site);
      for (const [what, pattern, replacement] of [
        ["its last byte is another", /(confirmation=[0-9A-F]+)[0-9A-F]{2}$/, "$1A5"],
        ["it is one byte shorter", /(confirmation=[0-9A-F]+)[0-9A-F]{2}$/, "$1"],
        ["it is about another load", /(transaction-id=)[0-9A-F]{4}/, "$1BEEF"],
      ] as const) {
        const fault = t.system.disturb({
          link: "234",
          from: "head-end",
          message: "POST /loads",
          act: (body) => new TextEncoder().encode(new TextDecoder().decode(body).replace(pattern, replacement)),
          what: `the confirmation is altered: ${what}`,
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 100 });
        const about = { requirement: "LOAD-PRE-1091-e" };
        t.expect.equal("confirmations that were altered", fault.hits, 1, about);
        fault[Symbol.dispose]();
        const heard = logsOf(seen.events, WHO, "confirmation-registered").map(({ fields }) => [
          fields.accepted,
          fields.MLDA,
        ]);
        t.expect.equal(`what is registered when ${what}`, heard, [[false, null]], about);
        t.expect.completed(seen, { requirement: "LOAD-PRE-1091-d" });
      }
      expectMoved(t, before, await moneyOf(t, site), loadedBy(300), { requirement: "LOAD-PRE-1091-e" });
    },
  }),
  defineCase({
    id: "LOAD-1091-03",
    suite,
    purpose:
      "That no load occurred is no success there: it is registered as that, and the account has its amount again",
    requirements: ["LOAD-PRE-1091-e", "LOAD-PRE-1091-g"],
    owner: "server",
    needs: { ...needs, cards: ["unknown-key-version"] },
    async run(t) {
      const { site } = siteWith(t);
      await t.system.insertCard("unknown-key-version");
      const before = await moneyOf(t, site);
      const seen = await t.system.load({ SITE: site.SITE, enter: () => 990 });
      t.expect.refused(seen, "9403", { requirement: "LOAD-PRE-1091-g" });
      const about = { requirement: "LOAD-PRE-1091-e" };
      const entry = theLog(t, seen.events, WHO, "confirmation-registered", about);
      t.expect.equal("what is registered", [entry.fields.accepted, entry.fields.CC], [true, "9403"], {
        ...about,
        at: entry,
      });
      expectMoved(t, before, await moneyOf(t, site), {}, { requirement: "LOAD-PRE-1091-g" });
    },
  }),
  defineCase({
    id: "LOAD-1091-04",
    suite,
    purpose: "Where that server is not to be had the load is as good as any other: it decides nothing",
    requirements: ["LOAD-PRE-1091-b"],
    owner: "server",
    needs,
    async run(t) {
      const about = { requirement: "LOAD-PRE-1091-b" };
      const { site } = siteWith(t);
      const before = await moneyOf(t, site);
      using _fault = t.system.disturb({
        link: "234",
        from: "head-end",
        message: "POST /loads",
        act: () => "lose-link",
        what: "the other server is not to be had",
      });
      const seen = await t.system.load({ SITE: site.SITE, enter: () => 250 });
      t.expect.completed(seen, about);
      expectMoved(t, before, await moneyOf(t, site), loadedBy(250), about);
      t.expect.equal("registered confirmations", logsOf(seen.events, WHO, "confirmation-registered").length, 0, about);
    },
  }),
];
