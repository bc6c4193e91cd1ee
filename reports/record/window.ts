/** The exchanges of one case, as many as are shown: those up to what its verdict is about. */
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import { exchangeOf, isExchange } from "./exchange.ts";
import type { Exchange } from "./run-record.ts";

/** Entries that follow what the verdict is about. */
const AFTERWARDS = 40;

export interface Kept {
  readonly exchanges: readonly Exchange[];
  /** Entries of the case before the first of them, and after the last. */
  readonly before: number;
  readonly after: number;
}

export class Window {
  readonly #size: number;
  readonly #at: number | undefined;
  #lines: EvidenceLine[] = [];
  #before = 0;
  #after = 0;
  #left = AFTERWARDS;

  /** `at` is the line that the verdict is about; the end of the case when there is none. */
  constructor(size: number, at: number | undefined) {
    this.#size = size;
    this.#at = at;
  }

  take(line: EvidenceLine): void {
    if (!isExchange(line.event)) return;
    if (this.#at !== undefined && line.n > this.#at && this.#left-- <= 0) {
      this.#after++;
      return;
    }
    this.#lines.push(line);
    if (this.#lines.length >= 2 * this.#size) this.#cut();
  }

  end(): Kept {
    this.#cut();
    return { exchanges: onOneClock(this.#lines), before: this.#before, after: this.#after };
  }

  #cut(): void {
    const more = this.#lines.length - this.#size;
    if (more <= 0) return;
    this.#before += more;
    this.#lines = this.#lines.slice(more);
  }
}

/** What the campaign itself says has no time of the bench: it stands at that of the entry before it. */
function onOneClock(lines: readonly EvidenceLine[]): readonly Exchange[] {
  let benchMs = lines.find(({ bench }) => bench !== undefined)?.bench;
  return lines.flatMap((line) => {
    benchMs = line.bench ?? benchMs;
    const exchange = exchangeOf(line);
    if (!exchange) return [];
    return [benchMs === undefined ? exchange : { ...exchange, atMs: benchMs }];
  });
}
