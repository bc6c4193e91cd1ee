/** Very many purchases by very many set-top boxes at once, in process: nothing fails, nothing is lost, nothing is mixed up, nothing is kept. */
import { loadBench } from "../bench/load.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { RecordEvent } from "../flows/station.ts";
import type { Box, PurseSystem } from "../flows/system.ts";
import { openStation } from "../station/index.ts";
import {
  bookFlaws,
  CollectedStores,
  type CrowdTotals,
  readBooks,
  readPurses,
  type Sold,
  totalsOf,
} from "./crowd-books.ts";
import { TerminalWatch } from "./terminal-watch.ts";

export interface CrowdOptions {
  readonly sales: number;
  readonly boxes: number;
  /** After so many the crowd pauses: data stores are collected, memory is looked at. The first of them is the warm-up. */
  readonly perRound: number;
  /** `onProgress` is told after so many. */
  readonly progressEvery: number;
  /** Garbage, before a look at memory. */
  readonly collect: () => void;
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: CrowdProgress) => void;
}

export interface CrowdProgress {
  readonly done: number;
  readonly failed: number;
  readonly perSecond: number;
}

export interface CrowdMemory {
  /** Sales that had been made. */
  readonly sales: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface CrowdReport {
  readonly sales: number;
  readonly boxes: number;
  readonly terminals: number;
  readonly sites: number;
  readonly totals: CrowdTotals;
  /** Wall clock, without the looks at the books. */
  readonly perSecond: number;
  /** Terminals in use at the same moment, at most. */
  readonly mostAtOnce: number;
  /** Everything that was traced; counted, not kept. */
  readonly events: number;
  /** After each round, garbage collected. */
  readonly memory: readonly CrowdMemory[];
  readonly isComplete: boolean;
  readonly flaws: readonly string[];
}

/** What one purchase may leave in the heap: its sale at the merchant, its data store record, and what this run itself notes of it. */
export const HEAP_BYTES_A_SALE = 2_048;
/** What compiled code and tables that are filled once may take after the first look. */
export const HEAP_BYTES_ONCE = 4 * 1_048_576;

export async function crowd(options: CrowdOptions): Promise<CrowdReport> {
  const { bench } = loadBench("crowd");
  const watch = new TerminalWatch();
  let events = 0;
  const record: RecordEvent = (event, { atMs }) => {
    watch.hear(event);
    return { ...event, n: ++events, atMs };
  };
  await using station = await openStation({ bench, iut: "card", variation: REFERENCE, keepsEvents: false }, record);
  await using system = await station.systemFor("crowd");
  const boxes = await system.boxes(options.boxes);
  const before = await readPurses(boxes);
  const stores = new CollectedStores();
  const shopping = new Shopping(system, options);
  const memory: CrowdMemory[] = [];
  while (shopping.done < options.sales && !options.isStopped()) {
    await shopping.round(boxes, Math.min(options.perRound, options.sales - shopping.done));
    await stores.collect(system);
    memory.push(memoryAt(shopping.done, options.collect));
  }
  const books = await readBooks(system, boxes, before, stores);
  return {
    sales: shopping.done,
    boxes: options.boxes,
    terminals: system.facts.terminals.length,
    sites: system.facts.sites.length,
    totals: totalsOf(books),
    perSecond: shopping.perSecond,
    mostAtOnce: watch.mostAtOnce,
    events,
    memory,
    isComplete: shopping.done === options.sales,
    flaws: [...shopping.flaws, ...watch.flaws, ...bookFlaws(shopping.sold, books), ...memoryFlaws(memory)],
  };
}

/** Who buys what: every site in turn, whoever has finished goes on with the next. */
class Shopping {
  readonly sold: Sold[] = [];
  readonly flaws: string[] = [];
  readonly #system: PurseSystem;
  readonly #options: CrowdOptions;
  #begun = 0;
  #elapsedMs = 0;
  #startedMs = 0;

  constructor(system: PurseSystem, options: CrowdOptions) {
    this.#system = system;
    this.#options = options;
  }

  get done(): number {
    return this.sold.length + this.flaws.length;
  }

  get perSecond(): number {
    return (this.done * 1000) / this.#elapsedMs;
  }

  /** `count` purchases, by all boxes at once. */
  async round(boxes: readonly Box[], count: number): Promise<void> {
    const end = this.#begun + count;
    this.#startedMs = performance.now() - this.#elapsedMs;
    await Promise.all(boxes.map((box, number) => this.#shop(box, number, end)));
    await this.#system.idle();
    this.#elapsedMs = performance.now() - this.#startedMs;
  }

  async #shop(box: Box, number: number, end: number): Promise<void> {
    const { catalogue } = this.#system.facts;
    while (this.#begun < end && !this.#options.isStopped()) {
      const item = catalogue[this.#begun++ % catalogue.length];
      if (item === undefined) return;
      const { CC, IDTRX = "" } = await box.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      if (CC === "0000") this.sold.push({ IDTRX, price: item.price, box: number });
      else this.flaws.push(`box ${number + 1}: a purchase at ${item.SITE} ended with ${CC}`);
      this.#elapsedMs = performance.now() - this.#startedMs;
      if (this.done % this.#options.progressEvery === 0) this.#tell();
    }
  }

  #tell(): void {
    const { done, flaws, perSecond } = this;
    this.#options.onProgress({ done, failed: flaws.length, perSecond });
  }
}

function memoryAt(sales: number, collect: () => void): CrowdMemory {
  collect();
  return { sales, heapBytes: process.memoryUsage().heapUsed, residentBytes: process.memoryUsage.rss() };
}

/** The heap may hold what has to be remembered of each sale, and no more. */
export function memoryFlaws(memory: readonly CrowdMemory[]): readonly string[] {
  const [first, last] = [memory[0], memory.at(-1)];
  if (!first || !last) return [];
  const grown = last.heapBytes - first.heapBytes;
  const allowed = HEAP_BYTES_ONCE + HEAP_BYTES_A_SALE * (last.sales - first.sales);
  return grown > allowed ? [`the heap grew by ${grown} bytes after ${first.sales} sales, by more than ${allowed}`] : [];
}
