import type { Clock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import { isVerdict, VERDICTS } from "../../harness/evidence/verdict.ts";
import type { DeviceSystem } from "../../harness/flows/devices.ts";
import type { Latency, Station } from "../../harness/flows/station.ts";
import type { PurchaseObservation, PurseSystem } from "../../harness/flows/system.ts";
import { noteAccounts } from "./accounts-note.ts";
import { noting, unlessBench } from "./bench-trouble.ts";
import type { Case, CaseContext } from "./case.ts";
import { createExpect } from "./expect.ts";
import { endOf, MENDS } from "./failures.ts";
import { expectMoneyKept } from "./money-check.ts";
import { firstLoadSite, firstSite, profileWords } from "./site-need.ts";
import { type BenchFacts, benchFacts, timing } from "./timing.ts";

/** Real time for a case that names none. */
const CASE_MS = 60_000;
/** Real time for taking a system down. */
const RELEASE_MS = 10_000;
/** The same after Ctrl-C, so that the whole run ends within two seconds. */
const HURRIED_RELEASE_MS = 1_000;

export type Finished = CaseEnd & { readonly durationMs: number };

export interface ExecuteOptions {
  /** The machine's clock: deadlines of cases are real time, whatever the bench's clock shows. */
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** As the station measured them before the first case; none where time is virtual. */
  readonly latencies?: readonly Latency[] | undefined;
}

/**
 * Runs one case on a fresh system and judges it. The verdict is given back only when it and everything before it is on
 * the disk. Never rejects.
 */
export async function executeCase(
  definition: Case,
  station: Station,
  evidence: Recorder,
  options: ExecuteOptions,
): Promise<Finished> {
  const startedMs = options.clock.monotonicMs();
  evidence.enter(definition.id);
  evidence.write({ kind: "case-start" });
  const opening = openFor(station, definition);
  const ended = await bodyEnd(opening, definition, station, evidence, options);
  const released = await releaseEnd(opening, station, definition, options);
  const durationMs = Math.round(options.clock.monotonicMs() - startedMs);
  return await settle({ ...worse(ended, released), durationMs }, evidence);
}

/** Writes how a case ended and makes sure that it is on the disk; what cannot be kept is an error. */
export async function settle(finished: Finished, evidence: Recorder): Promise<Finished> {
  evidence.write({ kind: "case-end", ...finished });
  try {
    await evidence.flush();
  } catch (thrown) {
    return { ...endOf(thrown, "bench"), durationMs: finished.durationMs };
  } finally {
    evidence.enter(undefined);
  }
  return finished;
}

/** What a case works on: the whole system, or the devices alone. */
type Opened = { readonly system: PurseSystem } | { readonly devices: DeviceSystem };

/** As a promise, also when the station throws at once. */
async function openFor(station: Station, { id, on }: Case): Promise<Opened> {
  if (on === "devices") return { devices: await station.devicesFor(id) };
  return { system: await station.systemFor(id) };
}

async function bodyEnd(
  opening: Promise<Opened>,
  definition: Case,
  station: Station,
  evidence: Recorder,
  options: ExecuteOptions,
): Promise<CaseEnd> {
  const { owner } = definition;
  const over = new AbortController();
  const timer = options.clock.timer(definition.timeoutMs ?? CASE_MS);
  const tally = { checks: 0 };
  const met: PurchaseObservation["trouble"][number][] = [];
  const work = opening
    .then(async (opened) => {
      const noted = "system" in opened ? { system: noting(opened.system, met) } : opened;
      const facts = benchFacts(options.latencies ?? []);
      const context = contextOf(definition, noted, station, evidence, over.signal, tally, facts);
      await definition.run(context);
      if (tally.checks === 0) return unchecked(definition);
      if ("system" in opened) await expectMoneyKept(definition, opened.system, context);
      return passed(definition);
    })
    .catch((thrown: unknown) => unlessBench(endOf(thrown, owner), met))
    .then((end) =>
      withAccounts(end, opening, (text) => void evidence.write({ kind: "note", text }, definition.id), options.clock),
    );
  try {
    return await Promise.race([
      work,
      timer.elapsed.then(() => timedOut(definition)),
      evidence.failure.then((error) => endOf(error, owner)),
      aborted(options.signal, over.signal).then(() => interrupted(owner)),
    ]);
  } finally {
    over.abort();
    timer.cancel();
  }
}

/** Beside a failure: where the money has gone. */
async function withAccounts(
  end: CaseEnd,
  opening: Promise<Opened>,
  note: (text: string) => void,
  clock: Clock,
): Promise<CaseEnd> {
  if (end.outcome !== "fail") return end;
  const noted = opening.then((opened) => ("system" in opened ? noteAccounts(opened.system, note, clock) : undefined));
  await noted.catch(() => undefined);
  return end;
}

function contextOf(
  definition: Case,
  opened: Opened,
  station: Station,
  evidence: Recorder,
  over: AbortSignal,
  tally: { checks: number },
  bench: BenchFacts,
): CaseContext {
  const write: Recorder["write"] = (event) => (over.aborted ? 0 : evidence.write(event, definition.id));
  const { facts } = "system" in opened ? opened.system : opened.devices;
  const unsaid = (what: string) =>
    new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its definition`);
  const expect = createExpect(({ owner: _, ...expectation }, ok) => {
    tally.checks++;
    write({ kind: "check", ok, ...expectation });
  });
  return {
    get system() {
      if ("system" in opened) return opened.system;
      throw unsaid("the whole system");
    },
    get devices() {
      if ("devices" in opened) return opened.devices;
      throw unsaid("the devices alone");
    },
    facts,
    get keys() {
      if (station.keys && definition.needs?.keys) return station.keys;
      throw new PursebenchError("INTERNAL", `${definition.id} uses keys without saying so in its needs`);
    },
    siteFor(need) {
      const site = firstSite(facts.sites, need);
      if (site) return site;
      const what = `a site with ${profileWords(need)}`;
      throw new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its needs`);
    },
    loadSiteFor(need) {
      const site = firstLoadSite(facts.loadSites, need);
      if (site) return site;
      const what = `a site for loading with ${profileWords(need)}`;
      throw new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its needs`);
    },
    expect,
    bench,
    timing: timing(expect, bench),
    note: (text) => void write({ kind: "note", text }),
    ending: (text) => void write({ kind: "ending", text }),
    async step(title, work) {
      write({ kind: "phase", title });
      return await work();
    },
  };
}

async function releaseEnd(
  opening: Promise<Opened>,
  station: Station,
  { owner }: Case,
  { clock, signal }: ExecuteOptions,
): Promise<CaseEnd | undefined> {
  const timer = clock.timer(signal?.aborted ? HURRIED_RELEASE_MS : RELEASE_MS);
  const release = opening.then(
    (opened) => station.release("system" in opened ? opened.system : opened.devices),
    () => undefined, // it never opened: judged already
  );
  const stuck: CaseEnd = {
    outcome: "error",
    reason: "the system was not taken down in time",
    owner: "bench",
    mend: MENDS.bench,
  };
  try {
    return await Promise.race([
      release.then(() => undefined).catch((thrown: unknown) => endOf(thrown, owner)),
      timer.elapsed.then(() => stuck),
    ]);
  } finally {
    timer.cancel();
  }
}

/** Resolves when `signal` aborts; forgets it when `over` does. */
function aborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true, signal: over });
  });
}

function worse(body: CaseEnd, release: CaseEnd | undefined): CaseEnd {
  if (!release || !isVerdict(body.outcome) || !isVerdict(release.outcome)) return body;
  return VERDICTS.indexOf(release.outcome) > VERDICTS.indexOf(body.outcome) ? release : body;
}

function passed({ owner }: Case): CaseEnd {
  return { outcome: "pass", reason: "", owner };
}

/** A case that expects nothing proves nothing, whatever it did. */
function unchecked({ id }: Case): CaseEnd {
  const mend = "give the case an expectation, or let it say why it is inconclusive";
  return { outcome: "error", reason: `${id} ended without a single check`, owner: "bench", mend };
}

function interrupted(owner: Case["owner"]): CaseEnd {
  return { outcome: "notRun", reason: "interrupted", owner };
}

function timedOut(definition: Case): CaseEnd {
  const seconds = (definition.timeoutMs ?? CASE_MS) / 1000;
  return { outcome: "error", reason: `the case did not end within ${seconds} s`, owner: "bench", mend: MENDS.bench };
}
