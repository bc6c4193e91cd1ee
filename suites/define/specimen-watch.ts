/** The devices under test are the same from the first case to the last: a verdict over two cards is none. */
import { messageOf, PursebenchError } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import type { SpecimenIdentity, Station } from "../../harness/flows/station.ts";

export class SpecimenWatch {
  readonly #station: Pick<Station, "identify">;
  readonly #evidence: Pick<Recorder, "write">;
  #expected: readonly SpecimenIdentity[] | undefined;
  #swapped: CaseEnd | undefined;

  constructor(station: Pick<Station, "identify">, evidence: Pick<Recorder, "write">) {
    this.#station = station;
    this.#evidence = evidence;
  }

  /** Reads who is there and leaves it in the evidence. Never rejects: a device that cannot be read is the first case's to judge. */
  async begin(): Promise<readonly SpecimenIdentity[] | undefined> {
    this.#expected = await this.#read();
    if (this.#expected) this.#evidence.write({ kind: "specimens", specimens: this.#expected });
    return this.#expected;
  }

  /** Why no case can have a verdict from here on; undefined when all devices are who they were. Never rejects. */
  async look(): Promise<CaseEnd | undefined> {
    if (this.#swapped || !this.#expected) return this.#swapped;
    const found = await this.#read();
    if (found) this.#swapped = swapIn(this.#expected, found);
    if (found && this.#swapped) this.#evidence.write({ kind: "specimens", specimens: found });
    return this.#swapped;
  }

  async #read(): Promise<readonly SpecimenIdentity[] | undefined> {
    if (!this.#station.identify) return undefined;
    try {
      return await this.#station.identify();
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      this.#evidence.write({ kind: "note", text: `who the specimen is could not be read: ${messageOf(thrown)}` });
      return undefined;
    }
  }
}

function swapIn(expected: readonly SpecimenIdentity[], found: readonly SpecimenIdentity[]): CaseEnd | undefined {
  const another = anotherIn(expected, found);
  if (!another) return undefined;
  const { what, owner, words } = another;
  const mend = `put the ${what} back that the run began with, and begin the run anew`;
  return { outcome: "inconc", reason: `the ${what} was swapped: ${words}`, owner, mend };
}

/** The first device that is another one than it was. */
export function anotherIn(
  expected: readonly SpecimenIdentity[],
  found: readonly SpecimenIdentity[],
): (Pick<SpecimenIdentity, "what" | "owner"> & { readonly words: string }) | undefined {
  for (const [index, { what, owner, values }] of expected.entries()) {
    const there = found[index]?.values ?? {};
    if (wordsOf(values) === wordsOf(there)) continue;
    return { what, owner, words: `the run began with ${wordsOf(values)}, and now there is ${wordsOf(there)}` };
  }
  return undefined;
}

function wordsOf(values: SpecimenIdentity["values"]): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
