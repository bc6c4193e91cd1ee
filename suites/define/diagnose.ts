/**
 * Whose a failure is. The same case is run again: first with nothing replaced, then with one device after the other replaced by
 * the harness's own. The one without which it passes is its owner. What was a fail stays one, whatever the reruns say.
 */
import type { Clock } from "../../harness/core/clock.ts";
import { messageOf, type Owner } from "../../harness/core/errors.ts";
import type { Rerun } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import { outcomeText } from "../../harness/evidence/verdict.ts";
import type { Replacement, Station } from "../../harness/flows/station.ts";
import { whyNotApplicable } from "./applicability.ts";
import type { Case } from "./case.ts";
import { executeCase } from "./execute.ts";
import { needsOf } from "./needs-of.ts";

/** A run is asked for so many diagnoses at most: each runs its case up to five times more. */
export const MOST_DIAGNOSES = 10;

export interface DiagnoseOptions {
  readonly evidence: Recorder;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** A failed case and what running it again came to. */
export interface Suspect {
  readonly definition: Case;
  /** As the case's own fail named it. */
  readonly owner: Owner;
  readonly reruns: Rerun[];
}

export interface Diagnosis {
  readonly owner: Owner;
  /** Why it is that one's, in a sentence. */
  readonly because: string;
}

/** Runs each suspect again on the bench where it failed. A case that uses its specimen up is not run again with that specimen. */
export async function runAgain(
  suspects: readonly Suspect[],
  station: Station,
  options: DiagnoseOptions,
): Promise<void> {
  for (const { definition, reruns } of suspects) {
    if (options.signal?.aborted || definition.destructive) continue;
    reruns.push(await run(definition, station, {}, options));
  }
}

/** Opens each bench with a replacement once, for all suspects that fail every time. To be called when the bench itself is down. */
export async function runReplaced(
  suspects: readonly Suspect[],
  replacements: readonly Replacement[],
  options: DiagnoseOptions,
): Promise<void> {
  const steady = suspects.filter(({ reruns }) => reruns.every(({ outcome }) => outcome !== "pass"));
  if (steady.length === 0) return;
  for (const replacement of replacements) {
    if (options.signal?.aborted) return;
    await withReplacement(steady, replacement, options);
  }
}

async function withReplacement(
  suspects: readonly Suspect[],
  replacement: Replacement,
  options: DiagnoseOptions,
): Promise<void> {
  const { devices: replaced, by } = replacement;
  try {
    await using station = await replacement.open(options.evidence.record);
    for (const { definition, reruns } of suspects) {
      if (options.signal?.aborted) return;
      reruns.push(await rerun(definition, station, { replaced, by }, options));
    }
  } catch (thrown) {
    const reason = `the bench with ${by} could not be used: ${messageOf(thrown)}`;
    for (const { reruns } of suspects) reruns.push({ replaced, by, outcome: "inconc", reason });
  }
}

type What = Pick<Rerun, "replaced" | "by">;

/** Where the device was replaced the case may apply no more, or the bench may not be ready. */
async function rerun(definition: Case, station: Station, what: What, options: DiagnoseOptions): Promise<Rerun> {
  const looked = await station.preflight(needsOf([definition]));
  if (!looked.ok) return { ...what, outcome: "inconc", reason: looked.reason };
  const scope = { facts: station.facts, pics: undefined, specimen: looked.specimen };
  const reason = whyNotApplicable(definition, scope);
  if (reason !== undefined) return { ...what, outcome: "notApplicable", reason };
  return await run(definition, station, what, options);
}

async function run(
  definition: Case,
  station: Station,
  what: What,
  { evidence, clock, signal }: DiagnoseOptions,
): Promise<Rerun> {
  const marked = { ...definition, id: rerunId(definition.id, what.replaced) };
  const { outcome, reason: why } = await executeCase(marked, station, evidence, { clock, signal });
  return { ...what, outcome, reason: why };
}

/** What the evidence of a rerun is marked with: "PAY-606-01/card" for the one with the card replaced. */
export function rerunId(caseId: string, replaced: readonly string[] | undefined): string {
  return `${caseId}/${replaced?.join("+") ?? "again"}`;
}

/** Whose the failure is, by the reruns. */
export function ownerBy({ owner, reruns }: Pick<Suspect, "owner" | "reruns">): Diagnosis {
  const again = reruns.find(({ replaced }) => replaced === undefined);
  const others = reruns.filter((each) => each.replaced !== undefined);
  if (again?.outcome === "pass") {
    return { owner, because: "run again with nothing replaced it passed: the failure comes and goes" };
  }
  const healing = others.filter(({ outcome }) => outcome === "pass");
  const [first] = healing;
  if (first === undefined) return unhealed(owner, others);
  const isOwners = healing.some((each) => isOf(each, owner));
  const rest = others.filter(({ outcome }) => outcome !== "pass").map(endText);
  const heals = `it passes with ${healing.map(({ by }) => by).join(", and also with ")}`;
  const because = [heals, ...rest].join("; ");
  return { owner: isOwners ? owner : (first.replaced?.[0] ?? owner), because };
}

function isOf({ replaced = [] }: Rerun, owner: Owner): boolean {
  return replaced.some((each) => each === owner);
}

/** No single device makes the difference. Where every one of them was replaced in vain, what is left is the harness's own. */
function unhealed(owner: Owner, others: readonly Rerun[]): Diagnosis {
  if (others.length === 0) return { owner, because: "no device could be replaced" };
  const because = others.map(endText).join("; ");
  const isLeft = others.every(({ outcome }) => outcome === "fail") && others.some((each) => isOf(each, owner));
  if (!isLeft) return { owner, because };
  return { owner: "bench", because: `${because}: no device makes the difference, or more than one is wrong` };
}

function endText({ by, outcome, reason }: Rerun): string {
  const tail = outcome === "fail" || reason === "" ? "" : ` (${reason})`;
  return `with ${by ?? "nothing replaced"} it ${outcome === "fail" ? "still fails" : `is ${outcomeText(outcome)}`}${tail}`;
}
