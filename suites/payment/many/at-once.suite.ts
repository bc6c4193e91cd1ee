/** [0036], [0041], [0091]: many purchases at once, with every variant and the cable provider's shop among them. */
import type { PurchaseOutcome, SiteFacts } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";
import { baseSites } from "../support/base-sites.ts";
import { drawsOf, expectNeverShared } from "./occupation.ts";
import { expectNothingMixed, expectOwnDebits } from "./own-data.ts";
import { type Buyer, buyAtOnce, buyersAt, expectPaid, type Purchase, type Throng } from "./throng.ts";

const BOXES = 8;

/** One buyer at each: who compares, both suites of the encryption layer, the direct confirmation, the cable provider. */
const MIXED: readonly SiteNeed[] = [
  { kind: "internet", comparison: "psam", encryption: undefined },
  { kind: "internet", comparison: "payment-server", encryption: undefined },
  { kind: "internet", comparison: "head-end", encryption: undefined },
  { kind: "internet", comparison: "merchant", encryption: undefined },
  { kind: "internet", comparison: "psam", encryption: "AES-128-GCM" },
  { kind: "internet", comparison: "merchant", encryption: "3DES-CBC-MAC" },
  { kind: "internet", direct: true },
  { kind: "cable", comparison: "psam", encryption: undefined },
];

/** Base sites in turn. */
function baseSitesFor(t: CaseContext, count: number): readonly SiteFacts[] {
  const sites = baseSites(t.facts);
  return Array.from({ length: count }, (_, index) => t.expect.present("a site", sites[index % sites.length]));
}

/** What each user was shown and given, and what each card was debited for, is of the own transaction. */
function expectOwnDeliveries(t: CaseContext, { purchases, events }: Throng, paid: readonly Purchase[]): void {
  const about = { requirement: "HE-0036-a" };
  const amounts = paid.map(({ outcome, MPDA }) => outcome.shown.some((text) => text.includes(amountText(MPDA))));
  t.expect.equal(
    "users who were shown their own total",
    amounts,
    paid.map(() => true),
    about,
  );
  for (const [index, { outcome }] of paid.entries()) {
    t.expect.present(`what box ${index + 1} was given`, outcome.CONTENT, about);
  }
  expectNothingMixed(t, purchases, events, about);
  expectOwnDebits(t, paid, events, about);
}

/** What users get who order the same one after the other, without the names of their transactions. */
async function boughtAlone(t: CaseContext, buyers: readonly Buyer[]): Promise<string[]> {
  const contents: string[] = [];
  for (const { order } of buyers) {
    const { outcome } = await t.system.purchase(order);
    contents.push(t.expect.present(`what is bought at ${order.SITE}`, nameless(outcome)));
  }
  return contents;
}

function nameless({ CONTENT, IDTRX = "" }: PurchaseOutcome): string | undefined {
  return IDTRX === "" ? CONTENT : CONTENT?.replace(new RegExp(IDTRX, "gi"), "IDTRX");
}

/** Minor units of a currency with two decimals, as users read it. */
function amountText(MPDA: number): string {
  return (MPDA / 100).toFixed(2);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-MANY-01",
    suite: "payment",
    purpose:
      "More purchases at once than the pool has terminals go on side by side, and no terminal ever serves two of them",
    requirements: ["PS-0041-a", "PS-0041-c", "PS-0041-d", "PS-0091-f", "PAY-BASE-614-b"],
    owner: "server",
    needs: { boxes: BOXES, links: ["line"] },
    async run(t) {
      const throng = await buyAtOnce(t, await buyersAt(t, baseSitesFor(t, BOXES)));
      expectNeverShared(t, throng.events, { requirement: "PS-0041-d" });
      const paid = await expectPaid(t, throng, { requirement: "PS-0041-a" });
      const draws = drawsOf(t, throng.events);
      const drawn = draws.map(({ IDTRX }) => IDTRX).sort();
      const due = paid.map(({ IDTRX }) => IDTRX).sort();
      t.expect.equal("transactions that terminals drew", drawn, due, { requirement: "PAY-BASE-614-b" });
      const used = [...new Set(draws.map(({ IDTERM }) => IDTERM))].sort();
      t.expect.equal("terminals that were used", used, [...t.system.terminals()].sort(), { requirement: "PS-0091-f" });
    },
  }),
  defineCase({
    id: "PAY-MANY-02",
    suite: "payment",
    purpose:
      "Of purchases at once no message carries another one's transaction, card, amount or merchant, and each card is debited by its own command",
    requirements: ["PS-0041-a", "HE-0036-a"],
    owner: "server",
    needs: { boxes: BOXES, links: ["235", "cable", "234", "236", "line"] },
    async run(t) {
      const throng = await buyAtOnce(t, await buyersAt(t, baseSitesFor(t, BOXES)));
      expectOwnDeliveries(t, throng, await expectPaid(t, throng, { requirement: "PS-0041-a" }));
    },
  }),
  defineCase({
    id: "PAY-MANY-03",
    suite: "payment",
    purpose:
      "Every variant, both suites, the direct confirmation and the cable provider's shop go on at once, and every sum is right",
    requirements: ["HE-0036-a", "PS-0029-d"],
    owner: "server",
    needs: { boxes: MIXED.length, sites: MIXED, cards: ["specimen"], links: ["235", "cable", "line"] },
    async run(t) {
      const buyers = await buyersAt(
        t,
        MIXED.map((need) => t.siteFor(need)),
      );
      const alone = await boughtAlone(t, buyers);
      const throng = await buyAtOnce(t, buyers);
      for (const [index, { outcome }] of throng.purchases.entries()) {
        if (outcome.CC !== "0000") continue;
        t.expect.equal(`what box ${index + 1} was given`, nameless(outcome), alone[index], {
          requirement: "HE-0036-a",
        });
      }
      const paid = await expectPaid(t, throng, { requirement: "PS-0029-d" });
      expectNeverShared(t, throng.events, { requirement: "PS-0041-d" });
      expectOwnDeliveries(t, throng, paid);
    },
  }),
  defineCase({
    id: "PAY-MANY-04",
    suite: "payment",
    purpose:
      "A buyer at every site of the bench, three times over, all at once: every sum is right and nothing is mixed up",
    requirements: ["HE-0036-a", "PS-0041-a"],
    owner: "server",
    needs: { boxes: 3 * MIXED.length, exhaustive: true, links: ["235", "cable", "line"] },
    async run(t) {
      const most = Math.min(t.facts.offers.boxes, 3 * t.facts.sites.length);
      const sites = Array.from({ length: most }, (_, index) => t.facts.sites[index % t.facts.sites.length]);
      const throng = await buyAtOnce(
        t,
        await buyersAt(
          t,
          sites.filter((site) => site !== undefined),
        ),
      );
      const paid = await expectPaid(t, throng, { requirement: "PS-0041-a" });
      expectNeverShared(t, throng.events, { requirement: "PS-0041-d" });
      expectOwnDeliveries(t, throng, paid);
    },
  }),
];
