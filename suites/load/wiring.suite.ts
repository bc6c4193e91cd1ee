/** Who speaks with whom in a load, over which link, and about what. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { apdusOn, eventsOf, logsOf, messagesOn, theLog } from "../payment/support/observe.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { holderRole } from "./support/page.ts";
import { BOTH, EVERY, forSources, siteOf } from "./support/sources.ts";

const suite = "load";
const links = ["cable", "234", "235", "236", "HSM"] as const;

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) => {
    const isBank = source.source === "bank";
    return defineCase({
      id: "LOAD-0051-01",
      suite,
      purpose: "Each role is a party of its own, joined to its neighbours by a link and to nobody else",
      requirements: isBank
        ? ["LOAD-BANK-0051-a", "BANK-0052-a", "BANK-0052-b", "BANK-0051", "GEN-0016-a"]
        : ["LOAD-PRE-0057-a", "LOAD-PRE-0057-b", "GEN-0016-a"],
      owner: "server",
      needs: { links, ...(source.suite === "3DES-CBC-MAC" ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: isBank ? "LOAD-BANK-0051-a" : "LOAD-PRE-0057-a" };
        const before = await moneyOf(t, site);
        const since = t.system.events().at(-1)?.n ?? 0;
        const seen = await t.system.load({ SITE: site.SITE, enter: () => 0x0102 });
        t.expect.completed(seen, about);
        const spoken = eventsOf(t.system.events(since)).flatMap((event) =>
          event.kind === "message" ? [`${event.link}: ${event.from} to ${event.to}`] : [],
        );
        const both = (link: string, left: string, right: string) => [
          `${link}: ${left} to ${right}`,
          `${link}: ${right} to ${left}`,
        ];
        const wanted = [
          ...both("ui", "set-top-box", "user"),
          ...both("235", "set-top-box", "card"),
          ...both("cable", "set-top-box", "head-end"),
          ...(source.direct ? [] : both("234", "head-end", holderRole(source))),
          ...(site.additionalServer ? both("234", "head-end", "additional-server") : []),
          ...both("236", "head-end", "load-server"),
          ...both("HSM", "load-server", "hsm"),
        ];
        t.expect.equal("who speaks with whom", [...new Set(spoken)].sort(), wanted.sort(), about);
        const as = { requirement: isBank ? "BANK-0051" : "LOAD-PRE-0057-b" };
        expectMoved(t, before, await moneyOf(t, site), loadedBy(0x0102), as);
      },
    });
  }),
  ...forSources(BOTH, (source) => {
    const isBank = source.source === "bank";
    return defineCase({
      id: "LOAD-0020-01",
      suite,
      purpose: isBank
        ? "The bank hears nothing by which it could judge the card: no signature, no load request, no answer of the card"
        : "A load server that keeps the accounts itself still has its HSM judge the card before and after the load",
      requirements: isBank ? ["LOAD-BANK-0020-a", "LOAD-BANK-0020-c"] : ["LOAD-BANK-0020-c", "LOAD-PRE-0057-a"],
      owner: "server",
      needs: { links },
      async run(t) {
        const site = siteOf(t, source);
        const about = { requirement: isBank ? "LOAD-BANK-0020-a" : "LOAD-PRE-0057-a" };
        const seen = await t.system.load({ SITE: site.SITE });
        t.expect.completed(seen, about);
        const answer = (INS: number) => apdusOn(seen.events, "235", INS)[0]?.response?.bytes ?? new Uint8Array(0);
        const S1 = toHex(answer(0x50).slice(27, 35));
        const S3 = toHex(answer(0x52).slice(8, 16));
        t.expect.equal("lengths of S1 and S3 of the card", [S1.length, S3.length], [16, 16]);
        for (const event of messagesOn(seen.events, "234", "head-end")) {
          const text = new TextDecoder().decode(event.bytes).toUpperCase();
          const has = text.includes(S1) || text.includes(S3);
          t.expect.equal("a signature of the card for the account holder", has, false, { ...about, at: event });
        }
        const judged = { requirement: "LOAD-BANK-0020-c" };
        const asked = logsOf(seen.events, "load-server", "hsm-request").map(({ fields }) => fields.command);
        t.expect.equal("what the load server asks its HSM", asked, ["DM", "DO"], judged);
        const heard = messagesOn(seen.events, "HSM", "hsm").length;
        t.expect.equal("answers of the HSM", heard, 2, judged);
        const confirmed = theLog(t, seen.events, "load-server", "confirmation-sent", judged);
        const last = t.expect.present("the HSM's last word", messagesOn(seen.events, "HSM", "hsm").at(-1), judged);
        t.expect.that(last.n < confirmed.n, "the HSM has judged before the load is confirmed", {
          ...judged,
          at: confirmed,
        });
      },
    });
  }),
];
