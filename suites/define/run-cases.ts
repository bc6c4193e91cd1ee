/** The cases of a campaign on a bench that is up: each once, and again where that was asked for. */
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Latency, Station } from "../../harness/flows/station.ts";
import { whyNotApplicable, whyNotRun } from "./applicability.ts";
import { INTERRUPTED, type Looked, latenciesOf, notRun } from "./bench-look.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import type { Case } from "./case.ts";
import type { CaseLedger } from "./case-ledger.ts";
import { executeCase, type Finished, settle } from "./execute.ts";
import { orAborted } from "./or-aborted.ts";
import type { SpecimenWatch } from "./specimen-watch.ts";

/** What is known of the bench when its first case begins. */
export interface Begun {
  readonly looked: Looked;
  readonly watch: SpecimenWatch;
}

/** Runs what has no verdict yet, in the order of the selection, then what did not pass, `retry` times at most. */
export async function runCases(
  options: CampaignOptions,
  station: Station,
  ledger: CaseLedger,
  begun: Begun,
): Promise<void> {
  const { cases, retry = 0, signal, evidence } = options;
  const isReady = begun.looked.verdictless === undefined;
  const latencies = isReady ? await orAborted(latenciesOf(options, station), signal) : undefined;
  for (const [index, definition] of cases.entries()) {
    if (!ledger.isSettled(definition)) await runOne({ options, station, ledger, begun, latencies }, index, definition);
  }
  for (let round = 1; round <= retry; round++) {
    for (const [index, definition] of cases.entries()) {
      if (!ledger.isTriedAgain(definition, round)) continue;
      if (signal?.aborted || evidence.broken || (await orAborted(begun.watch.look(), signal))) return;
      await runOne({ options, station, ledger, begun, latencies }, index, definition);
    }
  }
}

/** Every case that has no verdict yet ends without being run. */
export async function abandon(options: CampaignOptions, ledger: CaseLedger, end: CaseEnd): Promise<void> {
  for (const [index, definition] of options.cases.entries()) {
    if (ledger.isSettled(definition)) continue;
    const finished = await skip(options, definition, end);
    ledger.add(definition, finished, false);
    tell(options, index, definition, 1, finished);
  }
}

interface Course {
  readonly options: CampaignOptions;
  readonly station: Station;
  readonly ledger: CaseLedger;
  readonly begun: Begun;
  readonly latencies: readonly Latency[] | undefined;
}

async function runOne(course: Course, index: number, definition: Case): Promise<void> {
  const { options, ledger } = course;
  const attempt = ledger.begun(definition) + 1;
  tell(options, index, definition, attempt);
  const why = await whyNot(course, definition);
  const finished = why ? await skip(options, definition, why) : await run(course, definition, attempt);
  ledger.add(definition, finished, why === undefined);
  tell(options, index, definition, attempt, finished);
}

async function run({ options, station, latencies }: Course, definition: Case, attempt: number): Promise<Finished> {
  const { clock, signal, evidence } = options;
  return await executeCase(definition, station, evidence, { clock, signal, latencies, attempt });
}

/** How a case ends that cannot be run now; undefined where it can. */
async function whyNot(
  { options, station, begun: { looked, watch } }: Course,
  definition: Case,
): Promise<CaseEnd | undefined> {
  const { evidence, signal, pics } = options;
  if (evidence.broken) return notRun(evidence.broken.message);
  if (signal?.aborted) return INTERRUPTED;
  const scope = { facts: station.facts, pics, specimen: looked.specimen };
  const reason = whyNotApplicable(definition, scope);
  if (reason !== undefined) return { outcome: "notApplicable", reason, owner: definition.owner };
  const handless = whyNotRun(definition, scope);
  if (handless !== undefined) return notRun(handless);
  return looked.verdictless ?? (await orAborted(watch.look(), signal));
}

/** Records an end without running the case. */
async function skip({ evidence }: CampaignOptions, definition: Case, end: CaseEnd): Promise<Finished> {
  if (evidence.broken) return { ...notRun(evidence.broken.message), durationMs: 0 };
  evidence.enter(definition.id);
  return await settle({ ...end, durationMs: 0 }, evidence);
}

function tell(options: CampaignOptions, index: number, definition: Case, attempt: number, finished?: Finished): void {
  const { cases, onProgress } = options;
  const again = attempt > 1 ? { attempt } : {};
  onProgress?.({ index, total: cases.length, definition, ...again, ...(finished ? { finished } : {}) });
}
