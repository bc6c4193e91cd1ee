import { join } from "node:path";
import type { PastRun } from "../shared/state.ts";
import { readShortResults } from "./history.ts";

/** How long each case took, ms, when it was run on a bench before. */
export type Durations = ReadonlyMap<string, number>;

/** From the newest run of `history` on the bench of that name that came to its end. */
export async function durationsOn(runs: string, bench: string, history: readonly PastRun[]): Promise<Durations> {
  const past = history.find((run) => run.bench === bench && !run.incomplete && run.counts !== undefined);
  const results = past ? await readShortResults(join(runs, past.id)) : undefined;
  return new Map(results?.cases.map(({ id, durationMs }) => [id, durationMs]));
}

/** About how long `ids` take: what is known of each, and the mean of what is known for the others. */
export function aboutMs(ids: readonly string[], known: Durations): number | undefined {
  if (known.size === 0) return undefined;
  let all = 0;
  for (const ms of known.values()) all += ms;
  const mean = all / known.size;
  return ids.reduce((sum, id) => sum + (known.get(id) ?? mean), 0);
}
