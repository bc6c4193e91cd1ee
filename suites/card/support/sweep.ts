/** Many commands under one expectation: what was answered otherwise than it should be is told together at the end. */
import type { About } from "../../define/expect.ts";
import { type Answer, shown, type Talk } from "./talk.ts";

/** So many differences are told at most. */
const MOST_TOLD = 8;

export class Sweep {
  readonly #talk: Talk;
  readonly #wrong: string[] = [];
  #asked = 0;

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  /** `due`: status word alone, or data and status word as `shown`. Gives the answer. */
  async ask(what: string, command: Uint8Array | string, due: string): Promise<Answer> {
    const answer = await this.#talk.ask(command);
    this.judge(what, shown(answer), due);
    return answer;
  }

  /** Only the status word, and how many bytes come with it. */
  async askLength(what: string, command: Uint8Array | string, due: string, length: number): Promise<Answer> {
    const answer = await this.#talk.ask(command);
    this.judge(what, `${answer.data.length} bytes ${answer.SW}`, `${length} bytes ${due}`);
    return answer;
  }

  judge(what: string, found: string, due: string): void {
    this.#asked++;
    if (found !== due) this.#wrong.push(`${what}: ${due} is due, ${found} was answered`);
  }

  /** The one check for all of them. */
  expectNone(what: string, about?: About): void {
    const { expect } = this.#talk.t;
    const more = this.#wrong.length - MOST_TOLD;
    const told = [...this.#wrong.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
    expect.that(this.#asked > 0, `${what}: commands were sent`, { owner: "bench" });
    expect.equal(`${what}: answered otherwise, of ${this.#asked}`, told, [], about);
  }
}
