/** Random walks through the whole system in process, on virtual time: after every operation money is where it must be, exactly. */
import fc from "fast-check";
import { loadBench } from "../../bench/load.ts";
import type { Variation } from "../../defects/variation.ts";
import type { RecordEvent, Station } from "../../flows/station.ts";
import type { SystemFacts } from "../../flows/system.ts";
import { openStation } from "../../station/index.ts";
import { operations } from "./operations.ts";
import { type Operation, World } from "./world.ts";

export interface WalkOptions {
  readonly operations: number;
  readonly seed: number;
  /** Where a walk failed before, as its report says it: that one alone is gone again. */
  readonly path?: string | undefined;
  /** Operations of one walk, at most; then everything begins anew. */
  readonly longest: number;
  readonly variation: Variation;
  /** Garbage, before a look at memory. */
  readonly collect: () => void;
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: WalkProgress) => void;
}

export interface WalkProgress {
  readonly operations: number;
  readonly walks: number;
  readonly perSecond: number;
  readonly heapBytes: number;
}

/** The shortest walk that was found to fail. */
export interface FailedWalk {
  readonly seed: number;
  readonly path: string;
  readonly operations: readonly string[];
  readonly reason: string;
  readonly shrinks: number;
}

export interface WalkReport {
  readonly operations: number;
  readonly walks: number;
  readonly perSecond: number;
  /** What happened how often. */
  readonly tally: ReadonlyMap<string, number>;
  /** After each round, garbage collected. */
  readonly heapBytes: readonly number[];
  readonly isComplete: boolean;
  readonly failed: FailedWalk | undefined;
  /** Everything that was not as it should be; empty is a pass. */
  readonly flaws: readonly string[];
}

/** What compiled code and tables that are filled once may take after the first look; a walk leaves nothing. */
const HEAP_BYTES_ONCE = 24 * 1_048_576;

/** Walks from one seed; the next ones have the next seed. */
const WALKS_A_ROUND = 20;

export async function walk(options: WalkOptions): Promise<WalkReport> {
  const { bench } = loadBench("inproc");
  let events = 0;
  const record: RecordEvent = (event, { atMs }) => ({ ...event, n: ++events, atMs });
  const { variation } = options;
  await using station = await openStation({ bench, iut: "card", variation, keepsEvents: false }, record);
  return await new Walking(station, options).rounds();
}

class Walking {
  readonly #station: Station;
  readonly #options: WalkOptions;
  readonly #tally = new Map<string, number>();
  readonly #heapBytes: number[] = [];
  readonly #startedMs = performance.now();
  #walks = 0;
  #hasFailed = false;

  constructor(station: Station, options: WalkOptions) {
    this.#station = station;
    this.#options = options;
  }

  async rounds(): Promise<WalkReport> {
    const { path } = this.#options;
    let failed: FailedWalk | undefined;
    for (let seed = this.#options.seed; !failed && !this.#isOver(); seed++) {
      failed = await this.#round(seed, path);
      this.#tell();
      if (path !== undefined) break;
    }
    return {
      ...this.#progress(),
      tally: this.#tally,
      heapBytes: this.#heapBytes,
      isComplete: path !== undefined || this.#operations >= this.#options.operations,
      failed,
      flaws: [...(failed ? [failed.reason] : []), ...heapFlaws(this.#heapBytes)],
    };
  }

  get #operations(): number {
    return this.#tally.get("operations") ?? 0;
  }

  /** A walk that fails is made shorter, whatever was asked for. */
  #isOver(): boolean {
    const { isStopped, operations: wanted } = this.#options;
    return isStopped() || (!this.#hasFailed && this.#operations >= wanted);
  }

  async #round(seed: number, path: string | undefined): Promise<FailedWalk | undefined> {
    const [at, replayPath] = path?.split("@") ?? [];
    const property = fc.asyncProperty(
      commands(this.#station.facts, this.#options.longest, replayPath, () => this.#isOver()),
      async (steps) => {
        if (!this.#isOver()) await this.#go(steps);
      },
    );
    const details = await fc.check(property, {
      seed,
      numRuns: WALKS_A_ROUND,
      ...(at === undefined ? {} : { path: at }),
    });
    return details.failed ? failedWalk(details) : undefined;
  }

  async #go(steps: Iterable<Step>): Promise<void> {
    this.#walks++;
    const system = await this.#station.systemFor("walk");
    try {
      const world = await World.begin(system, (what) => this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1));
      await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
    } catch (thrown) {
      this.#hasFailed = true;
      throw thrown;
    } finally {
      await this.#station.release(system);
    }
  }

  #tell(): void {
    this.#options.collect();
    this.#heapBytes.push(process.memoryUsage().heapUsed);
    this.#options.onProgress(this.#progress());
  }

  #progress(): WalkProgress {
    const operationsDone = this.#operations;
    return {
      operations: operationsDone,
      walks: this.#walks,
      perSecond: (operationsDone * 1000) / (performance.now() - this.#startedMs),
      heapBytes: this.#heapBytes.at(-1) ?? 0,
    };
  }
}

type Step = fc.AsyncCommand<object, World>;

function commands(facts: SystemFacts, longest: number, replayPath: string | undefined, isOver: () => boolean) {
  const all = operations(facts).map((each) => each.map((operation) => stepOf(operation, isOver)));
  return fc.commands<object, World, false>(all, {
    maxCommands: longest,
    size: "max",
    ...(replayPath === undefined ? {} : { replayPath }),
  });
}

function stepOf(operation: Operation, isOver: () => boolean): Step {
  return {
    check: () => true,
    run: async (_, world) => {
      if (!isOver()) await world.perform(operation);
    },
    toString: () => operation.what,
  };
}

function failedWalk({ seed, counterexamplePath, counterexample, numShrinks, errorInstance }: Details): FailedWalk {
  const steps = [...(counterexample?.[0] ?? [])].map(String);
  const [, replayPath = ""] = /replayPath="([^"]*)"/.exec(String(counterexample?.[0])) ?? [];
  const reason =
    errorInstance instanceof Error ? `${errorInstance.name}: ${errorInstance.message}` : String(errorInstance);
  return {
    seed,
    path: `${counterexamplePath ?? ""}@${replayPath}`,
    operations: steps,
    reason,
    shrinks: numShrinks,
  };
}

type Details = fc.RunDetailsFailureProperty<[Iterable<Step>]> | fc.RunDetails<[Iterable<Step>]>;

/** The heap is as large at the end as it was after the second round. */
export function heapFlaws([, early, ...later]: readonly number[]): readonly string[] {
  const late = later.at(-1);
  if (early === undefined || late === undefined || late - early <= HEAP_BYTES_ONCE) return [];
  return [`the heap grew by ${late - early} bytes, by more than ${HEAP_BYTES_ONCE}`];
}
