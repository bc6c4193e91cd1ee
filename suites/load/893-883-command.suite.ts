/** Steps 893, 894 and 883: the load command reaches the card in this set-top box, and the card's answer the load server. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { apdusOn, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { loadKeys, theInner, theLoadPage } from "./support/page.ts";
import { BOTH, EVERY, forSources, requirementOf, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236"] as const;

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-893-01",
      suite,
      purpose:
        "The load command with S2 goes to the set-top box as the load server gave it, and from there to the card",
      requirements: ["893"],
      owner: "server",
      needs: { links, keys: true, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "893") };
        const seen = await t.system.load({ SITE: site.SITE });
        const { page } = theLoadPage(t, seen, source);
        const { event: at, message } = theInner(t, seen, "236", loadKeys(t, { page }, source), "load-command", about);
        const given = theMessage(t, seen.events, "cable", "load-command", about);
        const there = { ...about, at: given.event };
        t.expect.equal("LOADDATA at the set-top box", toHex(given.message.LOADDATA), toHex(message.LOADDATA), there);
        t.expect.equal("transaction of the load command", given.message.IDTRX, page.IDTRX, there);
        t.expect.equal("receiver of the load command", given.event.to, "set-top-box", there);
        t.expect.that(at.n < given.event.n, "the load command comes from the load server", there);
        const credit = t.expect.present("CREDIT IEP on link 235", apdusOn(seen.events, "235", 0x52)[0], about).command;
        t.expect.equal("data of CREDIT IEP", toHex(credit.bytes.slice(5, 20)), toHex(message.LOADDATA), {
          ...about,
          at: credit,
        });
        t.expect.completed(seen, about);
      },
    }),
  ),
  ...forSources(EVERY, (source) =>
    defineCase({
      id: "LOAD-894-01",
      suite,
      purpose:
        "Load success message, S3 and result code of the card go to the head end and on to the load server, unchanged",
      requirements: ["894", "883"],
      owner: "server",
      needs: { links, keys: true, ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const seen = await t.system.load({ SITE: site.SITE });
        const about = { requirement: requirementOf(source, "894") };
        const { page } = theLoadPage(t, seen, source);
        const keys = loadKeys(t, { page }, source);
        const credit = t.expect.present("CREDIT IEP on link 235", apdusOn(seen.events, "235", 0x52)[0], about);
        const answer = t.expect.present("the card's answer to it", credit.response, about);
        const CARDRSP = toHex(answer.bytes.slice(0, -2));
        const SW = toHex(answer.bytes.slice(-2));
        const passed = theInner(t, seen, "cable", keys, "load-response", about);
        const got = { CARDRSP: toHex(passed.message.CARDRSP), SW: passed.message.SW };
        t.expect.equal("answer of the card at the head end", got, { CARDRSP, SW }, { ...about, at: passed.event });
        t.expect.equal("result code", CARDRSP.slice(0, 4), "0000", { ...about, at: answer });
        const packed = { requirement: requirementOf(source, "883") };
        const { event, message } = theInner(t, seen, "236", keys, "load-response", packed);
        const sent = { CARDRSP: toHex(message.CARDRSP), SW: message.SW };
        t.expect.equal("answer of the card at the load server", sent, { CARDRSP, SW }, { ...packed, at: event });
        const log = theLog(t, seen.events, "head-end", "load-result", packed);
        t.expect.equal("result in the head end's log", [log.fields.CC, log.fields.SW], ["0000", SW], {
          ...packed,
          at: log,
        });
        t.expect.completed(seen, packed);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-883-01",
      suite,
      purpose: "What the head end does not get from the set-top box it does not make up: a lost answer is no success",
      requirements: ["883"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: requirementOf(source, "883") };
        using _fault = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: 0xe5,
          times: 1,
          act: () => "lose-link",
          what: "the card's answer does not reach the head end",
        });
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.refused(seen, "A01A", about);
        const results = messagesOn(seen.events, "236", "load-server").filter(({ bytes }) => bytes[0] === 0xef);
        t.expect.equal("results of the load server", results.length, 0, about);
        const [row] = await t.system.loads();
        t.expect.equal("the load server's row", row?.status, "unresolved", about);
        const later = t.expect.present("a recovery", await t.system.recover(), about);
        t.expect.completed(later, about);
        const [settled] = await t.system.loads();
        t.expect.equal("the load server's row after the recovery", settled?.status, "loaded", about);
      },
    }),
  ),
];
