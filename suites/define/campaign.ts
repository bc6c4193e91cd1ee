import type { Pics } from "../../harness/bench/pics.ts";
import type { Pixit } from "../../harness/bench/pixit.ts";
import type { Clock } from "../../harness/core/clock.ts";
import { messageOf, PursebenchError } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import { isVerdict, type Summary, summarise, type Verdict, worst } from "../../harness/evidence/verdict.ts";
import type { Latency, Preflight, Station } from "../../harness/flows/station.ts";
import { type Contradiction, contradictionWith } from "./against-device.ts";
import { whyNotApplicable } from "./applicability.ts";
import { type Case, headerOf, type Scope } from "./case.ts";
import { whyExhausting } from "./consumption.ts";
import { MOST_DIAGNOSES, ownerBy, runAgain, runReplaced, type Suspect } from "./diagnose.ts";
import { executeCase, type Finished, settle } from "./execute.ts";
import { MENDS } from "./failures.ts";
import { needsOf } from "./needs-of.ts";
import { SpecimenWatch } from "./specimen-watch.ts";

/** Real time for the look at the bench before the first case. */
const PREFLIGHT_MS = 60_000;

export interface Progress {
  readonly index: number;
  readonly total: number;
  readonly definition: Case;
  /** Absent when the case begins. */
  readonly finished?: Finished;
}

export interface CampaignOptions {
  readonly cases: readonly Case[];
  /** Opens the bench; the campaign takes it down again. A failure here makes every case inconclusive. */
  readonly station: () => Promise<Station>;
  readonly evidence: Recorder;
  readonly clock: Clock;
  readonly pics?: Pics | undefined;
  readonly pixit?: Pixit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Cases that fail are run again with devices replaced, where the station can, to tell whose the failure is. */
  readonly diagnose?: boolean | undefined;
  /** Hears what is done after the last case, one sentence at a time. */
  readonly tell?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface CampaignCase {
  readonly definition: Case;
  readonly finished: Finished;
  /** Why a failure is its owner's, where that was looked for. */
  readonly ownerBecause?: string | undefined;
}

export interface CampaignOutcome {
  readonly verdict: Verdict;
  readonly summary: Summary;
  readonly cases: readonly CampaignCase[];
  readonly interrupted: boolean;
  /** Why evidence could not be kept, if so. */
  readonly storage?: PursebenchError | undefined;
}

/** Runs `cases` one after the other; no verdict is looked for twice. Never rejects. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignOutcome> {
  const { evidence, cases } = options;
  evidence.write({ kind: "selection", cases: cases.map(headerOf) });
  const opened = await openStation(options);
  if (!("station" in opened)) return conclude(options, await abandon(options, opened));
  const { station } = opened;
  let suspects: Suspects = new Map();
  let done: readonly CampaignCase[];
  try {
    done = await runCases(options, station);
    suspects = suspectsOf(options, station, done);
    if (suspects.size > 0) await runAgain([...suspects.values()], station, options);
  } finally {
    await closeStation(station, options);
  }
  await runReplaced([...suspects.values()], station.replacements ?? [], options);
  return conclude(options, diagnosed(options, done, suspects));
}

/** Failed cases by their id. */
type Suspects = ReadonlyMap<string, Suspect>;

function suspectsOf(
  { diagnose, tell, evidence, signal }: CampaignOptions,
  { replacements = [] }: Station,
  done: readonly CampaignCase[],
): Suspects {
  if (!diagnose || replacements.length === 0 || evidence.broken || signal?.aborted) return new Map();
  const failed = done.filter(({ finished }) => finished.outcome === "fail").slice(0, MOST_DIAGNOSES);
  if (failed.length > 0) {
    const what = failed.length === 1 ? "The case that failed is" : `${failed.length} cases that failed are`;
    tell?.(`${what} run again with other devices, to tell whose the failure is: it stays a failure.`);
  }
  return new Map(
    failed.map(({ definition, finished: { owner } }) => [definition.id, { definition, owner, reruns: [] }]),
  );
}

/** Says in the evidence, and in what is given back, whose each failure is. */
function diagnosed(
  { evidence }: CampaignOptions,
  done: readonly CampaignCase[],
  suspects: Suspects,
): readonly CampaignCase[] {
  return done.map(({ definition, finished }) => {
    const suspect = suspects.get(definition.id);
    if (!suspect) return { definition, finished };
    const { reruns } = suspect;
    const { owner, because } = ownerBy(suspect);
    evidence.write({ kind: "diagnosis", owner, because, reruns }, definition.id);
    return { definition, finished: { ...finished, owner }, ownerBecause: because };
  });
}

type Opened = { readonly station: Station } | CaseEnd;

async function openStation(options: CampaignOptions): Promise<Opened> {
  const opening = options.station();
  try {
    const station = await orAborted(opening, options.signal);
    if (station === undefined) {
      opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined); // nobody waits for it any more
      return INTERRUPTED;
    }
    options.evidence.write({ kind: "identity", ...station.identity });
    return { station };
  } catch (thrown) {
    return benchEnd(thrown);
  }
}

/** A bench that cannot be opened says nothing about the IUT; only a defect of ours is an error. */
function benchEnd(thrown: unknown): CaseEnd {
  const known = thrown instanceof PursebenchError ? thrown : undefined;
  const ours = !known || known.code === "INTERNAL" || known.code === "STORAGE";
  return {
    outcome: ours ? "error" : "inconc",
    reason: `the bench could not be opened: ${messageOf(thrown)}`,
    owner: known?.owner ?? "bench",
    mend: known?.mend ?? MENDS[known?.owner ?? "bench"],
  };
}

async function runCases(options: CampaignOptions, station: Station): Promise<CampaignCase[]> {
  const looked = await lookedAt(options, station);
  const watch = new SpecimenWatch(station, options.evidence);
  let latencies: readonly Latency[] | undefined;
  if (!looked.verdictless) {
    await orAborted(watch.begin(), options.signal);
    latencies = await orAborted(latenciesOf(options, station), options.signal);
  }
  const done: CampaignCase[] = [];
  for (const [index, definition] of options.cases.entries()) {
    tell(options, index, definition);
    const finished = await finish(options, station, definition, { ...looked, watch, latencies });
    done.push({ definition, finished });
    tell(options, index, definition, finished);
  }
  return done;
}

async function finish(
  options: CampaignOptions,
  station: Station,
  definition: Case,
  { specimen, verdictless, watch, latencies }: Looked & Begun,
): Promise<Finished> {
  const { evidence, signal } = options;
  if (evidence.broken) return { ...notRun(evidence.broken.message), durationMs: 0 };
  if (signal?.aborted) return await skip(options, definition, INTERRUPTED);
  const reason = whyNotApplicable(definition, { facts: station.facts, pics: options.pics, specimen });
  if (reason !== undefined) {
    return await skip(options, definition, { outcome: "notApplicable", reason, owner: definition.owner });
  }
  if (verdictless) return await skip(options, definition, verdictless);
  const swapped = await orAborted(watch.look(), signal);
  if (swapped) return await skip(options, definition, swapped);
  return await executeCase(definition, station, evidence, { clock: options.clock, signal, latencies });
}

/** A specimen that is used up serves nobody any more; one that is played is new for each case. */
function exhaustion(
  { cases, pics, pixit }: CampaignOptions,
  station: Station,
  specimen: NonNullable<Scope["specimen"]>,
): Contradiction | undefined {
  if (!station.identify) return undefined;
  const scope = { facts: station.facts, pics, specimen };
  return whyExhausting(
    cases.filter((each) => whyNotApplicable(each, scope) === undefined),
    specimen,
    pixit,
  );
}

/** What the bench adds to every time that a case measures; nothing where it cannot be told. */
async function latenciesOf({ evidence }: CampaignOptions, station: Station): Promise<readonly Latency[]> {
  if (!station.measure) return [];
  try {
    const latencies = await station.measure();
    evidence.write({ kind: "latencies", latencies });
    return latencies;
  } catch (thrown) {
    evidence.write({ kind: "note", text: `the bench could not be measured: ${messageOf(thrown)}` });
    return [];
  }
}

async function abandon(options: CampaignOptions, end: CaseEnd): Promise<CampaignCase[]> {
  const done: CampaignCase[] = [];
  for (const [index, definition] of options.cases.entries()) {
    const finished = await skip(options, definition, end);
    done.push({ definition, finished });
    tell(options, index, definition, finished);
  }
  return done;
}

/** Records an end without running the case. */
async function skip({ evidence }: CampaignOptions, definition: Case, end: CaseEnd): Promise<Finished> {
  evidence.enter(definition.id);
  return await settle({ ...end, durationMs: 0 }, evidence);
}

/** What is known of the bench when its first case begins. */
interface Begun {
  readonly watch: SpecimenWatch;
  readonly latencies: readonly Latency[] | undefined;
}

/** What the look at the bench found: the specimen, or why no case can have a verdict. */
interface Looked {
  readonly specimen?: Scope["specimen"];
  readonly verdictless?: CaseEnd;
}

async function lookedAt(options: CampaignOptions, station: Station): Promise<Looked> {
  const preflight = await lookAtBench(options, station);
  if (preflight === undefined) return { verdictless: INTERRUPTED };
  options.evidence.write({ kind: "preflight", ...preflight });
  if (preflight.ok) {
    const { specimen } = preflight;
    const contradiction =
      contradictionWith(options, specimen ?? {}, station.facts) ?? exhaustion(options, station, specimen ?? {});
    return { specimen, ...(contradiction ? { verdictless: { outcome: "inconc", ...contradiction } } : {}) };
  }
  const { owner, reason, mend } = preflight;
  return { verdictless: { outcome: "inconc", owner, reason, mend } };
}

async function lookAtBench(
  { clock, signal, cases }: CampaignOptions,
  station: Station,
): Promise<Preflight | undefined> {
  const timer = clock.timer(PREFLIGHT_MS);
  const late: Preflight = {
    ok: false,
    owner: "bench",
    reason: `the look at the bench did not end within ${PREFLIGHT_MS / 1000} s`,
    mend: "run `pursebench doctor` with the same bench",
  };
  const failed = (thrown: unknown): Preflight => {
    const { reason, owner, mend } = benchEnd(thrown);
    return { ok: false, reason, owner, mend: mend ?? "run `pursebench doctor` with the same bench" };
  };
  try {
    return await orAborted(
      Promise.race([station.preflight(needsOf(cases)).catch(failed), timer.elapsed.then(() => late)]),
      signal,
    );
  } finally {
    timer.cancel();
  }
}

/** Takes the bench down; what goes wrong there is noted and changes no verdict. */
async function closeStation(station: Station, { evidence, clock, signal }: CampaignOptions): Promise<void> {
  const timer = clock.timer(signal?.aborted ? 500 : 15_000);
  const stuck = timer.elapsed.then(() => "the bench was not taken down in time");
  const closing = station[Symbol.asyncDispose]().then(
    () => undefined,
    (thrown: unknown) => `the bench was not taken down: ${messageOf(thrown)}`,
  );
  const trouble = await Promise.race([closing, stuck]);
  timer.cancel();
  if (trouble !== undefined) evidence.write({ kind: "note", text: trouble });
}

function conclude({ evidence, signal }: CampaignOptions, cases: readonly CampaignCase[]): CampaignOutcome {
  const outcomes = cases.map(({ finished }) => finished.outcome);
  const interrupted = signal?.aborted ?? false;
  if (interrupted) evidence.write({ kind: "interrupted", reason: "interrupted" });
  return {
    verdict: worst(outcomes.filter(isVerdict)),
    summary: summarise(outcomes),
    cases,
    interrupted,
    storage: evidence.broken,
  };
}

const INTERRUPTED: CaseEnd = Object.freeze({ outcome: "notRun", reason: "interrupted", owner: "bench" });

function notRun(reason: string): CaseEnd {
  return { outcome: "notRun", reason, owner: "bench" };
}

function tell(options: CampaignOptions, index: number, definition: Case, finished?: Finished): void {
  options.onProgress?.({ index, total: options.cases.length, definition, ...(finished ? { finished } : {}) });
}

/** `work`, or undefined when the signal aborts first. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return work;
  const over = new AbortController(); // a run waits for much, and one signal shall not keep all of it
  const waited = new Promise<T | undefined>((resolve, reject) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: over.signal });
    work.then(resolve, reject);
  });
  return waited.finally(() => over.abort());
}
