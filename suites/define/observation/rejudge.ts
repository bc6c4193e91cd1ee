/** The verdicts of today's suites on the evidence of a run. */
import type { Pics } from "../../../harness/bench/pics.ts";
import type { CaseEnd, EvidenceLine, Json } from "../../../harness/evidence/event.ts";
import { readEvents } from "../../../harness/evidence/reader.ts";
import type { Outcome } from "../../../harness/evidence/verdict.ts";
import type { Latency } from "../../../harness/flows/station.ts";
import type { SystemFacts, TestKeys } from "../../../harness/flows/system.ts";
import { whyNotApplicable } from "../applicability.ts";
import type { Case, Scope } from "../case.ts";
import { withFacts } from "./facts.ts";
import { KeptCase } from "./kept-case.ts";
import { type Judged, rejudgeCase } from "./rejudge-case.ts";

export interface Spoken {
  readonly verdict: Outcome;
  readonly reason: string;
}

export interface Rejudged {
  readonly case: string;
  readonly was: Spoken;
  readonly now: Spoken;
  /** How far the evidence goes, where it does not go to the end. */
  readonly remark?: string | undefined;
}

export interface Unjudged {
  readonly case: string;
  readonly was: Spoken;
  /** What today's case asks for, and what there is. */
  readonly why: string;
}

export interface Rejudgement {
  readonly format: "pursebench-rejudgement/1";
  /** All cases of the run. */
  readonly selected: readonly string[];
  /** Cases whose verdict today's suites give again, whatever the reason. */
  readonly same: number;
  /** Another verdict. */
  readonly differ: readonly Rejudged[];
  /** The same verdict for another reason. */
  readonly otherReason: readonly Rejudged[];
  readonly unjudged: readonly Unjudged[];
  /** Cases of today, of the suites and owners of the run, that it did not have. */
  readonly added: readonly string[];
  /** Cases of the run that there are no more. */
  readonly removed: readonly string[];
}

export interface RejudgeOptions {
  /** Directory of the run; nothing is written there. */
  readonly dir: string;
  /** Today's. */
  readonly cases: readonly Case[];
  readonly keys: TestKeys | undefined;
  /** Only this one. */
  readonly only?: string | undefined;
  /** Hears of each case that was judged. */
  readonly onCase?: ((id: string) => void) | undefined;
}

/** Of a case that was run more than once, the last attempt is judged. Rejects with `USAGE` for damaged evidence. */
export async function rejudge(options: RejudgeOptions): Promise<Rejudgement> {
  const reading = new Reading(options);
  for await (const line of readEvents(options.dir)) await reading.take(line);
  return reading.conclude();
}

/** What became of a case of the run. */
interface Found {
  readonly was: Spoken;
  readonly judged: Judged;
}

class Reading {
  readonly #options: RejudgeOptions;
  readonly #cases: ReadonlyMap<string, Case>;
  readonly #selected = new Map<string, { readonly suite: string; readonly owner: string }>();
  readonly #found = new Map<string, Found>();
  #open: { readonly id: string; readonly kept: KeptCase } | undefined;
  #facts: SystemFacts | undefined;
  #pics: Pics | undefined;
  #specimen: Scope["specimen"];
  #latencies: readonly Latency[] = [];

  constructor(options: RejudgeOptions) {
    this.#options = options;
    this.#cases = new Map(options.cases.map((each) => [each.id, each]));
  }

  async take(line: EvidenceLine): Promise<void> {
    const { event, caseId } = line;
    if (caseId === undefined) this.#takeForRun(line);
    else if (event.kind === "case-start") this.#begin(caseId);
    else if (event.kind === "case-end") await this.#end(caseId, event);
    this.#open?.kept.take(line, caseId === this.#open.id);
  }

  #takeForRun({ event }: EvidenceLine): void {
    switch (event.kind) {
      case "selection":
        for (const { id, suite, owner } of event.cases) this.#selected.set(id, { suite, owner });
        break;
      case "observation":
        this.#facts = withFacts(undefined, event.what) ?? this.#facts;
        break;
      case "preflight":
        this.#specimen = event.specimen;
        break;
      case "latencies":
        this.#latencies = event.latencies;
        break;
      case "claims":
        this.#pics = statementIn(event.pics);
        break;
      default:
    }
  }

  /** Runs that only tell whose a failure is are none of the selection. */
  #begin(id: string): void {
    this.#open = this.#selected.has(id) ? { id, kept: new KeptCase(this.#facts, this.#options.keys) } : undefined;
    if (this.#open) this.#found.set(id, BROKEN_OFF);
  }

  async #end(id: string, { outcome, reason }: CaseEnd): Promise<void> {
    const open = this.#open?.id === id ? this.#open.kept : undefined;
    this.#open = undefined;
    const definition = this.#cases.get(id);
    const { only, onCase } = this.#options;
    if (!this.#selected.has(id) || !definition || (only !== undefined && only !== id)) return;
    const end = { outcome, reason };
    const judged = open ? await rejudgeCase(definition, open, end, this.#scope) : this.#withoutRun(definition, end);
    this.#found.set(id, { was: { verdict: outcome, reason }, judged });
    onCase?.(id);
  }

  get #scope() {
    const { keys } = this.#options;
    return { facts: this.#facts, pics: this.#pics, specimen: this.#specimen, latencies: this.#latencies, keys };
  }

  #withoutRun(definition: Case, then: Pick<CaseEnd, "outcome" | "reason">): Judged {
    if (this.#facts === undefined) return { why: "the run was recorded without observations" };
    const reason = whyNotApplicable(definition, { ...this.#scope, facts: this.#facts });
    if (then.outcome !== "notApplicable") return { why: `it was not run then: ${then.reason}` };
    if (reason === undefined) return { why: "it applies today, and was not run then" };
    return { now: { outcome: "notApplicable", reason } };
  }

  conclude(): Rejudgement {
    const { cases, only } = this.#options;
    const judged: Rejudged[] = [];
    const unjudged: Unjudged[] = [];
    const removed: string[] = [];
    for (const id of this.#selected.keys()) {
      if (only !== undefined && only !== id) continue;
      const { was, judged: end } = this.#found.get(id) ?? NEVER_BEGUN;
      if (!this.#cases.has(id)) removed.push(id);
      else if ("why" in end) unjudged.push({ case: id, was, why: end.why });
      else {
        const now = { verdict: end.now.outcome, reason: end.now.reason };
        judged.push({ case: id, was, now, ...(end.remark === undefined ? {} : { remark: end.remark }) });
      }
    }
    const selected = [...this.#selected.values()];
    const [suites, owners] = [new Set(selected.map(({ suite }) => suite)), new Set(selected.map(({ owner }) => owner))];
    const isNew = ({ id, suite, owner }: Case) => !this.#selected.has(id) && suites.has(suite) && owners.has(owner);
    const same = judged.filter(({ was, now }) => was.verdict === now.verdict);
    return {
      format: "pursebench-rejudgement/1",
      selected: [...this.#selected.keys()],
      same: same.length,
      differ: judged.filter(({ was, now }) => was.verdict !== now.verdict),
      otherReason: same.filter(({ was, now }) => was.reason !== now.reason),
      unjudged,
      added: only === undefined ? cases.filter(isNew).map(({ id }) => id) : [],
      removed,
    };
  }
}

const BROKEN_OFF: Found = {
  was: { verdict: "notRun", reason: "the run broke off during this case" },
  judged: { why: "the run broke off during this case" },
};
const NEVER_BEGUN: Found = {
  was: { verdict: "notRun", reason: "the run broke off before this case" },
  judged: { why: "the run broke off before this case" },
};

/** As its file said: it was read and judged when the run began. */
function statementIn(pics: Json | undefined): Pics | undefined {
  return typeof pics === "object" && pics !== null ? (pics as unknown as Pics) : undefined;
}
