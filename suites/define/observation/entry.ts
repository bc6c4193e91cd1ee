/**
 * What crosses between a case and its system, in order. Things with methods have numbers: 0 is the system (or the devices), 1 what
 * the case gets beside it, the others count from 2 as they come up. Calls count from 1; `value` and `error` are `value.ts`.
 */
import type { Json } from "../../../harness/evidence/event.ts";
import type { Outcome } from "../../../harness/evidence/verdict.ts";

/** Number of the system or of the devices, and of what the case has beside it. */
export const SYSTEM = 0;
export const BESIDE = 1;

export type Entry =
  /** The case calls; the answer comes later, as `done` or `fail`. */
  | readonly ["call", call: number, thing: number, method: string, args: Json]
  | readonly ["done", call: number, value: Json]
  | readonly ["fail", call: number, error: Json]
  /** The same where nothing came between. */
  | readonly ["did", call: number, thing: number, method: string, args: Json, value: Json]
  | readonly ["failed", call: number, thing: number, method: string, args: Json, error: Json]
  /** The case calls and is answered at once. */
  | readonly ["ask", call: number, thing: number, method: string, args: Json, value: Json]
  | readonly ["refused", call: number, thing: number, method: string, args: Json, error: Json]
  /** The case reads a property. */
  | readonly ["get", thing: number, name: string, value: Json]
  /** The system calls the function number `of` among the arguments of a call. */
  | readonly ["back", turn: number, call: number, of: number, args: Json]
  /** And that returns, or throws. */
  | readonly ["gave", turn: number, value: Json]
  | readonly ["threw", turn: number]
  /** How the case ended, before its system was taken down. */
  | readonly ["end", outcome: Outcome, reason: string];

/** What happens to the case, as against what it does itself. */
export function isSystems([kind]: Entry): boolean {
  return kind === "done" || kind === "fail" || kind === "back";
}

/** With every merged call taken apart again. */
export function apart(entries: readonly Entry[]): readonly Entry[] {
  return entries.flatMap((entry): readonly Entry[] => {
    if (entry[0] !== "did" && entry[0] !== "failed") return [entry];
    const [kind, call, thing, method, args, answer] = entry;
    return [
      ["call", call, thing, method, args],
      [kind === "did" ? "done" : "fail", call, answer],
    ];
  });
}

const LENGTHS: Readonly<Record<Entry[0], number>> = {
  call: 5,
  done: 3,
  fail: 3,
  did: 6,
  failed: 6,
  ask: 6,
  refused: 6,
  get: 4,
  back: 5,
  gave: 3,
  threw: 2,
  end: 3,
};

/** How many of the members behind the kind are a number; those behind them are checked by who decodes them. */
const NUMBERS: Readonly<Record<Entry[0], number>> = {
  call: 2,
  done: 1,
  fail: 1,
  did: 2,
  failed: 2,
  ask: 2,
  refused: 2,
  get: 1,
  back: 3,
  gave: 1,
  threw: 1,
  end: 0,
};

/** Whether evidence holds an entry there: files are read that others may have made. */
export function isEntry(json: Json): json is Extract<Json, readonly Json[]> & Entry {
  if (!Array.isArray(json)) return false;
  const [kind, ...members] = json as readonly Json[];
  if (typeof kind !== "string" || !Object.hasOwn(LENGTHS, kind)) return false;
  const name = kind as Entry[0];
  if (json.length !== LENGTHS[name]) return false;
  const numbers = NUMBERS[name];
  const words = name === "get" || name === "end" ? [numbers] : numbers === 2 ? [2] : [];
  return (
    members.slice(0, numbers).every((each) => typeof each === "number") &&
    words.every((index) => typeof members[index] === "string")
  );
}
