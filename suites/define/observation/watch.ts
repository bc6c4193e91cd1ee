/** A membrane around what a case works with: everything that crosses it is observed, and nothing is changed. */
import type { Json } from "../../../harness/evidence/event.ts";
import { BESIDE, SYSTEM } from "./entry.ts";
import { type ObservationLog, observed } from "./log.ts";
import { isPromise, isThing, replaced, wordFor } from "./things.ts";

type Method = (...args: unknown[]) => unknown;

/** A call of the case that is under way. */
interface Call {
  readonly call: number;
  readonly thing: number;
  readonly method: string;
  readonly args: Json;
  /** Its place in the log. */
  readonly at: number;
}

/** The system of one case as the case sees it. */
export class Watch {
  readonly #log: ObservationLog;
  readonly #numbers = new Map<object, number>();
  readonly #faces = new WeakMap<object, object>();
  /** What is behind a face. */
  readonly #behind = new WeakMap<object, object>();
  /** Errors of the case that the system may hand back to it, by the turn in which they were thrown. */
  readonly #thrown = new Map<unknown, number>();
  #next = BESIDE + 1;
  #calls = 0;
  #turns = 0;

  constructor(log: ObservationLog) {
    this.#log = log;
  }

  /** The system, or the devices. Its facts are kept apart (`facts.ts`). */
  system<T extends object>(system: T): T {
    this.#numbers.set(system, SYSTEM);
    return this.#face(system) as T;
  }

  /** What the case has beside it. */
  beside<T extends object>(beside: T): T {
    this.#numbers.set(beside, BESIDE);
    return this.#face(beside) as T;
  }

  /** What the case gets in place of something of the system. */
  #face(thing: object): object {
    const known = this.#faces.get(thing);
    if (known) return known;
    const number = this.#numberOf(thing);
    const methods = new Map<string, Method>();
    const face = new Proxy(typeof thing === "function" ? () => undefined : {}, {
      get: (_, name) => {
        const value: unknown = Reflect.get(thing, name, thing);
        const word = wordFor(name);
        if (word === undefined || (number === SYSTEM && word === "facts")) return value;
        if (typeof value !== "function") return this.#read(number, word, value);
        const made = methods.get(word) ?? this.#method(number, word, (args) => Reflect.apply(value, thing, args));
        methods.set(word, made);
        return made;
      },
      has: (_, name) => Reflect.has(thing, name),
      apply: (_, self, args: unknown[]) =>
        this.#method(number, "()", (passed) => Reflect.apply(thing as Method, self, passed))(...args),
    });
    this.#faces.set(thing, face);
    this.#behind.set(face, thing);
    return face;
  }

  #numberOf(thing: object): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    const number = this.#next++;
    this.#numbers.set(thing, number);
    return number;
  }

  #read(number: number, name: string, value: unknown): unknown {
    const isKnown = isThing(value) && this.#faces.has(value);
    const { json, seen } = this.#toCase(value);
    if (!isKnown) this.#log.add(["get", number, name, json]);
    return seen;
  }

  #method(thing: number, method: string, work: (args: unknown[]) => unknown): Method {
    return (...given) => {
      const call = ++this.#calls;
      const args = this.#argumentsOf(given);
      const place = { call, thing, method, args, at: this.#log.add(["call", call, thing, method, args]) };
      let result: unknown;
      try {
        result = work(this.#toSystem(given, call));
      } catch (error) {
        this.#log.replace(place.at, ["refused", call, thing, method, args, this.#errorOf(error)]);
        throw error;
      }
      if (isPromise(result)) return this.#awaited(place, result);
      const { json, seen } = this.#toCase(result);
      this.#log.replace(place.at, ["ask", call, thing, method, args, json]);
      return seen;
    };
  }

  async #awaited({ call, thing, method, args, at }: Call, answer: Promise<unknown>): Promise<unknown> {
    let value: unknown;
    try {
      value = await answer;
    } catch (thrown) {
      const error = this.#errorOf(thrown);
      if (this.#log.isLast(at)) this.#log.replace(at, ["failed", call, thing, method, args, error]);
      else this.#log.add(["fail", call, error]);
      throw thrown;
    }
    const { json, seen } = this.#toCase(value);
    if (this.#log.isLast(at)) this.#log.replace(at, ["did", call, thing, method, args, json]);
    else this.#log.add(["done", call, json]);
    return seen;
  }

  /** A value of the system as it is kept, and as the case sees it. */
  #toCase(value: unknown): { readonly json: Json; readonly seen: unknown } {
    let things = 0;
    const json = observed(value, (each) => {
      if (!isThing(each)) return undefined;
      things++;
      return { $h: this.#numberOf(each) };
    });
    if (things === 0) return { json, seen: value };
    return { json, seen: replaced(value, (each) => (isThing(each) ? this.#face(each) : undefined)) };
  }

  #argumentsOf(given: readonly unknown[]): Json {
    let functions = 0;
    return observed(given, (each) => {
      const thing = this.#behind.get(each);
      if (thing) return { $h: this.#numberOf(thing) };
      return typeof each === "function" ? { $f: functions++ } : undefined;
    });
  }

  #toSystem(given: readonly unknown[], call: number): unknown[] {
    let functions = 0;
    return given.map((each) =>
      replaced(each, (inner) => {
        const thing = this.#behind.get(inner);
        if (thing) return thing;
        return typeof inner === "function" ? this.#callback(inner as Method, call, functions++) : undefined;
      }),
    );
  }

  /** A function of the case, as the system calls it. */
  #callback(work: Method, call: number, of: number): Method {
    return (...given) => {
      const turn = ++this.#turns;
      const { json, seen } = this.#toCase(given);
      this.#log.add(["back", turn, call, of, json]);
      let result: unknown;
      try {
        result = work(...(seen as unknown[]));
      } catch (thrown) {
        throw this.#threw(turn, thrown);
      }
      if (!isPromise(result)) return this.#gave(turn, result);
      return result.then(
        (value) => this.#gave(turn, value),
        (thrown: unknown) => {
          throw this.#threw(turn, thrown);
        },
      );
    };
  }

  #gave(turn: number, value: unknown): unknown {
    this.#log.add(["gave", turn, this.#argumentsOf([value])]);
    return this.#toSystem([value], 0)[0];
  }

  #threw(turn: number, thrown: unknown): unknown {
    this.#log.add(["threw", turn]);
    this.#thrown.set(thrown, turn);
    return thrown;
  }

  #errorOf(thrown: unknown): Json {
    const turn = this.#thrown.get(thrown);
    return turn === undefined ? this.#toCase(thrown).json : { $threw: turn };
  }
}
