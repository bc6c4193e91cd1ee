import type { Clock } from "../../harness/core/clock.ts";
import type { CaseEnd, EvidenceEvent } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import { isVerdict, VERDICTS } from "../../harness/evidence/verdict.ts";
import type { Latency, Station } from "../../harness/flows/station.ts";
import { noteAccounts } from "./accounts-note.ts";
import type { Case } from "./case.ts";
import type { Opened } from "./case-context.ts";
import { endOf, MENDS } from "./failures.ts";
import { judge } from "./judge.ts";
import { observerFor } from "./observation/observer.ts";
import { benchFacts } from "./timing.ts";

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
  /** Which time it is that the case is run; the first when absent. */
  readonly attempt?: number | undefined;
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
  const { attempt = 1 } = options;
  evidence.write({ kind: "case-start", ...(attempt > 1 ? { attempt } : {}) });
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
  const { clock } = options;
  const over = new AbortController();
  const timer = clock.timer(definition.timeoutMs ?? CASE_MS);
  const write = (event: EvidenceEvent) => (over.signal.aborted ? 0 : evidence.write(event, definition.id));
  const bench = benchFacts(options.latencies ?? []);
  const observer = observerFor(evidence, definition, station);
  const work = opening
    .then((opened) => {
      const beside = { now: () => clock.wall().getTime() };
      const parts = { opened, beside, keys: station.keys, bench, write };
      return judge(definition, observer ? { ...parts, ...observer.watched(opened, beside) } : parts);
    })
    .catch((thrown: unknown) => endOf(thrown, owner))
    .then((end) =>
      withAccounts(end, opening, (text) => void evidence.write({ kind: "note", text }, definition.id), clock),
    );
  try {
    const end = await Promise.race([
      work,
      timer.elapsed.then(() => timedOut(definition)),
      evidence.failure.then((error) => endOf(error, owner)),
      aborted(options.signal, over.signal).then(() => interrupted(owner)),
    ]);
    observer?.keep(end);
    return end;
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

function interrupted(owner: Case["owner"]): CaseEnd {
  return { outcome: "notRun", reason: "interrupted", owner };
}

function timedOut(definition: Case): CaseEnd {
  const seconds = (definition.timeoutMs ?? CASE_MS) / 1000;
  return { outcome: "error", reason: `the case did not end within ${seconds} s`, owner: "bench", mend: MENDS.bench };
}
