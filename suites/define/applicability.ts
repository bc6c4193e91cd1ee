import type { SystemFacts } from "../../harness/flows/system.ts";
import type { Case, Needs, Scope } from "./case.ts";
import { whyNotClaimed } from "./claimed.ts";
import { firstLoadSite, firstSite, profileWords, terminalFits, terminalWords } from "./site-need.ts";

/** ALGIEP of public key cards as a specimen's description says it: decimal. */
const PUBLIC_KEY = "16";

/** Why `definition` does not apply here, or undefined when it does. Whether somebody is there who could lend a hand does not count. */
export function whyNotApplicable(definition: Case, scope: Scope): string | undefined {
  const { needs } = definition;
  const lacking = needs ? firstLacking(needs, withHand(needs, scope.facts)) : undefined;
  if (lacking !== undefined) return lacking;
  const unclaimed = whyNotClaimed(definition, scope.pics);
  if (unclaimed !== undefined) return unclaimed;
  if (definition.needs?.secretKeyCard && scope.specimen?.ALGIEP === PUBLIC_KEY) {
    return "the specimen is a public key card (ALGIEP 10), and the case is for one with a secret key";
  }
  const protocol = definition.needs?.protocol;
  if (protocol !== undefined && scope.specimen?.protocol !== undefined && scope.specimen.protocol !== protocol) {
    return `the specimen speaks ${scope.specimen.protocol}, and the case is about ${protocol}`;
  }
  const applies = definition.applies?.(scope) ?? true;
  return applies === true ? undefined : applies;
}

/** Why a case that applies cannot be run now: it needs a hand, and nobody is there. */
export function whyNotRun({ needs }: Case, { facts }: Pick<Scope, "facts">): string | undefined {
  if (!needs || facts.offers.byHand === undefined || facts.offers.byHand.isThere) return undefined;
  const work = handWork(needs, facts.offers);
  return work.length === 0 ? undefined : `needs a hand: ${work.join(", and ")}`;
}

/** What of `needs` a person would have to do on this bench. */
function handWork(needs: Needs, offers: SystemFacts["offers"]): string[] {
  const { byHand } = offers;
  if (!byHand) return [];
  const cards = (needs.cards ?? []).filter((kind) => !offers.cards.includes(kind));
  const slots = (needs.slots ?? 0) > offers.slots ? (needs.slotCards ?? []) : [];
  const [more] = [...cards.filter((kind) => kind !== "specimen"), ...slots];
  return [
    ...(more === undefined ? [] : [`to put in a card of the kind ${more}`]),
    ...((needs.removal && !offers.removal) || (more === undefined && cards.length > 0)
      ? ["to take the card out and put it back"]
      : []),
    ...(needs.terminalPower && !offers.terminalPower ? ["to switch a terminal off and on"] : []),
  ];
}

/** What the bench and a person can do together. */
function withHand(needs: Needs, facts: SystemFacts): SystemFacts {
  const { offers } = facts;
  const { byHand } = offers;
  if (!byHand) return facts;
  const canServe = needs.slots === 1 && needs.slotCards?.every((kind) => byHand.slotCards.includes(kind)) === true;
  return {
    ...facts,
    offers: {
      ...offers,
      cards: [...offers.cards, ...byHand.cards],
      removal: offers.removal || (byHand.removal && !needs.swiftHand),
      slots: Math.max(offers.slots, canServe ? 1 : 0),
      terminalPower: offers.terminalPower || byHand.terminalPower,
    },
  };
}

function firstLacking(needs: Needs, facts: SystemFacts): string | undefined {
  const { bench, offers } = facts;
  const say = (what: string) => `the bench ${bench} ${what}`;
  const card = missing(needs.cards, offers.cards);
  if (card) return say(`has no card of the kind ${card}`);
  if (needs.swiftHand && !offers.removal)
    return say("has no hand that is quick enough to do it while messages are under way");
  if (needs.removal && !offers.removal) return say("has no hand to pull the card");
  const link = missing(needs.links, offers.links);
  if (link) return say(`does not see the link ${link}`);
  const log = missing(needs.logs, offers.logs);
  if (log) return say(`cannot read the log of the ${log}`);
  if (needs.database && !offers.database) return say("has no access to the payment server's database");
  const restart = missing(needs.restart, offers.restart);
  if (restart) return say(`cannot restart the ${restart}`);
  if (needs.keys && !offers.keys) return say("has no test keys");
  const parties = lackingParty(needs, facts);
  if (parties !== undefined) return say(parties);
  return needs.exhaustive && !offers.exhaustive
    ? say("runs the pairwise selection that stands for this product")
    : undefined;
}

function lackingParty(needs: Needs, facts: SystemFacts): string | undefined {
  const { sites, loadSites, terminals, trustedHeadEnd, offers } = facts;
  const site = needs.sites?.find((need) => firstSite(sites, need) === undefined);
  if (site) return `has no site with ${profileWords(site)}`;
  const loadSite = needs.loadSites?.find((need) => firstLoadSite(loadSites, need) === undefined);
  if (loadSite) return `has no site for loading with ${profileWords(loadSite)}`;
  if (needs.tear && !offers.tear) return "cannot cut the power of the card at a chosen moment";
  if (needs.clearing && !offers.clearing) return "has no clearing system";
  const device = lackingDevice(needs, facts);
  if (device !== undefined) return device;
  const terminal = needs.terminals;
  if (terminal && !terminals.some((each) => terminalFits(each, terminal))) {
    return `has no terminal with ${terminalWords(terminal)}`;
  }
  if (needs.trustedHeadEnd && !trustedHeadEnd) return "declares no trusted head end";
  if (needs.boxes !== undefined && needs.boxes > offers.boxes) {
    return `can have ${offers.boxes} more set-top boxes, not ${needs.boxes}`;
  }
  return undefined;
}

function lackingDevice(needs: Needs, { offers }: SystemFacts): string | undefined {
  if (needs.psam && !offers.psam) return "has no security card that the harness can talk to";
  const psam = missing(needs.psamKinds, offers.psamKinds);
  if (psam !== undefined) return `has no security card of the kind ${psam}`;
  if (needs.slots !== undefined && needs.slots > offers.slots) {
    return `has ${offers.slots} slots for cards of its own, not ${needs.slots}`;
  }
  if (needs.mischief && !offers.mischief) return "has no card that goes wrong in T=1";
  if (needs.psamPatienceMs !== undefined && offers.psamPatienceMs <= needs.psamPatienceMs) {
    return `has terminals that wait ${offers.psamPatienceMs} ms for a security card, and the case is about more than ${needs.psamPatienceMs} ms`;
  }
  return needs.terminalPower && !offers.terminalPower ? "cannot switch a terminal off and on" : undefined;
}

function missing<T>(needed: readonly T[] | undefined, offered: readonly T[]): T | undefined {
  return needed?.find((each) => !offered.includes(each));
}
