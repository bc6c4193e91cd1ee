import { verdictOf } from "../../harness/evidence/derive.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Golden } from "../../harness/evidence/results.ts";
import { summarise } from "../../harness/evidence/verdict.ts";
import type { Station } from "../../harness/flows/station.ts";
import { closeStation, openStation } from "./bench-door.ts";
import { INTERRUPTED, lookedAt, notRun } from "./bench-look.ts";
import type { CampaignCase, CampaignOptions, CampaignOutcome } from "./campaign-options.ts";
import { headerOf } from "./case.ts";
import { CaseLedger } from "./case-ledger.ts";
import { runAgain, runReplaced } from "./diagnose.ts";
import { MENDS } from "./failures.ts";
import { runGolden, whyNotGolden } from "./golden.ts";
import { factsObserved } from "./observation/facts.ts";
import { orAborted } from "./or-aborted.ts";
import { abandon, runCases } from "./run-cases.ts";
import { whyAnotherBench } from "./same-bench.ts";
import { SpecimenWatch } from "./specimen-watch.ts";
import { diagnosed, type Suspects, suspectsOf } from "./suspects.ts";
import { waive } from "./waive.ts";

export type { CampaignCase, CampaignOptions, CampaignOutcome, Progress } from "./campaign-options.ts";

/**
 * Runs `cases` one after the other, with golden devices before and after where there are any. A run that broke off goes on where
 * it was. Never rejects.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignOutcome> {
  const course: Course = {
    options,
    ledger: new CaseLedger(options.earlier),
    golden: [...(options.earlier?.golden ?? [])],
  };
  begin(options);
  const suspects = await runOnBench(course);
  if (course.stopped === undefined) {
    await goldenDevices(course, "after");
    await runReplaced([...suspects.map.values()], suspects.replacements, options);
  }
  return conclude(course, suspects.map);
}

interface Course {
  readonly options: CampaignOptions;
  readonly ledger: CaseLedger;
  golden: readonly Golden[];
  /** Why a run that broke off does not go on. */
  stopped?: string;
}

interface Suspected {
  readonly map: Suspects;
  readonly replacements: NonNullable<Station["replacements"]>;
}
const NOBODY: Suspected = { map: new Map(), replacements: [] };

function begin({ evidence, cases, claims, earlier }: CampaignOptions): void {
  if (!earlier?.isSelected) evidence.write({ kind: "selection", cases: cases.map(headerOf) });
  if (claims && !earlier?.isClaimed) evidence.write({ kind: "claims", ...claims });
}

/** All that happens on the bench itself, golden devices before it. */
async function runOnBench(course: Course): Promise<Suspected> {
  const { options, ledger } = course;
  await goldenDevices(course, "before");
  const bad = whyNotGolden(course.golden);
  if (bad !== undefined || options.signal?.aborted) {
    await abandon(options, ledger, bad === undefined ? INTERRUPTED : benchIs(bad));
    return NOBODY;
  }
  if (!hasWork(course)) return NOBODY;
  const opened = await openStation(options.station, options.signal);
  if (!("station" in opened)) {
    await refuse(course, opened);
    return NOBODY;
  }
  const { station } = opened;
  try {
    return await runWith(course, station);
  } finally {
    await closeStation(station, options);
  }
}

async function runWith(course: Course, station: Station): Promise<Suspected> {
  const { options, ledger } = course;
  options.evidence.write({ kind: "identity", ...station.identity });
  if (options.evidence.keeps) options.evidence.write(factsObserved(station.facts));
  const looked = await lookedAt(options, station, ledger);
  const watch = new SpecimenWatch(station, options.evidence);
  const specimens = looked.verdictless ? undefined : await orAborted(watch.begin(), options.signal);
  if (options.earlier && !options.signal?.aborted) {
    const found = { identity: station.identity, specimen: looked.specimen, specimens };
    const why = looked.verdictless?.reason ?? whyAnotherBench(options.earlier, found);
    if (why !== undefined) {
      course.stopped = why;
      return NOBODY;
    }
  }
  await runCases(options, station, ledger, { looked, watch });
  const map = suspectsOf(options, station, ledger);
  if (map.size > 0) await runAgain([...map.values()], station, options);
  return { map, replacements: station.replacements ?? [] };
}

/** A run that broke off can be tried again when its bench is there; another one ends here. */
async function refuse(course: Course, end: CaseEnd): Promise<void> {
  const { options, ledger } = course;
  if (options.earlier && !options.signal?.aborted) course.stopped = end.reason;
  else await abandon(options, ledger, end);
}

async function goldenDevices(course: Course, when: Golden["when"]): Promise<void> {
  const { options, golden } = course;
  const { signal, evidence } = options;
  if (!options.golden || signal?.aborted || evidence.broken || golden.some((each) => each.when === when)) return;
  if (when === "after" && whyNotGolden(golden) !== undefined) return;
  course.golden = [...golden, ...((await runGolden(options.golden, when, options)) ?? [])];
}

function hasWork({ options, ledger }: Course): boolean {
  const { cases, retry = 0, earlier } = options;
  if (!earlier || cases.some((each) => !ledger.isSettled(each) || ledger.isTriedAgain(each, retry))) return true;
  return suspectsOf(options, undefined, ledger).size > 0;
}

function conclude(course: Course, suspects: Suspects): CampaignOutcome {
  const { options, ledger, stopped, golden } = course;
  const { evidence, signal } = options;
  const interrupted = signal?.aborted ?? false;
  const left = notRun(stopped ?? "interrupted");
  const ended = options.cases.map((definition): CampaignCase => {
    const finished = ledger.finished(definition) ?? { ...left, durationMs: 0 };
    return { definition, finished, attempts: ledger.begun(definition) };
  });
  const cases = waive(options, diagnosed(options, ended, suspects));
  const reason = interrupted ? "interrupted" : stopped;
  if (reason !== undefined) evidence.write({ kind: "interrupted", reason });
  const outcomes = cases.map(({ finished }) => finished.outcome);
  return {
    verdict: verdictOf(outcomes, golden),
    summary: summarise(outcomes),
    cases,
    golden,
    interrupted,
    stopped,
    storage: evidence.broken,
  };
}

function benchIs(reason: string): CaseEnd {
  return { outcome: "inconc", reason, owner: "bench", mend: MENDS.bench };
}
