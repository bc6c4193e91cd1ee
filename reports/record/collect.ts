/** One pass over the evidence of a run: keeps what a report shows in detail, adds up the rest, and forgets it. */
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import type { CaseResult } from "../../harness/evidence/results.ts";
import { isVerdict } from "../../harness/evidence/verdict.ts";
import { WholeFlows } from "../sequence/whole-flows.ts";
import type { LinkTimes, WholeFlow } from "./run-record.ts";
import { Times } from "./times.ts";
import { type Kept, Window } from "./window.ts";

/** Cases whose exchanges a report shows; the evidence has those of all. */
export const MOST_DETAILED = 100;
/** Exchanges that are kept of one case: those up to its verdict. */
const MOST_EACH = 400;

/** How much is kept: of the cases that did not pass what a page shows, or of every case (for Allure). */
export type Keep = "failed" | "every case";

export interface Collected {
  /** By the caseId of the evidence; reruns of a diagnosis have one of their own. */
  readonly windows: ReadonlyMap<string, Kept>;
  /** Wall time when each case began, ISO 8601 UTC. */
  readonly started: ReadonlyMap<string, string>;
  readonly flows: readonly WholeFlow[];
  readonly times: readonly LinkTimes[];
}

export class Collector {
  readonly #cases: ReadonlyMap<string, CaseResult>;
  readonly #windows: ReadonlyMap<string, Window>;
  readonly #started = new Map<string, string>();
  readonly #flows = new WholeFlows();
  readonly #times = new Times();

  constructor(cases: readonly CaseResult[], keep: Keep) {
    this.#cases = new Map(cases.map((one) => [one.id, one]));
    const shown = keep === "every case" ? cases : detailedCases(cases);
    this.#windows = new Map(shown.flatMap(windowsOf));
  }

  take(line: EvidenceLine): void {
    const { caseId, event } = line;
    this.#times.take(line);
    if (caseId === undefined) return;
    this.#windows.get(caseId)?.take(line);
    if (event.kind === "case-start" && !this.#started.has(caseId)) this.#started.set(caseId, line.wall);
    if (this.#cases.get(caseId)?.verdict === "pass") this.#flows.take(caseId, line);
  }

  end(): Collected {
    return {
      windows: new Map([...this.#windows].map(([id, window]) => [id, window.end()])),
      started: this.#started,
      flows: this.#flows.found(),
      times: this.#times.end(),
    };
  }
}

/** Of those that came to another verdict than pass: fails before all others, at most `MOST_DETAILED`, in the order of the run. */
export function detailedCases<T extends Pick<CaseResult, "verdict">>(cases: readonly T[]): readonly T[] {
  const troubled = cases.filter(({ verdict }) => isVerdict(verdict) && verdict !== "pass");
  const failed = troubled.filter(({ verdict }) => verdict === "fail");
  const others = troubled.filter(({ verdict }) => verdict !== "fail");
  const chosen = new Set([...failed, ...others].slice(0, MOST_DETAILED));
  return cases.filter((one) => chosen.has(one));
}

function windowsOf(one: CaseResult): readonly (readonly [string, Window])[] {
  const reruns = (one.reruns ?? []).map(
    ({ replaced }) => [rerunId(one.id, replaced), new Window(MOST_EACH, undefined)] as const,
  );
  return [[one.id, new Window(MOST_EACH, one.at)], ...reruns];
}

/** As `EvidenceEvent`'s diagnosis says: "ID/again", "ID/DEVICE". */
export function rerunId(caseId: string, replaced: readonly string[] | undefined): string {
  return `${caseId}/${replaced?.join("+") ?? "again"}`;
}
