/**
 * The verifiers that cases judge with. Each leaves a check in the evidence and throws `ExpectationFailed` (verdict
 * fail) when it does not hold; trouble with a device makes the case inconclusive instead.
 */
import { isDeepStrictEqual } from "node:util";
import type { Owner } from "../../harness/core/errors.ts";
import type { PurchaseObservation, PurseReading, RecordedEvent } from "../../harness/flows/system.ts";
import { type Expectation, ExpectationFailed, Inconclusive } from "./failures.ts";
import { show } from "./show.ts";

/** What a verifier may be told beside the values. */
export interface About {
  /** The requirement it speaks of. */
  readonly requirement?: string;
  /** Whose the failure is; the case's owner when absent. */
  readonly owner?: Owner;
  /** The event (`n`, or the event itself) that the actual value comes from. */
  readonly at?: number | RecordedEvent | undefined;
}

export interface Expect {
  /** Deeply equal; bytes by value. */
  equal<T>(what: string, actual: T, expected: T, about?: About): void;
  matches(what: string, actual: string | null | undefined, pattern: RegExp, about?: About): void;
  oneOf<T>(what: string, actual: T, allowed: readonly T[], about?: About): void;
  /** `sentence` is what should hold. */
  that(condition: boolean, sentence: string, about?: About & { readonly actual?: unknown }): void;
  /** Gives the value back, known to be there. */
  present<T>(what: string, value: T | null | undefined, about?: About): T;
  absent(what: string, value: unknown, about?: About): void;
  /** These steps were seen in this order; others may lie between. */
  order(seen: PurchaseObservation | readonly RecordedEvent[], steps: readonly string[], about?: About): void;
  /** The purchase succeeded for the user (CC 0000). Trouble with a device is inconclusive. */
  completed(observation: PurchaseObservation, about?: About): void;
  /** The purchase ended with one of these reason codes (`messages.md`, section 6). Trouble is inconclusive. */
  refused(observation: PurchaseObservation, CC: string | readonly string[], about?: About): void;
  /** Nothing that the card says of itself has changed. */
  samePurse(before: PurseReading, after: PurseReading, about?: About): void;
  /** BALIEP changed by exactly `delta` minor units; a purchase of 250 is -250. */
  money(before: PurseReading, after: PurseReading, delta: number, about?: About): void;
  /** No device gave trouble that the bench did not cause; otherwise the case is inconclusive. */
  noTrouble(observation: PurchaseObservation): void;
}

/** `onCheck` hears of every expectation, held or not. */
export function createExpect(onCheck: (expectation: Expectation, ok: boolean) => void): Expect {
  const check: Check = (ok, what, expected, actual, about = {}) => {
    const expectation: Expectation = { what, expected, actual, ...aboutOf(about) };
    onCheck(expectation, ok);
    if (!ok) throw new ExpectationFailed(expectation);
  };
  return { ...valueVerifiers(check), ...purseVerifiers(check) };
}

type Check = (ok: boolean, what: string, expected: readonly string[], actual: string, about?: About) => void;

function valueVerifiers(check: Check) {
  return {
    equal: <T>(what: string, actual: T, expected: T, about?: About) =>
      check(isDeepStrictEqual(plain(actual), plain(expected)), what, [show(expected)], show(actual), about),
    matches: (what: string, actual: string | null | undefined, pattern: RegExp, about?: About) =>
      check(typeof actual === "string" && pattern.test(actual), what, [`text like ${pattern}`], show(actual), about),
    oneOf: <T>(what: string, actual: T, allowed: readonly T[], about?: About) =>
      check(
        allowed.some((each) => isDeepStrictEqual(plain(actual), plain(each))),
        what,
        allowed.map(show),
        show(actual),
        about,
      ),
    that: (condition: boolean, sentence: string, about: About & { readonly actual?: unknown } = {}) =>
      check(condition, sentence, ["this to hold"], "actual" in about ? show(about.actual) : String(condition), about),
    present: <T>(what: string, value: T | null | undefined, about?: About): T => {
      const isThere = value !== undefined && value !== null;
      // Not the value: what cases want to be there is a key as often as not, and checks are evidence.
      check(isThere, what, ["to be there"], isThere ? "there" : show(value), about);
      return value as T;
    },
    absent: (what: string, value: unknown, about?: About) =>
      check(value === undefined || value === null, what, ["nothing"], show(value), about),
  };
}

function purseVerifiers(check: Check) {
  const ended = (observation: PurchaseObservation, allowed: readonly string[], about?: About) => {
    noTrouble(observation);
    const { CC } = observation.outcome;
    const at = about?.at ?? observation.events.at(-1)?.n;
    check(allowed.includes(CC), "how the purchase ended (CC)", allowed.map(show), show(CC), { ...about, at });
  };
  return {
    order: (seen: PurchaseObservation | readonly RecordedEvent[], steps: readonly string[], about?: About) => {
      const events = "events" in seen ? seen.events : seen;
      const { reached, at } = follow(events, steps);
      const actual = reached === steps.length ? steps.join(", ") : `${stepsOf(events).join(", ") || "no steps"}`;
      const missing = reached === steps.length ? "" : ` (no ${steps[reached]} where it is due)`;
      check(reached === steps.length, "order of steps", [steps.join(", ")], actual + missing, { at, ...about });
    },
    completed: (observation: PurchaseObservation, about?: About) => ended(observation, ["0000"], about),
    refused: (observation: PurchaseObservation, CC: string | readonly string[], about?: About) =>
      ended(observation, typeof CC === "string" ? [CC] : CC, about),
    samePurse: (before: PurseReading, after: PurseReading, about?: About) => {
      const changed = differences(before, after);
      check(
        changed.length === 0,
        "what the card says of itself",
        ["no change"],
        changed.join("; ") || "no change",
        about,
      );
    },
    money: (before: PurseReading, after: PurseReading, delta: number, about?: About) => {
      const expected = `${before.BALIEP + delta} (${before.BALIEP} ${delta < 0 ? "-" : "+"} ${Math.abs(delta)})`;
      check(after.BALIEP === before.BALIEP + delta, "BALIEP afterwards", [expected], String(after.BALIEP), about);
    },
    noTrouble,
  };
}

function noTrouble(observation: PurchaseObservation): void {
  const [first] = observation.trouble;
  if (!first) return;
  throw new Inconclusive(first.text, ownerOf(first.owner));
}

const OWNERS: readonly Owner[] = ["card", "psam", "reader", "terminal", "server", "bench"];

function ownerOf(text: string): Owner {
  return OWNERS.find((owner) => owner === text) ?? "bench";
}

/** How many of `steps` are found one after the other, and the event of the last one found. */
function follow(
  events: readonly RecordedEvent[],
  steps: readonly string[],
): { reached: number; at: number | undefined } {
  let reached = 0;
  let at: number | undefined;
  for (const event of events) {
    if (reached === steps.length || !("step" in event) || event.step !== steps[reached]) continue;
    reached++;
    at = event.n;
  }
  return { reached, at };
}

function stepsOf(events: readonly RecordedEvent[]): string[] {
  return events.flatMap((event) => ("step" in event && event.step !== undefined ? [event.step] : []));
}

function differences(before: PurseReading, after: PurseReading): string[] {
  const keys = Object.keys(before) as (keyof PurseReading)[];
  return keys
    .filter((key) => !isDeepStrictEqual(plain(before[key]), plain(after[key])))
    .map((key) => `${key} was ${show(before[key])} and is ${show(after[key])}`);
}

/** Bytes compare by value, whatever kind of array holds them. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}

function aboutOf(about: About): Partial<Expectation> {
  const at = typeof about.at === "object" ? about.at.n : about.at;
  return {
    ...(about.requirement === undefined ? {} : { requirement: about.requirement }),
    ...(about.owner === undefined ? {} : { owner: about.owner }),
    ...(at === undefined ? {} : { at }),
  };
}
