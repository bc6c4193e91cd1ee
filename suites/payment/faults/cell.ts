/** One cell of the fault matrix: a purchase that is disturbed, what is settled after it, and a purchase on the same terminal. */
import type { CardLogRecord, Disturbance, PurchaseObservation, SiteFacts } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import {
  debitsSince,
  expectConservation,
  expectSound,
  readBooks,
  type Standing,
  terminalsOf,
} from "../support/conservation.ts";
import { logsOf, messagesOn } from "../support/observe.ts";
import { blowsOf, killedAt, listens } from "./columns.ts";
import type { Blow } from "./disturbances.ts";
import { expectCleanEnd } from "./ending.ts";
import type { Place } from "./place.ts";
import { logsRead } from "./schemes.ts";

/** Standings beside `complete` and `nowhere` that a disturbance of that place may leave for good. */
function leftBy({ scheme, word, column }: Place): readonly Standing[] {
  const isComparedElsewhere = scheme.comparison === "head-end" || scheme.comparison === "merchant";
  // the proof of payment itself, or the page's address for it
  const carriesProof = ["236-ED", "237-ED", "236-EF", "234-STATUS", "234-PAGE"].includes(word.id);
  return [
    // the head end goes down between the last word to the user and the notice
    ...(isComparedElsewhere && word.id === "CABLE-E8" && column.id === "KILLED" ? (["unheard"] as const) : []),
    ...(carriesProof && column.id === "FORGED" ? (["undelivered"] as const) : []),
    // what the set-top box needs for a recovery is on that page, and nothing but the link itself protects it there
    ...(word.id === "CABLE-E2" && column.id === "FORGED" ? (["unresolved"] as const) : []),
  ];
}

export function cellCase(id: string, place: Place, needs: Needs = {}): Case {
  const { scheme, word, column } = place;
  return defineCase({
    id,
    suite: scheme.suite,
    purpose: `The ${word.what} (${word.step}), ${column.title}: no money is lost or made, and the terminal serves on`,
    requirements: scheme.requirements,
    owner: "server",
    cell: { matrix: scheme.title, row: `${word.link} ${word.step} ${word.what}`, column: column.title },
    needs: { ...needs, ...needsOf(place) },
    timeoutMs: 300_000,
    run: (t) => runCell(t, place),
  });
}

function needsOf({ scheme, word, column }: Place): Needs {
  return {
    sites: [scheme.site],
    links: [word.link, ...(scheme.site.kind === "cable" ? [] : (["234"] as const)), "line"],
    logs: logsRead(scheme),
    database: true,
    restart: killedAt(column, word, scheme),
    ...(column.id === "PULLED" ? { swiftHand: true } : {}),
  };
}

/** Where time is dear, of all that can befall a message only so much. */
const DEAR_BLOWS = 3;

/** All of them, or the few that lie farthest apart. */
function chosen(t: CaseContext, blows: readonly Blow[]): readonly Blow[] {
  if (t.facts.offers.exhaustive || blows.length <= DEAR_BLOWS) return blows;
  const places = Array.from({ length: DEAR_BLOWS }, (_, nth) =>
    Math.floor((nth * (blows.length - 1)) / (DEAR_BLOWS - 1)),
  );
  return places.flatMap((place) => blows[place] ?? []);
}

async function runCell(t: CaseContext, place: Place): Promise<void> {
  const { scheme, word, column } = place;
  const site = t.siteFor(scheme.site);
  const before = await readBooks(t, site);
  const about: About = { requirement: scheme.requirements[0] ?? "" };
  const earlier: PurchaseObservation[] = [];
  for (let time = 0; time < listens(column, word, scheme); time++) earlier.push(await completed(t, site, about));
  let start = await readBooks(t, site);
  const debits: CardLogRecord[] = [...debitsSince(before, start.purse)];
  if (earlier.length > 0) expectConservation(t, before, start, debits, [], about);
  let last: PurchaseObservation | undefined;
  for (const blow of chosen(t, blowsOf(column, word, scheme, earlier))) {
    await t.step(blow.what, async () => {
      last = await struck(t, place, site, blow);
      const after = await readBooks(t, site);
      expectSound(t, start, after, about);
      expectCleanEnd(t, { place, blow, start, seen: last, after });
      debits.push(...debitsSince(start, after.purse));
      await t.system.recover();
      start = await readBooks(t, site);
      t.expect.samePurse(after.purse, start.purse, about);
    });
  }
  await t.step("the terminal serves on", () => expectServed(t, site, last, about));
  const after = await readBooks(t, site);
  debits.push(...debitsSince(start, after.purse));
  expectConservation(t, before, after, debits, leftBy(place), about);
}

async function completed(t: CaseContext, { SITE }: SiteFacts, about: About): Promise<PurchaseObservation> {
  const seen = await t.system.purchase({ SITE });
  t.expect.completed(seen, about);
  return seen;
}

/** The purchase with its disturbance, which is gone afterwards; with everything that went on beside it. */
async function struck(t: CaseContext, place: Place, { SITE }: SiteFacts, blow: Blow): Promise<PurchaseObservation> {
  const { link, from, message, skip = 0, given } = place.word;
  const since = t.system.events().at(-1)?.n;
  const { act, next, strike, what } = blow;
  const beside: Promise<unknown>[] = [];
  const undo: Disturbance[] = [];
  let passed = 0;
  if (act) undo.push(t.system.disturb({ link, from, message, skip, times: 1, act, what }));
  if (next) undo.push(t.system.disturb({ link, from, act: next, what }));
  if (given) undo.push(t.system.disturb({ ...given, times: 1, act: () => [], what: "lost before that" }));
  if (strike) {
    const hook = t.system.when({ link, from, message }, async () => {
      if (passed++ !== skip) return;
      const said = messagesOn(t.system.events(since), link, from).at(-1)?.bytes ?? new Uint8Array(0);
      const work = strike(t, said);
      beside.push(work);
      work.catch(() => undefined);
      if (!blow.isBeside) await work;
    });
    undo.push(hook);
  }
  try {
    const seen = await t.system.purchase({ SITE });
    const hits = act ? (undo[0]?.hits ?? 0) : passed;
    t.expect.that(hits > skip || (act !== undefined && hits > 0), "the message to be disturbed passed its link");
    await Promise.allSettled(beside);
    if (blow.isPulled) await t.system.insertCard("specimen");
    await t.system.idle();
    return { ...seen, events: t.system.events(since) };
  } finally {
    for (const each of undo) each[Symbol.dispose]();
  }
}

/** Purchases until the terminal that was disturbed has served one; at most as many as there are terminals. */
async function expectServed(
  t: CaseContext,
  site: SiteFacts,
  struckPurchase: PurchaseObservation | undefined,
  about: About,
): Promise<void> {
  const usedIn = (seen: PurchaseObservation) => selected(seen).at(-1);
  const disturbed = struckPurchase && usedIn(struckPurchase);
  const served: (string | undefined)[] = [];
  for (const _ of terminalsOf(t, site)) {
    served.push(usedIn(await completed(t, site, about)));
    if (disturbed === undefined || served.includes(disturbed)) return;
  }
  t.expect.oneOf("terminal that was disturbed, among those that serve", disturbed, served, about);
}

function selected(seen: PurchaseObservation): readonly string[] {
  const servers = ["payment-server", "head-end-payment-server"] as const;
  const entries = servers.flatMap((role) => logsOf(seen, role, "terminal-selected"));
  return entries.map(({ fields }) => String(fields.IDTERM));
}
