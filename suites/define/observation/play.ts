/**
 * Observations played back to a case: it is answered what was answered then, as long as it asks what was asked then. Time does not
 * pass. What happens to the case (answers, calls of its functions) happens in the recorded order, each time when the case has come
 * to rest; what it does between two of those may come in another order than it was recorded in, since parts of it run side by side.
 */
import type { Json } from "../../../harness/evidence/event.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";
import { isAsked, isHarmless, keyOf, methodsIn } from "./doings.ts";
import { apart, BESIDE, type Entry, isSystems, SYSTEM } from "./entry.ts";
import { isPromise, wordFor } from "./things.ts";
import { canonical, decodeValue, encodeValue, NoValue, type Sources } from "./value.ts";
import { callText, entryText } from "./words.ts";

type Method = (...args: unknown[]) => unknown;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Something of the case that is due later in the log than it came, or never. */
interface Parked {
  readonly key: string;
  readonly words: string;
  readonly claimed: (entry: Entry) => void;
}

export interface PlayOptions {
  readonly entries: readonly Entry[];
  readonly facts: unknown;
  /** Throws `NoValue` where there is none. */
  readonly event: (n: number) => RecordedEvent;
  /** What the case was told, and what it says, where evidence has overwritten keys in it (`KeptCase`). */
  readonly told?: Sources["told"];
  readonly said?: (text: string) => string;
}

/** What a case meets that asks for what is not there. It goes no further then. */
export class NotInEvidence extends Error {}

export class Play {
  /** Settles when it cannot go on, with the reason. */
  readonly stuck: Promise<string>;
  readonly #entries: readonly Entry[];
  readonly #used: boolean[];
  readonly #facts: unknown;
  readonly #sources: Sources;
  readonly #said: (text: string) => string;
  readonly #faces = new Map<number, object>();
  readonly #things = new WeakMap<object, number>();
  readonly #functions = new Map<string, Method>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #thrown = new Map<number, unknown>();
  /** Of the methods, whether they are answered at once; of what is not here nothing was ever asked. */
  readonly #methods: ReadonlyMap<string, boolean>;
  #parked: Parked[] = [];
  #at = 0;
  #why: string | undefined;
  #stick: (why: string) => void = () => undefined;

  constructor({ entries, facts, event, told, said = (text) => text }: PlayOptions) {
    this.#entries = apart(entries);
    this.#used = this.#entries.map(() => false);
    this.#facts = facts;
    this.#sources = { handle: (id) => this.#face(id), event, told };
    this.#said = said;
    this.#methods = methodsIn(this.#entries);
    this.stuck = new Promise((resolve) => {
      this.#stick = resolve;
    });
  }

  get system(): object {
    return this.#face(SYSTEM);
  }

  get beside(): object {
    return this.#face(BESIDE);
  }

  /** Why it could not go on. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Plays until the case has ended or asks for what is not there. Never rejects. */
  async until(ended: () => boolean): Promise<void> {
    for (;;) {
      await rest();
      if (ended() || this.#why !== undefined) return;
      this.#claimParked();
      if (!this.#passCases()) return;
      while (this.#at < this.#entries.length && this.#why === undefined) {
        const entry = this.#entries[this.#at];
        if (!entry || !isSystems(entry)) break;
        this.#at++;
        this.#happen(entry);
      }
    }
  }

  /** Goes past what the case has done, and what it need not do. False where it stands still. */
  #passCases(): boolean {
    for (; this.#at < this.#entries.length; this.#at++) {
      const entry = this.#entries[this.#at];
      if (!entry || isSystems(entry)) return true;
      if (entry[0] === "end") return this.#fail(`it ended there then: ${entry[1]}${entry[2] ? `, ${entry[2]}` : ""}`);
      if (!this.#used[this.#at] && !isHarmless(entry)) return this.#fail(`${entryText(entry)} was next then`);
    }
    return this.#fail("its evidence ends there");
  }

  /** Always false. */
  #fail(why: string): false {
    if (this.#why !== undefined) return false;
    const [asked] = this.#parked;
    this.#why = asked ? `it asks ${asked.words}, and ${why}` : `it waits for something, and ${why}`;
    this.#stick(this.#why);
    return false;
  }

  #happen(entry: Entry): void {
    switch (entry[0]) {
      case "done":
      case "fail": {
        const waiting = this.#waiting.get(entry[1]);
        this.#waiting.delete(entry[1]);
        if (!waiting) return; // it was not asked today
        const value = this.#decoded(entry[2]);
        if (!value) return;
        if (entry[0] === "done") waiting.resolve(value.value);
        else waiting.reject(value.value);
        return;
      }
      case "back": {
        const work = this.#functions.get(`${entry[2]}.${entry[3]}`);
        const args = this.#decoded(entry[4]);
        if (work && args) this.#callBack(entry[1], work, args.value as unknown[]);
        return;
      }
      default:
    }
  }

  #callBack(turn: number, work: Method, args: unknown[]): void {
    const threw = (thrown: unknown) => {
      this.#thrown.set(turn, thrown);
      this.#park({ key: `threw ${turn}`, words: "to throw where it returned then", claimed: () => undefined });
    };
    const gave = (value: unknown) => {
      const json = this.#encoded([value], []);
      const words = `to go on with ${callText("", json)}`;
      this.#park({ key: this.#said(`gave ${turn} ${canonical(json)}`), words, claimed: () => undefined });
    };
    try {
      const result = work(...args);
      if (isPromise(result)) result.then(gave, threw);
      else gave(result);
    } catch (thrown) {
      threw(thrown);
    }
  }

  /** At once where that is due now, else when it is. */
  #park(parked: Parked): void {
    const entry = this.#claim(parked.key);
    if (entry) parked.claimed(entry);
    else this.#parked.push(parked);
  }

  #claimParked(): void {
    this.#parked = this.#parked.filter((parked) => {
      const entry = this.#claim(parked.key);
      if (entry) parked.claimed(entry);
      return !entry;
    });
  }

  /** The entry like that among those that the case may do now. */
  #claim(key: string): Entry | undefined {
    for (let index = this.#at; index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      if (!entry || isSystems(entry)) return undefined;
      if (this.#used[index] || keyOf(entry) !== key) continue;
      this.#used[index] = true;
      return entry;
    }
    return undefined;
  }

  #face(number: number): object {
    const known = this.#faces.get(number);
    if (known) return known;
    const methods = new Map<string, Method>();
    const isFunction = this.#entries.some((entry) => isAsked(entry) && entry[2] === number && entry[3] === "()");
    const face = new Proxy(isFunction ? () => undefined : {}, {
      get: (target, name) => {
        const word = wordFor(name);
        if (word === undefined) return Reflect.get(target, name);
        if (number === SYSTEM && word === "facts") return this.#facts;
        if (!this.#methods.has(word)) return this.#read(number, word);
        const made = methods.get(word) ?? ((...args: unknown[]) => this.#call(number, word, args));
        methods.set(word, made);
        return made;
      },
      apply: (_, _self, args: unknown[]) => this.#call(number, "()", args),
    });
    this.#faces.set(number, face);
    this.#things.set(face, number);
    return face;
  }

  #read(number: number, name: string): unknown {
    const constant = this.#thingAt(number, name);
    if (constant) return constant;
    const entry = this.#claim(`get ${number} ${name}`);
    if (entry?.[0] === "get") return this.#decoded(entry[3])?.value;
    this.#askedInVain(name);
    throw new NotInEvidence(this.#why);
  }

  /** A thing that is a property of another stays one: it is observed once. */
  #thingAt(number: number, name: string): object | undefined {
    for (const entry of this.#entries) {
      if (entry[0] !== "get" || entry[1] !== number || entry[2] !== name) continue;
      const value = entry[3];
      if (typeof value === "object" && value !== null && "$h" in value) return this.#face(Number(value.$h));
    }
    return undefined;
  }

  #call(number: number, method: string, given: unknown[]): unknown {
    if (this.#why !== undefined) throw new NotInEvidence(this.#why);
    const functions: Method[] = [];
    const args = this.#encoded(given, functions);
    const key = this.#said(`call ${number} ${method} ${canonical(args)}`);
    const words = callText(method, args);
    if (this.#methods.get(method) === true) return this.#answer(key, words, functions);
    return new Promise((resolve, reject) => {
      const claimed = (entry: Entry) => {
        if (entry[0] === "call") {
          this.#keep(entry[1], functions);
          this.#waiting.set(entry[1], { resolve, reject });
        } else if (entry[0] === "refused") {
          const error = this.#decoded(entry[5]);
          if (error) reject(error.value);
        }
      };
      this.#park({ key, words, claimed });
    });
  }

  #answer(key: string, words: string, functions: readonly Method[]): unknown {
    const entry = this.#claim(key);
    if (entry?.[0] === "ask" || entry?.[0] === "refused") {
      this.#keep(entry[1], functions);
      const answer = this.#decoded(entry[5]);
      if (answer && entry[0] === "refused") throw answer.value;
      if (answer) return answer.value;
    } else this.#askedInVain(words);
    throw new NotInEvidence(this.#why);
  }

  #askedInVain(words: string): void {
    this.#parked.unshift({ key: "", words, claimed: () => undefined });
    const next = this.#entries
      .slice(this.#at)
      .find((entry, index) => !this.#used[this.#at + index] && !isHarmless(entry));
    this.#fail(next ? `${entryText(next)} was next then` : "its evidence ends there");
  }

  #keep(call: number, functions: readonly Method[]): void {
    for (const [index, work] of functions.entries()) this.#functions.set(`${call}.${index}`, work);
  }

  #encoded(given: unknown, functions: Method[]): Json {
    try {
      return encodeValue(given, (each) => {
        const number = this.#things.get(each);
        if (number !== undefined) return { $h: number };
        if (typeof each !== "function") return undefined;
        return { $f: functions.push(each as Method) - 1 };
      });
    } catch (thrown) {
      if (thrown instanceof NoValue) return { $lost: thrown.message };
      throw thrown;
    }
  }

  /** Undefined, and nothing goes on, where evidence has no such value. */
  #decoded(json: Json): { readonly value: unknown } | undefined {
    if (typeof json === "object" && json !== null && "$threw" in json) {
      return { value: this.#thrown.get(Number(json.$threw)) };
    }
    try {
      return { value: decodeValue(json, this.#sources) };
    } catch (thrown) {
      this.#fail(`what it was told is not in the evidence: ${thrown instanceof Error ? thrown.message : thrown}`);
      return undefined;
    }
  }
}

/** The case has done all that it does without another answer: no promise of it is left to settle. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
