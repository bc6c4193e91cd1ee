/** Many judgements under one expectation: what was otherwise than it should be is told together at the end. */
import type { DeviceContext } from "../../define/case.ts";
import { type Answer, shown, type Talk, tried } from "./exerciser.ts";

/** So many differences are told at most. */
const MOST_TOLD = 8;

export class Tally {
  readonly #t: DeviceContext;
  readonly #requirement: string;
  readonly #wrong: string[] = [];
  #judged = 0;

  constructor(t: DeviceContext, requirement = "RDR-0028-a") {
    this.#t = t;
    this.#requirement = requirement;
  }

  /** An error that comes in place of an answer is told as what was answered. */
  async ask(talk: Talk, what: string, command: Uint8Array | string, due: Answer | string): Promise<Answer> {
    const answer = await tried(talk, command);
    this.judge(what, shown(answer), typeof due === "string" ? due : shown(due));
    return answer;
  }

  judge(what: string, found: unknown, due: unknown): void {
    this.#judged++;
    if (found !== due) this.#wrong.push(`${what}: ${due} is due, ${found} came`);
  }

  /** The one check for all of them. */
  expectNone(what: string): void {
    const more = this.#wrong.length - MOST_TOLD;
    const told = [...this.#wrong.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
    this.#t.expect.that(this.#judged > 0, `${what}: something was looked at`, { owner: "bench" });
    this.#t.expect.equal(`${what}: otherwise, of ${this.#judged}`, told, [], { requirement: this.#requirement });
  }
}

/** Data with `'9000'`. */
export function good(data: Uint8Array): Answer {
  return { data, SW: "9000" };
}
