/** Step 874: the load page, its applet parameters, and what they are for. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import { loadSecurityInformation } from "../../harness/crypto/load-security.ts";
import { openTsk } from "../../harness/crypto/transaction-keys.ts";
import { type Case, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { inText } from "../payment/support/alter.ts";
import { logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { ownPage } from "./support/browser.ts";
import { expectMoved, moneyOf } from "./support/moved.ts";
import { holderRole, loadKeys, theInner, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, requirementOf, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "236"] as const;

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-874-01",
      suite,
      purpose:
        "The page names value, currency, load server, holder, keys and method, each as it is, and all of it is sealed by the holder",
      requirements: [
        "874-b",
        "874-c",
        "874-d",
        "874-f",
        "874-h",
        "874-j",
        "874-k",
        ...(source.source === "bank" ? ["LOAD-BANK-0020-b"] : []),
      ],
      owner: "server",
      needs: { links, keys: true, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const of = (end: string) => requirementOf(source, end);
        const seen = await t.system.load({ SITE: site.SITE });
        const { event, page } = theLoadPage(t, seen, source);
        const at = (end: string) => ({ requirement: of(end), at: event });
        const [account] = site.accounts;
        t.expect.equal("currency", page.CURRLDA, account?.CURR, at("874-b"));
        t.expect.equal("exponent", page.CEXPLDA, account?.CEXP, at("874-h"));
        const sent = theLog(t, seen.events, "head-end", "load-request-sent", at("874-c"));
        t.expect.equal("address in the log of the load request", sent.fields.host, page.HOST, {
          ...at("874-c"),
          at: sent,
        });
        t.expect.equal("port in the log of the load request", sent.fields.port, page.PORT, {
          ...at("874-d"),
          at: sent,
        });
        theMessage(t, seen.events, "236", "sealed-opening", at("874-c"));
        t.expect.equal("identifier of the account holder", page.IDMER, site.IDMER, at("874-f"));
        t.expect.equal("number of the load server", page.IDACQ, t.facts.loadServer.IDACQ, at("874-f"));
        t.expect.equal("encryption method", page.ENCRYPTION, source.suite, at("874-k"));
        t.expect.matches("release level", page.RELEASE, /^\d+\.\d+$/, at("874-k"));
        const KMER = t.keys.merchantKey(site.IDMER) ?? inconclusive("no contract key is at hand", "bench");
        const { IDMER, IDTRX, MLDAmax, CURRLDA, CEXPLDA, DTHR } = page;
        const terms = { IDMER, IDTRX, MLDAmax, CURRLDA, CEXPLDA, DTHR, encryption: source.suite };
        const SECINFO = toHex(loadSecurityInformation(KMER, terms));
        t.expect.equal("security information", toHex(page.SECINFO), SECINFO, at("874-j"));
        const keys = loadKeys(t, { page }, source);
        theInner(t, seen, "236", keys, "load-command", { requirement: of("874-k") });
        if (source.source === "bank") {
          const random = fromHex(page.RND ?? "");
          const ETSK = page.ETSK ?? new Uint8Array(0);
          const TSK = openTsk(source.suite, keys.KDER, { IDMER, IDTRX, RND: random }, ETSK);
          t.expect.equal("session key in ETSK", TSK && toHex(TSK), toHex(keys.TSK), at("0020-b"));
        }
        t.expect.completed(seen, at("874-c"));
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-874-02",
      suite,
      purpose: "Currency and exponent of the page are those of card and account, also without decimals",
      requirements: ["874-b", "874-h"],
      owner: "server",
      needs: { links, cards: ["yen"] },
      async run(t) {
        const site = siteOf(t, source);
        const account = site.accounts.find(({ CEXP }) => CEXP === 0);
        const { ACCOUNT, CURR } = t.expect.present("an account without decimals", account);
        await t.system.insertCard("yen");
        const before = await moneyOf(t, site, ACCOUNT);
        const seen = await t.system.load({ SITE: site.SITE, ACCOUNT, enter: () => 700 });
        const { event, page } = theLoadPage(t, seen, source);
        t.expect.equal("currency", page.CURRLDA, CURR, { requirement: requirementOf(source, "874-b"), at: event });
        const about = { requirement: requirementOf(source, "874-h"), at: event };
        t.expect.equal("exponent", page.CEXPLDA, 0, about);
        t.expect.completed(seen, about);
        expectMoved(t, before, await moneyOf(t, site, ACCOUNT), { account: -700, pool: 700, card: 700 }, about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-874-03",
      suite,
      purpose:
        "Every page has an identifier and a session key of its own, and both servers know the load by that identifier",
      requirements: ["874-e", "874-g"],
      owner: "server",
      needs: { links, keys: true, database: true, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const identifiers = new Set<string>();
        const secrets = new Set<string>();
        const loads = 2;
        for (let load = 0; load < loads; load++) {
          const seen = await t.system.load({ SITE: site.SITE, enter: () => 100 + load });
          const { event, page } = theLoadPage(t, seen, source);
          identifiers.add(page.IDTRX);
          secrets.add(toHex(page.TSK ?? new Uint8Array(0)));
          const about = { requirement: requirementOf(source, "874-e"), at: event };
          const row = (await t.system.loads()).find(({ IDTRX }) => IDTRX === page.IDTRX);
          const held = (await t.system.heldLoads()).find(({ IDTRX }) => IDTRX === page.IDTRX);
          t.expect.equal("amount with the load server under the identifier", row?.MLDA, 100 + load, about);
          t.expect.equal("amount with the account holder under it", held?.MLDA, 100 + load, about);
          t.expect.equal("account with the account holder under it", held?.ACCOUNT, site.accounts[0]?.ACCOUNT, about);
          const key = { requirement: requirementOf(source, "874-g"), at: event };
          theInner(t, seen, "236", loadKeys(t, { page }, source), "load-request", key);
          t.expect.completed(seen, about);
        }
        t.expect.equal("different identifiers", identifiers.size, loads, {
          requirement: requirementOf(source, "874-e"),
        });
        t.expect.equal("different session keys", secrets.size, loads, { requirement: requirementOf(source, "874-g") });
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-874-04",
      suite,
      purpose:
        source.source === "bank"
          ? "The status URL is on the bank's own site, and the bank hears there what became of the load"
          : "Where the contract names no other server the page has no status URL, and nobody is told over the Internet",
      requirements: source.source === "bank" ? ["874-i"] : ["874-i", "LOAD-PRE-0057-a"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE });
        const { event, page } = theLoadPage(t, seen, source);
        const about = { requirement: requirementOf(source, "874-i"), at: event };
        const told = messagesOn(seen.events, "234", "head-end").filter(({ step }) => step === "891");
        if (source.source === "bank") {
          const own = new URL(site.origin).hostname;
          t.expect.equal("host of the status URL", new URL(page.URL ?? "none:").hostname, own, about);
          t.expect.equal(
            "confirmations posted",
            told.map(({ to }) => to),
            ["bank-server"],
            about,
          );
          const confirmed = theLog(t, seen.events, "head-end", "load-confirmed", about);
          t.expect.equal("where the confirmation goes", confirmed.fields.url, page.URL, about);
        } else {
          t.expect.absent("status URL", page.URL, about);
          t.expect.equal("confirmations posted", told.length, 0, about);
          const bank = messagesOn(seen.events, "234").filter(
            ({ from, to }) => from === "bank-server" || to === "bank-server",
          );
          t.expect.equal("messages from or to a bank", bank.length, 0, { requirement: "LOAD-PRE-0057-a" });
        }
        t.expect.completed(seen, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-874-05",
      suite,
      purpose: "A page with a raised maximum lets nobody load more: the account holder knows what it offered",
      requirements: ["874-j"],
      owner: "server",
      needs: { links, keys: true, cards: ["low-maximum"] },
      async run(t) {
        const site = siteOf(t, source);
        await t.system.insertCard("low-maximum");
        const { BALIEP, BALmaxIEP } = await t.system.readPurse();
        const most = BALmaxIEP - BALIEP;
        const before = await moneyOf(t, site);
        using _fault = t.system.disturb({
          link: "234",
          from: holderRole(source),
          act: inText(/(name="maximum-load-value" value=")\d+/, `$1${most + 500}`),
          what: "the maximum load value on the page is raised",
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => most + 1 });
        const about = { requirement: requirementOf(source, "874-j") };
        t.expect.refused(seen, "A022", about);
        const { event, message } = theMessage(t, seen.events, "cable", "load-page", about);
        const KMER = t.keys.merchantKey(site.IDMER) ?? inconclusive("no contract key is at hand", "bench");
        const { IDMER, IDTRX, CURRLDA, CEXPLDA, DTHR } = message;
        const offered = { IDMER, IDTRX, MLDAmax: most, CURRLDA, CEXPLDA, DTHR, encryption: source.suite };
        const SECINFO = toHex(loadSecurityInformation(KMER, offered));
        t.expect.equal("maximum that was shown", message.MLDAmax, most + 500, { ...about, at: event });
        t.expect.equal("security information, that of the true maximum", toHex(message.SECINFO), SECINFO, {
          ...about,
          at: event,
        });
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-874-06",
      suite,
      purpose: "The finished page activates the code module of the head end, and nothing else does",
      requirements: ["874-l"],
      owner: "server",
      needs: { links, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "874-l") };
        const seen = await t.system.load({ SITE: site.SITE, enter: () => "cancel" });
        const { event, page } = theLoadPage(t, seen, source, about);
        const log = theLog(t, seen.events, "head-end", "load-module-activated", about);
        t.expect.equal("load of the module", log.IDTRX, page.IDTRX, { ...about, at: log });
        t.expect.equal("account holder of the module", log.fields.IDMER, page.IDMER, { ...about, at: log });
        t.expect.that(event.n < log.n, "the module is activated by the page", { ...about, at: log });
        if (source.direct) return;
        using _fault = t.system.disturb({
          link: "234",
          from: holderRole(source),
          act: inText(/<param name="transaction-id"[^>]*>/, ""),
          what: "the page has no transaction identifier",
        });
        const without = await t.system.load({ SITE: site.SITE });
        t.expect.refused(without, "A017", about);
        const activated = logsOf(without.events, "head-end", "load-module-activated");
        t.expect.equal("activations by a page without parameters", activated.length, 0, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-874-07",
      suite,
      purpose: "A page that nobody answers holds nothing, and pages differ in all that protects them",
      requirements: ["874-g"],
      owner: "server",
      needs: { links: ["234"], keys: true },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "874-g") };
        const before = await moneyOf(t, site);
        const pages = [await ownPage(t, site), await ownPage(t, site), await ownPage(t, site)];
        for (const name of ["RND", "TSK", "ETSK", "SECINFO", "IDTRX"] as const) {
          const values = pages.map(({ page }) => show(page[name]));
          t.expect.equal(`different values of ${name}`, new Set(values).size, pages.length, about);
        }
        const { page } = await ownPage(t, site);
        const keys = loadKeys(t, { page }, source);
        const RND = fromHex(page.RND ?? "");
        const ETSK = page.ETSK ?? new Uint8Array(0);
        const opened = openTsk(source.suite, keys.KDER, { ...keys, RND }, ETSK);
        t.expect.equal("session key that ETSK holds", opened && toHex(opened), toHex(keys.TSK), about);
        expectMoved(t, before, await moneyOf(t, site), {}, about);
      },
    }),
  ),
];

function show(value: string | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? toHex(value) : String(value);
}
