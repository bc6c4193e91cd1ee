/** Steps 887 and 890 (1087, 1090): what the load server keeps of a load, and the confirmation that it makes. */
import { flipBit, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import {
  type LoadConfirmation,
  loadConfirmationText,
  openLoadConfirmation,
  sealLoadConfirmation,
} from "../../harness/crypto/load-confirmation.ts";
import { nonceLength, open } from "../../harness/crypto/seal.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { elementOf } from "../payment/support/alter.ts";
import { logsOf, messagesOn } from "../payment/support/observe.ts";
import { OWN_SESSION, post } from "./support/browser.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { theCredit, theInitialisation } from "./support/observe.ts";
import { aboutOf, loadOnce, type OneLoad } from "./support/one-load.ts";
import { loadKeys, theLoadPage } from "./support/page.ts";
import { keysIn, secretsOf } from "./support/secrets.ts";
import { BOTH, EVERY, forSources, onLab, type Source, siteOf } from "./support/sources.ts";

const LOAD_RESULT = 0xef;

export const cases: readonly Case[] = [
  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-887-01",
      suite: "load",
      purpose:
        "The load server logs what the HSM answered to the request and to the card's answer, under the transaction identifier",
      requirements: ["887-a"],
      owner: "server",
      needs: { keys: true, links: ["235", "HSM"], logs: ["load-server"] },
      async run(t) {
        const about = aboutOf(source, "887-a");
        const { seen, request } = await loadOnce(t, source);
        t.expect.completed(seen);
        const entries = logsOf(seen, "load-server", "hsm-response").map(({ IDTRX, fields }) => ({
          IDTRX,
          command: fields.command,
          error: fields.error,
        }));
        const { IDTRX } = request.init;
        const due = [
          { IDTRX, command: "DM", error: "00" },
          { IDTRX, command: "DO", error: "00" },
        ];
        t.expect.equal("log entries hsm-response", entries, due, about);
      },
    }),
  ),

  ...forSources(onLab(EVERY, "FUND"), (source) =>
    defineCase({
      id: "LOAD-887-02",
      suite: "load",
      purpose:
        "The load server's row has identifier, account holder, the value that was loaded, and the card with request, command and answer",
      requirements: ["887-b", "887-c", "887-d"],
      owner: "server",
      needs: { keys: true, links: ["235"], database: true },
      async run(t) {
        const { seen, site, request } = await loadOnce(t, source, 1999);
        t.expect.completed(seen);
        const { init, card, LOADINIT, LOADRSP } = request;
        const rows = await t.system.loads();
        t.expect.equal(
          "identifiers of the rows",
          rows.map(({ IDTRX }) => IDTRX),
          [init.IDTRX],
          aboutOf(source, "887-b"),
        );
        const row = t.expect.present("row of the load", rows[0], aboutOf(source, "887-b"));
        const ACCOUNT = source.source === "bank" ? null : site.accounts[0]?.ACCOUNT;
        t.expect.equal(
          "account holder, source and account",
          [row.IDMER, row.SOURCE, row.ACCOUNT],
          [site.IDMER, source.source === "bank" ? 1 : 2, ACCOUNT],
          aboutOf(source, "887-c"),
        );
        t.expect.equal(
          "load value with currency and exponent",
          [row.MLDA, row.CURRLDA, row.CEXPLDA],
          [1999, init.CURRLDA, init.CEXPLDA],
          aboutOf(source, "887-d"),
        );
        const { LOADDATA, answer } = theCredit(t, seen);
        t.expect.equal(
          "card, number, status, request, command and answer",
          [row.PPIEP, row.IDIEP, row.NTIEP, row.status, row.CC, row.request, row.command, row.response],
          [
            card.PPIEP,
            card.IDIEP,
            card.NTIEP,
            "loaded",
            "0000",
            toHex(LOADINIT) + toHex(LOADRSP),
            toHex(LOADDATA),
            toHex(answer.subarray(0, 16)),
          ],
          aboutOf(source, "887-d"),
        );
      },
    }),
  ),

  ...forSources(onLab(BOTH, "BANK"), (source) =>
    defineCase({
      id: "LOAD-887-03",
      suite: "load",
      purpose: "Nothing that the load server keeps of a load, or logs, is a key in clear",
      requirements: ["887-e"],
      owner: "server",
      needs: { keys: true, links: ["235"], database: true, logs: ["load-server"] },
      async run(t) {
        const about = aboutOf(source, "887-e");
        const one = await loadOnce(t, source);
        t.expect.completed(one.seen);
        const secrets = secretsOf(t, one);
        const kept = JSON.stringify(await t.system.loads());
        t.expect.equal("keys in the rows of the load server", keysIn(kept, secrets), [], about);
        const logs = one.seen.events.filter((event) => event.kind === "log" && event.role === "load-server");
        t.expect.equal("keys in the log of the load server", keysIn(JSON.stringify(logs), secrets), [], about);
      },
    }),
  ),

  ...forSources(onLab(EVERY, "BANK", "FUND-DIRECT"), (source) =>
    defineCase({
      id: "LOAD-890-01",
      suite: "load",
      purpose:
        "The confirmation says identifier, amount, currency and card under the key of account holder and load server, and is unreadable to the head end",
      requirements: ["890-a", "890-b"],
      owner: "server",
      needs: { keys: true, links: ["235", "236"] },
      async run(t) {
        const one = await loadOnce(t, source, 4321);
        const { seen, keys } = one;
        t.expect.completed(seen);
        const [event] = messagesOn(seen, "236", "load-server").filter(({ bytes }) => bytes[0] === LOAD_RESULT);
        const about = { ...aboutOf(source, "890-b"), at: event };
        const CONF = t.expect.present("CONF in the result", event && elementOf(event.bytes, "CONF"), about);
        t.expect.equal("length of CONF", CONF.length, source.suite === "AES-128-GCM" ? 79 : 72, about);
        const due = confirmationOf(one, "0000");
        const said = openLoadConfirmation(keys.suite, keys.KDER, keys.IDMER, keys.IDTRX, CONF);
        t.expect.equal("what the confirmation says", said, due, { ...aboutOf(source, "890-a"), at: event });
        const asHeadEnd = openLoadConfirmation(keys.suite, keys.TSK, keys.IDMER, keys.IDTRX, CONF);
        t.expect.equal("the confirmation as the session key opens it", asHeadEnd, null, about);
        const text = toHex(loadConfirmationText(due).subarray(25));
        const clear = messagesOn(seen, "236").filter(({ bytes }) => toHex(bytes).includes(text));
        t.expect.equal("messages on link 236 with the text of the confirmation in clear", clear.length, 0, about);
      },
    }),
  ),

  ...forSources(
    onLab(
      EVERY.filter((each) => each.source === "bank"),
      "BANK-DES",
    ),
    (source) =>
      defineCase({
        id: "LOAD-890-02",
        suite: "load",
        purpose:
          "The bank takes no confirmation that was altered, made with the session key or about other values: 403, the hold stays, and the genuine word is booked",
        requirements: ["890-c"],
        owner: "server",
        needs: { keys: true, links: ["234", "235", "236"] },
        async run(t) {
          const about = aboutOf(source, "890-c");
          const site = siteOf(t, source);
          const before = await moneyOf(t, site);
          const kept: string[] = [];
          using lost = t.system.disturb({
            link: "234",
            from: "head-end",
            message: "POST /load/status",
            act: (body) => {
              kept.push(new URLSearchParams(new TextDecoder().decode(body)).get("confirmation") ?? "");
              return "lose-link";
            },
            what: "the confirmation does not reach the bank",
          });
          const one = await loadOnce(t, source, 600);
          lost[Symbol.dispose]();
          const CONF = fromHex(t.expect.present("confirmation of the head end", kept[0], about));
          const tell = async (confirmation: Uint8Array) =>
            await post(t, { site, SESSION: OWN_SESSION }, "/load/status", {
              "transaction-id": one.keys.IDTRX,
              confirmation: toHex(confirmation),
            });
          for (const [what, forged] of forgeries(t, one, CONF)) {
            t.expect.equal(`answer to a confirmation ${what}`, (await tell(forged)).status, 403, about);
          }
          expectMoved(t, before, await moneyOf(t, site), { account: -600, hold: 600, card: 600 }, about);
          t.expect.equal("answer to the genuine confirmation", (await tell(CONF)).status, 200, about);
          expectMoved(t, before, await moneyOf(t, site), { account: -600, pool: 600, card: 600 }, about);
        },
      }),
  ),

  defineCase({
    id: "LOAD-890-03",
    suite: "load",
    purpose:
      "Where a server beside the load server hears of a pre-funded load, it takes no confirmation that was altered, is in clear or was made with the session key",
    requirements: ["LOAD-PRE-1090-c"],
    owner: "server",
    needs: {
      keys: true,
      links: ["cable", "234", "235", "236"],
      logs: ["additional-server"],
      loadSites: [{ source: "pre-funded", direct: false, additionalServer: true }],
    },
    async run(t) {
      const about = { requirement: "LOAD-PRE-1090-c" };
      const site = t.loadSiteFor({ source: "pre-funded", direct: false, additionalServer: true });
      const source: Source = { id: "FUND-DES", source: "pre-funded", direct: false, suite: site.suite };
      for (const what of ["altered", "in clear", "under the session key"] as const) {
        const before = await moneyOf(t, site);
        const since = t.system.events().at(-1)?.n ?? 0;
        const forge = (body: Uint8Array) => {
          const form = new URLSearchParams(new TextDecoder().decode(body));
          const seen = t.system.events(since);
          const keys = loadKeys(t, theLoadPage(t, seen, source), source);
          const genuine = confirmationOf({ keys, request: theInitialisation(t, seen) }, "0000");
          const CONF = fromHex(form.get("confirmation") ?? "");
          const nonce = uintToBytes(7, nonceLength(keys.suite));
          const forged = {
            altered: () => flipBit(CONF, CONF.length * 4),
            "in clear": () => loadConfirmationText(genuine),
            "under the session key": () => sealLoadConfirmation(keys.suite, keys.TSK, genuine, nonce),
          }[what]();
          form.set("confirmation", toHex(forged));
          return new TextEncoder().encode(form.toString());
        };
        using fault = t.system.disturb({
          link: "234",
          from: "head-end",
          message: "POST /loads",
          act: forge,
          what: `confirmation ${what}`,
        });
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 80 });
        t.expect.equal("confirmations replaced", fault.hits, 1, { owner: "bench" });
        const heard = logsOf(seen, "additional-server", "confirmation-registered");
        const accepted = heard.map(({ fields }) => fields.accepted);
        t.expect.equal(`whether a confirmation ${what} was accepted`, accepted, [false], about);
        t.expect.completed(seen, about);
        expectMoved(t, before, await moneyOf(t, site), loadedBy(80), about);
      }
    },
  }),
];

/** What the load server has to say of that load. */
function confirmationOf({ keys, request }: Pick<OneLoad, "keys" | "request">, CC: string): LoadConfirmation {
  const { IDMER, IDTRX } = keys;
  const { MLDA, CURRLDA, CEXPLDA, DTHR } = request.init;
  const { PPIEP, IDIEP, NTIEP } = request.card;
  return { IDTRX, IDMER, CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR };
}

/** Altered in each part, and made by somebody who has the page: with other keys, or by a load server that says something else. */
function forgeries(t: CaseContext, one: OneLoad, CONF: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  const { suite, TSK, KDER } = one.keys;
  const nonce = (number: number) => uintToBytes(number, nonceLength(suite));
  const genuine = confirmationOf(one, "0000");
  const made = (key: Uint8Array, changes: Partial<LoadConfirmation>, number: number) =>
    sealLoadConfirmation(suite, key, { ...genuine, ...changes }, nonce(number));
  const bits = [0, nonceLength(suite) * 8, CONF.length * 4, CONF.length * 8 - 1];
  t.expect.equal("genuine confirmation opens with nothing added", open(suite, KDER, new Uint8Array(0), CONF), null);
  return [
    ...bits.map((bit) => [`with bit ${bit} inverted`, flipBit(CONF, bit)] as const),
    ["cut by one byte", CONF.subarray(0, -1)],
    ["in clear", loadConfirmationText(genuine)],
    ["under the session key", made(TSK, {}, 1)],
    ["under the session key that says that nothing was loaded", made(TSK, { CC: "A023" }, 2)],
    ["of another amount", made(KDER, { MLDA: genuine.MLDA + 1 }, 3)],
    ["of another currency", made(KDER, { CURRLDA: "0840" }, 4)],
    ["of another card", made(KDER, { IDIEP: "0000000001" }, 5)],
    ["of another load", made(KDER, { IDTRX: "0F0E0D0C0B0A09080706050403020100" }, 6)],
  ];
}
