/** What the lines of a run say of one case, attempt by attempt. */
import { decidingAttempt } from "./attempts.ts";
import type { CaseEnd, CaseHeader, EvidenceEvent, EvidenceLine, Waiver } from "./event.ts";
import type { Attempt, CaseResult, ResultStep } from "./results.ts";
import type { Outcome } from "./verdict.ts";

type Ended = Extract<EvidenceEvent, { kind: "case-end" }>;

/** One time that the case was run, or the line that says why it was not. */
interface AttemptReading {
  readonly from: number;
  to: number;
  readonly beganAt: number;
  lastAt: number;
  readonly wasRun: boolean;
  readonly steps: ResultStep[];
  ending?: string;
  /** The first expectation that did not hold. */
  failed?: Extract<EvidenceEvent, { kind: "check" }>;
  end?: Ended;
}

/** One time that a case was run, or was not and that was said. */
export interface EarlierAttempt {
  /** `notRun` where it broke off, unless it had failed already. */
  readonly end: CaseEnd & { readonly durationMs: number };
  readonly wasRun: boolean;
}

export class CaseReading {
  readonly #header: CaseHeader;
  readonly #attempts: AttemptReading[] = [];
  #current: AttemptReading | undefined;
  #diagnosis: Extract<EvidenceEvent, { kind: "diagnosis" }> | undefined;
  #waiver: Waiver | undefined;

  constructor({ id, suite, purpose, requirements, owner, cell }: CaseHeader) {
    this.#header = { id, suite, purpose, requirements, owner, ...(cell === undefined ? {} : { cell }) };
  }

  /** It began, and has no end yet. */
  get isUnderWay(): boolean {
    return this.#current?.wasRun === true && this.#current.end === undefined;
  }

  /** Whose a failure is, where that was looked for. */
  get diagnosis(): (Pick<CaseResult, "owner"> & { readonly because: string }) | undefined {
    return this.#diagnosis;
  }

  get isWaived(): boolean {
    return this.#waiver !== undefined;
  }

  /** How each attempt ended, in their order. */
  get attempts(): readonly EarlierAttempt[] {
    return this.#attempts.map((each) => ({
      end: { ...brokenOff(each, this.#header), durationMs: durationOf(each) },
      wasRun: each.wasRun,
    }));
  }

  take(line: EvidenceLine): void {
    const { event } = line;
    if (event.kind === "diagnosis") {
      this.#diagnosis = event; // long after the case
      return;
    }
    if (event.kind === "waiver") {
      const { kind: _, ...waiver } = event;
      this.#waiver = waiver;
      return;
    }
    const attempt = this.#attemptOf(line);
    attempt.to = line.n;
    attempt.lastAt = line.at;
    if (event.kind === "case-end") attempt.end = event;
    if (event.kind === "ending") attempt.ending = event.text;
    if (event.kind === "check" && !event.ok) attempt.failed ??= event;
    if (event.kind === "message" && event.step !== undefined) {
      attempt.steps.push({ step: event.step, at: line.at, link: event.link });
    }
  }

  /** The run broke off, and goes on: what was under way has no further line. */
  breakOff(): void {
    this.#current = undefined;
  }

  /** `unrun`: why it was not run, where no line says so. */
  result(unrun: string): CaseResult {
    const attempt = this.#attempts[decidingAttempt(this.#attempts.map(outcomeOf))];
    if (!attempt)
      return { ...this.#header, verdict: "notRun", reason: unrun, owner: "bench", durationMs: 0, steps: [] };
    const { outcome, ...end } = endOf(attempt, this.#header);
    const runs = this.#attempts.filter(({ wasRun }) => wasRun);
    return {
      ...this.#header,
      ...end,
      durationMs: durationOf(attempt),
      ...this.#diagnosed(),
      verdict: outcome,
      steps: attempt.steps,
      events: { from: attempt.from, to: attempt.to },
      ...(attempt.ending === undefined ? {} : { ending: attempt.ending }),
      ...(runs.length > 1 ? { attempts: runs.map(told) } : {}),
      ...(this.#waiver && outcome === "fail" ? { waiver: this.#waiver } : {}),
    };
  }

  /** A line of the attempt that runs, a late one of the one before, or the first of another. */
  #attemptOf({ n, at, event: { kind } }: EvidenceLine): AttemptReading {
    const isNew = kind === "case-start" || (kind === "case-end" && this.#current?.end !== undefined);
    if (this.#current && !isNew) return this.#current;
    const wasRun = kind === "case-start";
    this.#current = { from: n, to: n, beganAt: at, lastAt: at, wasRun, steps: [] };
    this.#attempts.push(this.#current);
    return this.#current;
  }

  /** A diagnosis refines whose a failure is, and nothing else. */
  #diagnosed(): Partial<Pick<CaseResult, "owner" | "ownerBecause" | "reruns">> {
    if (!this.#diagnosis) return {};
    const { owner, because, reruns } = this.#diagnosis;
    return { owner, ownerBecause: because, reruns };
  }
}

/** What broke off is no verdict, unless it had failed already. */
function outcomeOf({ end, failed }: AttemptReading): Outcome {
  return end?.outcome ?? (failed ? "fail" : "notRun");
}

/** The same for a run that goes on: what did not end will be run again. */
function brokenOff(attempt: AttemptReading, header: CaseHeader): CaseEnd {
  if (attempt.end || attempt.failed) return endOf(attempt, header);
  return { outcome: "notRun", reason: "the run broke off during this case", owner: "bench" };
}

function endOf({ end, failed }: AttemptReading, { owner }: CaseHeader): CaseEnd {
  if (end) {
    const { kind: _, durationMs: __, ...said } = end;
    return said;
  }
  if (failed) {
    const { kind: _, ok: __, what, ...details } = failed;
    const reason = `${what}: expected ${failed.expected.join(" or ")}, found ${failed.actual}`;
    return { outcome: "fail", reason, owner, ...details };
  }
  return { outcome: "error", reason: "the run broke off during this case", owner: "bench" };
}

function durationOf({ end, beganAt, lastAt }: AttemptReading): number {
  return end?.durationMs ?? Math.round(lastAt - beganAt);
}

function told(attempt: AttemptReading): Attempt {
  const reason =
    attempt.end?.reason ?? (attempt.failed ? "it failed, and then the run broke off" : "the run broke off");
  const events = { from: attempt.from, to: attempt.to };
  return { verdict: outcomeOf(attempt), reason, durationMs: durationOf(attempt), events };
}
