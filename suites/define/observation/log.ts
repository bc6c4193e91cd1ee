/** The observations of one case while it runs; written into the evidence in few large lines when it has ended. */
import type { Json } from "../../../harness/evidence/event.ts";
import type { Outcome } from "../../../harness/evidence/verdict.ts";
import type { Entry } from "./entry.ts";
import { encodeValue, type Name, NoValue } from "./value.ts";

/** Characters of one entry; the values of what is longer are not kept, and a case that is told them cannot be judged again. */
const LONGEST = 400_000;
/** Characters after which a line is full. */
const FULL_LINE = 100_000;

export class ObservationLog {
  readonly #entries: Entry[] = [];
  #closed = false;

  /** Place of the entry. */
  add(entry: Entry): number {
    return this.#closed ? -1 : this.#entries.push(entry) - 1;
  }

  /** Puts another entry there. */
  replace(at: number, entry: Entry): void {
    if (!this.#closed) this.#entries[at] = entry;
  }

  isLast(at: number): boolean {
    return at === this.#entries.length - 1;
  }

  /** What comes later is dropped: the case does not hear of it any more. */
  close(outcome: Outcome, reason: string): void {
    this.add(["end", outcome, reason]);
    this.#closed = true;
  }

  /** What the lines of evidence hold, one after the other. */
  lines(): readonly Json[] {
    const lines: Entry[][] = [];
    let room = 0;
    for (const entry of this.#entries) {
      const { length } = JSON.stringify(entry);
      const kept = length > LONGEST ? shortened(entry, `${length} characters`) : entry;
      if (room <= 0) lines.push([]);
      if (room <= 0) room = FULL_LINE;
      lines.at(-1)?.push(kept);
      room -= length;
    }
    return lines;
  }
}

/** The value as observations keep it. Total: what is no value is kept as lost, with the reason. */
export function observed(value: unknown, name: Name): Json {
  try {
    return encodeValue(value, name);
  } catch (thrown) {
    if (thrown instanceof NoValue) return lost(thrown.message);
    throw thrown;
  }
}

/** Stands for a value that is not kept (`value.ts`). */
function lost(why: string): Json {
  return { $lost: why };
}

/** The entry without its values. */
function shortened(entry: Entry, why: string): Entry {
  return entry.map((member) => (typeof member === "object" ? lost(why) : member)) as unknown as Entry;
}
