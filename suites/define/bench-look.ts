/** What a campaign learns of its bench before the first case: who and what is there, and how exactly it measures. */
import { messageOf, PursebenchError } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Latency, Preflight, Station } from "../../harness/flows/station.ts";
import { type Contradiction, contradictionWith } from "./against-device.ts";
import { whyNotApplicable, whyNotRun } from "./applicability.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import type { Case, Scope } from "./case.ts";
import type { CaseLedger } from "./case-ledger.ts";
import { whyExhausting } from "./consumption.ts";
import { MENDS } from "./failures.ts";
import { needsOf } from "./needs-of.ts";
import { orAborted } from "./or-aborted.ts";

/** Real time for the look at the bench before the first case. */
const PREFLIGHT_MS = 60_000;

export const INTERRUPTED: CaseEnd = Object.freeze({ outcome: "notRun", reason: "interrupted", owner: "bench" });

export function notRun(reason: string): CaseEnd {
  return { outcome: "notRun", reason, owner: "bench" };
}

/** What the look at the bench found: the specimen, or why no case can have a verdict. */
export interface Looked {
  readonly specimen?: Scope["specimen"];
  readonly verdictless?: CaseEnd;
}

/** A bench that cannot be used says nothing about the IUT; only a defect of ours is an error. */
export function benchEnd(thrown: unknown, what: string): CaseEnd {
  const known = thrown instanceof PursebenchError ? thrown : undefined;
  const ours = !known || known.code === "INTERNAL" || known.code === "STORAGE";
  return {
    outcome: ours ? "error" : "inconc",
    reason: `${what}: ${messageOf(thrown)}`,
    owner: known?.owner ?? "bench",
    mend: known?.mend ?? MENDS[known?.owner ?? "bench"],
  };
}

export async function lookedAt(options: CampaignOptions, station: Station, ledger: CaseLedger): Promise<Looked> {
  const preflight = await preflightOf(options, station, options.cases);
  if (preflight === undefined) return { verdictless: INTERRUPTED };
  options.evidence.write({ kind: "preflight", ...preflight });
  if (preflight.ok) {
    const { specimen } = preflight;
    const contradiction =
      contradictionWith(options, specimen ?? {}, station.facts) ?? exhaustion(options, station, ledger, specimen ?? {});
    return { specimen, ...(contradiction ? { verdictless: { outcome: "inconc", ...contradiction } } : {}) };
  }
  const { owner, reason, mend } = preflight;
  return { verdictless: { outcome: "inconc", owner, reason, mend } };
}

/** A specimen that is used up serves nobody any more; one that is played is new for each case. */
function exhaustion(
  { cases, pics, pixit }: CampaignOptions,
  station: Station,
  ledger: CaseLedger,
  specimen: NonNullable<Scope["specimen"]>,
): Contradiction | undefined {
  if (!station.identify) return undefined;
  const scope = { facts: station.facts, pics, specimen };
  const isRun = (each: Case) => whyNotApplicable(each, scope) === undefined && whyNotRun(each, scope) === undefined;
  const due = cases.filter((each) => !ledger.isSettled(each) && isRun(each));
  return whyExhausting(due, specimen, pixit);
}

/** What the bench adds to every time that a case measures; nothing where it cannot be told. */
export async function latenciesOf({ evidence }: CampaignOptions, station: Station): Promise<readonly Latency[]> {
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

/** Looks whether all is there that `cases` need; undefined when the run was interrupted. Never rejects. */
export async function preflightOf(
  { clock, signal }: Pick<CampaignOptions, "clock" | "signal">,
  station: Station,
  cases: readonly Case[],
): Promise<Preflight | undefined> {
  const timer = clock.timer(PREFLIGHT_MS);
  const late: Preflight = {
    ok: false,
    owner: "bench",
    reason: `the look at the bench did not end within ${PREFLIGHT_MS / 1000} s`,
    mend: "run `pursebench doctor` with the same bench",
  };
  const failed = (thrown: unknown): Preflight => {
    const { reason, owner, mend } = benchEnd(thrown, "the bench could not be opened");
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
