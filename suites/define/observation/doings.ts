/** What a case does, as against what happens to it: entries by what they ask. */
import type { Entry } from "./entry.ts";
import { canonical } from "./value.ts";

/** Asked what changes nothing: a case may leave it away. */
const HARMLESS = new Set([
  ...["events", "terminals", "isCardPresent", "slot", "now", "idle", "money", "batches"],
  ...["transaction", "transactions", "sale", "sales", "loads", "heldLoads", "accounts", "entries", "cardProtocol"],
]);

/** A case may leave it away. */
export function isHarmless(entry: Entry): boolean {
  switch (entry[0]) {
    case "call":
    case "ask":
    case "refused":
      return HARMLESS.has(entry[3]);
    case "get":
    case "end":
      return true;
    default:
      return false;
  }
}

export function isAsked(entry: Entry): entry is Extract<Entry, readonly ["call" | "ask" | "refused", ...unknown[]]> {
  return entry[0] === "call" || entry[0] === "ask" || entry[0] === "refused";
}

/** What makes a doing of the case the same: not the number that it had. */
export function keyOf(entry: Entry): string | undefined {
  switch (entry[0]) {
    case "call":
    case "ask":
    case "refused":
      return `call ${entry[2]} ${entry[3]} ${canonical(entry[4])}`;
    case "get":
      return `get ${entry[1]} ${entry[2]}`;
    case "gave":
      return `gave ${entry[1]} ${canonical(entry[2])}`;
    case "threw":
      return `threw ${entry[1]}`;
    default:
      return undefined;
  }
}

/** The methods that were called, and whether they answer at once. */
export function methodsIn(entries: readonly Entry[]): ReadonlyMap<string, boolean> {
  const methods = new Map<string, boolean>();
  for (const entry of entries) {
    if (entry[0] === "call") methods.set(entry[3], false);
    if (entry[0] === "ask" || entry[0] === "refused") methods.set(entry[3], methods.get(entry[3]) ?? true);
  }
  return methods;
}
