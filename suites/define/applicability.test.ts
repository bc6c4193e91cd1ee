import { expect, test } from "vitest";
import { BASE_PROFILE } from "../../harness/core/sale-profile.ts";
import type { SiteFacts, SystemFacts } from "../../harness/flows/system.ts";
import { whyNotApplicable, whyNotRun } from "./applicability.ts";
import type { Needs } from "./case.ts";
import { firstSite } from "./site-need.ts";
import { FAKE_FACTS } from "./testing/fake-station.ts";
import { sampleCase } from "./testing/sample-cases.ts";

const site = (SITE: string, change: Partial<SiteFacts["profile"]> = {}, kind: SiteFacts["kind"] = "internet") => ({
  SITE,
  IDMER: SITE.toUpperCase(),
  origin: `https://${SITE}.test`,
  kind,
  profile: { ...BASE_PROFILE, ...change },
});

const FACTS: SystemFacts = {
  ...FAKE_FACTS,
  offers: { ...FAKE_FACTS.offers, boxes: 8 },
  sites: [
    site("sealed", { encryption: "AES-128-GCM" }),
    site("shop"),
    site("direct", { direct: true }),
    site("cable", { comparison: "merchant" }, "cable"),
  ],
  terminals: [
    { IDTERM: "00000001", kind: "smart", reach: "concentrator", psam: "software", server: "payment-server" },
    { IDTERM: "00000003", kind: "dumb", reach: "concentrator", psam: "software", server: "payment-server" },
  ],
};

const why = (needs: Needs, facts: SystemFacts = FACTS) =>
  whyNotApplicable(sampleCase("PAY-X-1", { needs }), { facts, pics: undefined });

test.each<[string, Needs]>([
  ["sites that are there", { sites: [{ direct: true }, { kind: "cable", comparison: "merchant" }] }],
  ["a terminal that is there", { terminals: { kind: "dumb", reach: "concentrator" } }],
  ["no more boxes than there can be", { boxes: 8 }],
])("a case applies with %s", (_, needs) => {
  expect(why(needs)).toBeUndefined();
});

test.each<[Needs, string]>([
  [
    { sites: [{ direct: true }, { comparison: "head-end", encryption: undefined, direct: false }] },
    "the bench fake has no site with comparison head-end, encryption none, direct no",
  ],
  [{ terminals: { kind: "dumb", reach: "direct" } }, "the bench fake has no terminal with kind dumb, reach direct"],
  [{ trustedHeadEnd: true }, "the bench fake declares no trusted head end"],
  [{ boxes: 9 }, "the bench fake can have 8 more set-top boxes, not 9"],
  [{ loadSites: [{ source: "bank" }] }, "the bench fake has no site for loading with source bank"],
  [{ tear: true }, "the bench fake cannot cut the power of the card at a chosen moment"],
  [{ clearing: true }, "the bench fake has no clearing system"],
  [{ exhaustive: true }, "the bench fake runs the pairwise selection that stands for this product"],
])("what is lacking is named: %j", (needs, reason) => {
  expect(why(needs)).toBe(reason);
});

test("a whole product is run where time costs nothing", () => {
  expect(why({ exhaustive: true }, { ...FACTS, offers: { ...FACTS.offers, exhaustive: true } })).toBeUndefined();
});

test("the first site that fits is taken; no encryption layer is asked for by name", () => {
  expect(firstSite(FACTS.sites, {})?.SITE).toBe("sealed");
  expect(firstSite(FACTS.sites, { encryption: undefined })?.SITE).toBe("shop");
  expect(firstSite(FACTS.sites, { comparison: "merchant", kind: "internet" })).toBeUndefined();
});

test.each([
  ["16", "the specimen is a public key card (ALGIEP 10), and the case is for one with a secret key"],
  ["4", undefined],
  [undefined, undefined],
])("a case for secret key cards with a specimen of ALGIEP %s", (ALGIEP, reason) => {
  const specimen = ALGIEP === undefined ? undefined : { ALGIEP };
  const scope = { facts: FACTS, pics: undefined, specimen };
  expect(whyNotApplicable(sampleCase("PAY-X-1", { needs: { secretKeyCard: true } }), scope)).toBe(reason);
  expect(whyNotApplicable(sampleCase("PAY-X-1"), scope)).toBeUndefined();
});

const HANDED = (isThere: boolean): SystemFacts => ({
  ...FACTS,
  offers: {
    ...FACTS.offers,
    cards: ["virtual"],
    byHand: {
      isThere,
      cards: ["specimen", "expired"],
      removal: true,
      slotCards: ["exerciser"],
      terminalPower: true,
    },
  },
});

test.each<[Needs, string]>([
  [{ removal: true }, "needs a hand: to take the card out and put it back"],
  [{ cards: ["specimen"] }, "needs a hand: to take the card out and put it back"],
  [{ cards: ["specimen", "expired"] }, "needs a hand: to put in a card of the kind expired"],
  [
    { cards: ["expired"], removal: true },
    "needs a hand: to put in a card of the kind expired, and to take the card out and put it back",
  ],
  [{ slots: 1, slotCards: ["exerciser"] }, "needs a hand: to put in a card of the kind exerciser"],
  [{ terminalPower: true }, "needs a hand: to switch a terminal off and on"],
])("where nobody is there, a case that needs a hand applies and is not run: %j", (needs, reason) => {
  const definition = sampleCase("PAY-X-1", { needs });
  expect(why(needs, HANDED(false))).toBeUndefined();
  expect(whyNotRun(definition, { facts: HANDED(false) })).toBe(reason);
  expect(why(needs, HANDED(true))).toBeUndefined();
  expect(whyNotRun(definition, { facts: HANDED(true) })).toBeUndefined();
});

test.each<[Needs, string]>([
  [{ swiftHand: true }, "the bench fake has no hand that is quick enough to do it while messages are under way"],
  [{ cards: ["yen"] }, "the bench fake has no card of the kind yen"],
  [{ slots: 1 }, "the bench fake has 0 slots for cards of its own, not 1"],
  [{ slots: 1, slotCards: ["exerciser", "mute"] }, "the bench fake has 0 slots for cards of its own, not 1"],
  [{ slots: 2, slotCards: ["exerciser"] }, "the bench fake has 0 slots for cards of its own, not 2"],
])("what no person can do does not apply, whoever is there: %j", (needs, reason) => {
  expect(why(needs, HANDED(true))).toBe(reason);
  expect(why(needs, HANDED(false))).toBe(reason);
});

test("a card that is a program needs no hand", () => {
  expect(whyNotRun(sampleCase("PAY-X-1", { needs: { cards: ["virtual"] } }), { facts: HANDED(false) })).toBeUndefined();
});
