/**
 * What cases may know of their bench, as evidence keeps it: once for a run (an observation that belongs to no case), and of a case
 * what was otherwise in its system (addresses in use).
 */
import { isDeepStrictEqual } from "node:util";
import type { EvidenceEvent, Json } from "../../../harness/evidence/event.ts";
import type { SystemFacts } from "../../../harness/flows/system.ts";
import { observed } from "./log.ts";
import { decodeValue, NoValue } from "./value.ts";

/** The observation that is written when the bench is up. */
export function factsObserved(facts: SystemFacts): EvidenceEvent {
  return { kind: "observation", what: { facts: kept(facts) } };
}

/** The members that are not as they are in `known`; undefined where all are. */
export function factsBeyond(facts: SystemFacts, known: SystemFacts): Json | undefined {
  const other = Object.entries(facts).filter(([name, value]) => !isDeepStrictEqual(value, Reflect.get(known, name)));
  return other.length === 0 ? undefined : kept(Object.fromEntries(other));
}

/** `known` with the members of an observation. Undefined where that holds none. */
export function withFacts(known: SystemFacts | undefined, what: Json): SystemFacts | undefined {
  if (typeof what !== "object" || what === null || !("facts" in what)) return undefined;
  const none = (): never => {
    throw new NoValue("no part of facts");
  };
  const read = decodeValue(what.facts, { handle: none, event: none });
  return { ...known, ...(read as SystemFacts) };
}

function kept(value: object): Json {
  return observed(value, () => undefined);
}
