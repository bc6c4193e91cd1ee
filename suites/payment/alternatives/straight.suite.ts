/** [0029], [0092]: a terminal that the payment server reaches directly, with a security card in a reader of its own. */
import { toHex } from "../../../harness/core/bytes.ts";
import { BASE_PROFILE } from "../../../harness/core/sale-profile.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { type Case, defineCase } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";
import { messagesOn } from "../support/observe.ts";
import { tlvOutline } from "../variants/outline.ts";
import { expectPaidAt, hasSiteAt, itemAt, readAt, siteAt, type TerminalNeed } from "./place.ts";

const suite = "payment";
const STRAIGHT: TerminalNeed = { reach: "direct", kind: "smart", server: "payment-server" };
const INTERNET: SiteNeed = { kind: "internet", ...BASE_PROFILE };

const applies = hasSiteAt(STRAIGHT);

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-STRAIGHT-01",
    suite,
    purpose:
      "Without a concentrator payment server and terminal speak directly, and the exchange is otherwise the same",
    requirements: ["ALT-0092", "PS-0029-a", "PS-0042-a"],
    owner: "terminal",
    needs: { secretKeyCard: true, terminals: STRAIGHT, sites: [INTERNET], links: ["LAN", "line"] },
    applies,
    async run(t) {
      const about = { requirement: "ALT-0092" };
      const base = await t.system.purchase({ SITE: t.siteFor(INTERNET).SITE });
      t.expect.completed(base);
      const site = siteAt(t, STRAIGHT);
      const before = await readAt(t, site);
      const seen = await t.system.purchase({ SITE: site.SITE });
      const onLan = messagesOn(seen, "LAN");
      t.expect.equal("messages on the LAN", onLan.length, 0, { requirement: "PS-0029-a", at: onLan[0] });
      const speakers = new Set(messagesOn(seen, "line").map(({ from }) => from));
      const ends = ["payment-server", "terminal"];
      t.expect.equal("who speaks on the line", [...speakers], ends, { requirement: "PS-0029-a" });
      t.expect.equal("what passes on the line", onLine(seen), onLine(base), about);
      const IDTERM = `DF2204${site.IDTERM}`;
      for (const event of messagesOn(seen, "line")) {
        const named = toHex(event.bytes).slice(4).startsWith(IDTERM);
        t.expect.that(named, "each message names the terminal", { ...about, at: event, actual: toHex(event.bytes) });
      }
      t.expect.completed(seen, { requirement: "PS-0042-a" });
      await expectPaidAt(t, before, seen.outcome.IDTRX, itemAt(t, site).price, { requirement: "PS-0029-a" });
    },
  }),
  defineCase({
    id: "PAY-STRAIGHT-02",
    suite,
    purpose:
      "Terminals with and without concentrator work side by side, each with its own security card, totals and store",
    requirements: ["PS-0029-a", "ALT-0092"],
    owner: "terminal",
    needs: { terminals: STRAIGHT, sites: [INTERNET], database: true },
    applies,
    async run(t) {
      const about = { requirement: "PS-0029-a" };
      const straight = siteAt(t, STRAIGHT);
      const routed = t.siteFor(INTERNET);
      const numbers = await Promise.all(t.facts.terminals.map(({ IDTERM }) => t.system.readTotals(IDTERM)));
      const IDPSAMs = numbers.map(({ IDPSAM }) => IDPSAM);
      t.expect.equal("security cards with a number of their own", new Set(IDPSAMs).size, IDPSAMs.length, about);
      for (const site of [straight, routed, straight]) {
        const [own, others] = [await readAt(t, site), await readAt(t, site === routed ? straight : routed)];
        const seen = await t.system.purchase({ SITE: site.SITE });
        t.expect.completed(seen, about);
        await expectPaidAt(t, own, seen.outcome.IDTRX, itemAt(t, site).price, about);
        const after = await readAt(t, site === routed ? straight : routed);
        t.expect.equal("totals of the others", [...after.totals], [...others.totals], about);
        const row = t.expect.present("row", await t.system.transaction(seen.outcome.IDTRX ?? ""), about);
        const record = (await t.system.readStore(row.IDTERM ?? "")).at(-1);
        t.expect.equal("newest record of its terminal", record?.IDTRX, seen.outcome.IDTRX, about);
        t.expect.oneOf("terminal of the sale", row.IDTERM, site.terminals ?? t.system.terminals(), about);
      }
    },
  }),
];

/** Tags and element names on the line. */
function onLine(seen: PurchaseObservation): readonly string[] {
  return messagesOn(seen, "line").map(({ bytes }) => tlvOutline(bytes));
}
