/** One cell of the fault matrix of loading: a load that is disturbed, what is settled after it, and a load afterwards. */
import type { LoadObservation, LoadSiteFacts } from "../../../harness/flows/loading.ts";
import type { Disturbance } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase, type Needs } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { messagesOn } from "../../payment/support/observe.ts";
import { holderRole } from "../support/page.ts";
import { requirementOf, type Source, siteNeed, siteOf } from "../support/sources.ts";
import type { Blow, Column } from "./disturbances.ts";
import { creditsSince, expectLoadsSettled, type LoadBooks, type LoadStanding, readLoadBooks } from "./standing.ts";
import type { Word } from "./words.ts";

export interface Place {
  readonly source: Source;
  readonly word: Word;
  readonly column: Column;
}

/** Minor units of each load. */
const MLDA = 2500;

/** The longest that the waits of `load.md` 10 add up to for a user: head end, load server's two waits, a card put back. */
const LONGEST_MS = 130_000;

/** Codes with which a load may end whose card was loaded (`load.md` 2): nothing in them says that it was not. */
const OPEN_CODES: readonly string[] = ["0000", "A007", "A008", "A010", "A018", "A019", "A01A"];

export function cellCase(id: string, place: Place, needs: Needs = {}): Case {
  const { source, word, column } = place;
  return defineCase({
    id,
    suite: "load",
    purpose: `The ${word.what} (${word.step}), ${column.title}: the card has what the account has given, or neither, and a load afterwards succeeds`,
    requirements: requirementsOf(place),
    owner: "server",
    cell: {
      matrix: `Faults in a load from ${sourceWords(source)}`,
      row: `${word.link} ${word.step} ${word.what}`,
      column: column.title,
    },
    needs: { ...needs, ...needsOf(place) },
    timeoutMs: 300_000,
    run: (t) => runCell(t, place),
  });
}

function sourceWords({ source, direct, suite }: Source): string {
  const account = source === "bank" ? "a bank account" : `a pre-funded account${direct ? ", directly" : ""}`;
  return suite === "AES-128-GCM" ? account : `${account}, triple DES`;
}

/** What the disturbances of a column put to the test. */
const TESTED: Readonly<Record<Column["id"], readonly string[]>> = {
  LOST: ["0128-b", "AMB-RECOVERY"],
  AGAIN: ["878", "898-d"],
  FORGED: ["0128-b", "898-d"],
  KILLED: ["0128-b", "AMB-RECOVERY"],
  PULLED: ["0128-b", "AMB-RECOVERY"],
};

function requirementsOf({ source, column }: Place): readonly string[] {
  return TESTED[column.id].map((end) => requirementOf(source, end));
}

function needsOf({ source, word, column }: Place): Needs {
  const kills = column.id === "KILLED" ? column.blows(word, source, []).flatMap((blow) => blow.kills ?? []) : [];
  return {
    loadSites: [siteNeed(source)],
    links: [...new Set([word.link, "236" as const])],
    logs: ["head-end", "load-server", holderRole(source)],
    restart: kills,
    ...(column.id === "PULLED" ? { swiftHand: true } : {}),
  };
}

/** Where time is dear, of all that can befall a message only so much. */
const DEAR_BLOWS = 2;

function chosen(t: CaseContext, blows: readonly Blow[]): readonly Blow[] {
  if (t.facts.offers.exhaustive || blows.length <= DEAR_BLOWS) return blows;
  return [blows[0], blows.at(-1)].flatMap((blow) => blow ?? []);
}

async function runCell(t: CaseContext, place: Place): Promise<void> {
  const { source, word, column } = place;
  const site = siteOf(t, source);
  const about: About = { requirement: requirementsOf(place)[0] ?? "" };
  const before = await readLoadBooks(t, site);
  const earlier: LoadObservation[] = [];
  for (let time = 0; time < column.listens; time++) earlier.push(await completed(t, site, about));
  expectLoadsSettled(t, before, await readLoadBooks(t, site), [], about);
  for (const blow of chosen(t, column.blows(word, source, earlier))) {
    await t.step(blow.what, async () => {
      const start = await readLoadBooks(t, site);
      const seen = await struck(t, place, site, blow);
      const after = await readLoadBooks(t, site);
      expectToldRight(t, place, { start, seen, after });
      await t.system.recover();
      await t.system.settleHolds();
      expectLoadsSettled(t, start, await readLoadBooks(t, site), leftBy(place), about);
    });
  }
  await t.step("the next load succeeds", async () => {
    const start = await readLoadBooks(t, site);
    const { outcome } = await completed(t, site, about);
    const after = await readLoadBooks(t, site);
    const standing = expectLoadsSettled(t, start, after, [], about).get(outcome.IDTRX ?? "");
    t.expect.equal("standing of the next load", standing, "complete", about);
  });
}

async function completed(t: CaseContext, { SITE }: LoadSiteFacts, about: About): Promise<LoadObservation> {
  const seen = await t.system.load({ SITE, enter: () => MLDA });
  t.expect.completed(seen, about);
  return seen;
}

/** The load with its disturbance, which is gone afterwards; with everything that went on beside it. */
async function struck(t: CaseContext, place: Place, { SITE }: LoadSiteFacts, blow: Blow): Promise<LoadObservation> {
  const { link, from, message, skip = 0 } = place.word;
  const since = t.system.events().at(-1)?.n;
  const { act, next, strike, what } = blow;
  const beside: Promise<unknown>[] = [];
  const undo: Disturbance[] = [];
  let passed = 0;
  if (act) undo.push(t.system.disturb({ link, from, message, skip, times: 1, act, what }));
  if (next) undo.push(t.system.disturb({ link, from, act: next, what }));
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
    const seen = await t.system.load({ SITE, enter: () => MLDA });
    const hits = act ? (undo[0]?.hits ?? 0) : passed;
    t.expect.that(hits > 0, "the message to be disturbed passed its link");
    await Promise.allSettled(beside);
    if (blow.isPulled) await t.system.insertCard("specimen");
    await t.system.idle();
    return { ...seen, events: t.system.events(since) };
  } finally {
    for (const each of undo) each[Symbol.dispose]();
  }
}

interface Ended {
  readonly start: LoadBooks;
  readonly seen: LoadObservation;
  readonly after: LoadBooks;
}

function expectToldRight(t: CaseContext, place: Place, { start, seen, after }: Ended): void {
  const { source, word } = place;
  const about = { requirement: requirementOf(source, "0128-b"), at: seen.events.at(-1) };
  const took = (seen.events.at(-1)?.atMs ?? 0) - (seen.events[0]?.atMs ?? 0);
  t.expect.that(took <= LONGEST_MS, "the load ended within its time", { ...about, actual: `${Math.round(took)} ms` });
  // What the head end says to the user is not protected beyond the link itself: altered there, it may say anything.
  if (word.link === "cable" && word.from === "head-end") return;
  const { CC, IDTRX } = seen.outcome;
  const isLoaded = creditsSince(start, after).length > 0;
  if (isLoaded) t.expect.oneOf("what the user of a loaded card is told", CC, OPEN_CODES, about);
  if (CC !== "0000") return;
  const row = after.rows.find((each) => each.IDTRX === IDTRX);
  t.expect.equal("load of a user who is told of success", [isLoaded, row?.status], [true, "loaded"], about);
}

/** Standings beside `complete` and `nowhere` that a disturbance of that place may leave for good. */
function leftBy({ word, column }: Place): readonly LoadStanding[] {
  // what the set-top box needs for the seal and for a recovery is on that page, and only the link itself protects it there
  return word.id === "CABLE-A4" && column.id === "FORGED" ? ["unresolved"] : [];
}
