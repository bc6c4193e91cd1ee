/** A case of today against what evidence has kept of it. */
import type { CaseEnd } from "../../../harness/evidence/event.ts";
import type { Outcome } from "../../../harness/evidence/verdict.ts";
import type { Latency } from "../../../harness/flows/station.ts";
import type { SystemFacts, TestKeys } from "../../../harness/flows/system.ts";
import { whyNotApplicable } from "../applicability.ts";
import type { Case, Scope } from "../case.ts";
import type { Beside, CaseParts, Opened } from "../case-context.ts";
import { judge } from "../judge.ts";
import { benchFacts } from "../timing.ts";
import type { Entry } from "./entry.ts";
import type { KeptCase } from "./kept-case.ts";
import { Play } from "./play.ts";

/** What the evidence says of the whole run. */
export interface RunScope {
  readonly facts: SystemFacts | undefined;
  readonly pics: Scope["pics"];
  readonly specimen: Scope["specimen"];
  readonly latencies: readonly Latency[];
  /** Test keys of today; undefined where the bench's key set is not there. */
  readonly keys: TestKeys | undefined;
}

export type Judged =
  /** `remark`: how far the evidence goes. */
  { readonly now: Pick<CaseEnd, "outcome" | "reason">; readonly remark?: string } | { readonly why: string };

/** `was`: how it ended, with what happened when its system was taken down. Never rejects. */
export async function rejudgeCase(
  definition: Case,
  kept: KeptCase,
  was: Pick<CaseEnd, "outcome" | "reason">,
  scope: RunScope,
): Promise<Judged> {
  const { facts } = scope;
  if (facts === undefined || kept.entries.length === 0) return { why: "the run was recorded without observations" };
  if (kept.flaw !== undefined) return { why: kept.flaw };
  const reason = whyNotApplicable(definition, { ...scope, facts });
  if (reason !== undefined) return { now: { outcome: "notApplicable", reason } };
  if (definition.needs?.keys && !scope.keys) return { why: "it uses test keys, and the bench's key set is not there" };
  const played = await playedBack(definition, kept, scope);
  const body = endIn(kept.entries);
  if (!("why" in played)) return settled(played.now, { was, body, isMasked: kept.isMasked });
  if (kept.isMasked) return { why: `${played.why} (a session key of it is overwritten in the evidence)` };
  if (!played.isRun || body?.outcome === "pass") return played;
  return {
    now: { outcome: "pass", reason: "" },
    remark: "the money was not counted then, since the case had failed",
  };
}

type Played = { readonly now: CaseEnd } | { readonly why: string; readonly isRun: boolean };

async function playedBack(definition: Case, kept: KeptCase, scope: RunScope): Promise<Played> {
  const play = new Play({
    entries: kept.entries,
    facts: kept.facts,
    event: (n) => kept.event(n),
    told: (value) => kept.told(value),
    said: (text) => kept.said(text),
  });
  let isRun = false;
  let isEnded = false;
  const observed: Case = {
    ...definition,
    run: async (t) => {
      await definition.run(t);
      isRun = true;
    },
  };
  const work = judge(observed, partsOf(play, definition, scope)).then((now) => {
    isEnded = true;
    return { now };
  });
  const [ended] = await Promise.all([
    Promise.race([work, play.stuck.then(() => undefined)]),
    play.until(() => isEnded),
  ]);
  if (play.why !== undefined) return { why: play.why, isRun };
  return ended ?? { why: "it did not end", isRun };
}

/** What stands in for the bench has its form as far as the case asks: the face of a play. */
function partsOf(play: Play, { on }: Case, { keys, latencies }: RunScope): CaseParts {
  const face = play.system as never;
  const opened: Opened = on === "devices" ? { devices: face } : { system: face };
  return { opened, beside: play.beside as Beside, keys, bench: benchFacts(latencies), write: () => undefined };
}

interface Was {
  readonly was: Pick<CaseEnd, "outcome" | "reason">;
  /** Before the system was taken down. */
  readonly body: Ended | undefined;
  readonly isMasked: boolean;
}

/** Where the case ended as it did, what came of taking the system down stands as well. */
function settled({ outcome, reason }: CaseEnd, { was, body, isMasked }: Was): Judged {
  if (body?.outcome === outcome && body.reason === reason) return { now: was };
  if (!isMasked) return { now: { outcome, reason } };
  const other = `${outcome}${reason ? `, ${reason}` : ""}`;
  return { why: `a session key of it is overwritten in the evidence; without it: ${other}` };
}

interface Ended {
  readonly outcome: Outcome;
  readonly reason: string;
}

function endIn(entries: readonly Entry[]): Ended | undefined {
  const last = entries.at(-1);
  return last?.[0] === "end" ? { outcome: last[1], reason: last[2] } : undefined;
}
