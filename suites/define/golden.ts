/**
 * Golden devices: a card and a security card that are known to be good stand in place of those of the bench, before the first case
 * and after the last, and have to pass a few cases there. What a bench says of a device is worth something only as long as it says
 * of a good one that it is good.
 */

import type { Golden } from "../../harness/evidence/results.ts";
import { isVerdict, type Outcome, worst } from "../../harness/evidence/verdict.ts";
import type { Station } from "../../harness/flows/station.ts";
import { whyNotApplicable } from "./applicability.ts";
import { closeStation, openStation } from "./bench-door.ts";
import { preflightOf } from "./bench-look.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import type { Case, Scope } from "./case.ts";
import { executeCase } from "./execute.ts";
import { type GoldenBench, type GoldenDevice, goldenId } from "./golden-devices.ts";

/** Puts the golden devices to their cases, and leaves in the evidence what came of it; undefined when the run was interrupted meanwhile. Never rejects. */
export async function runGolden(
  { devices, open }: GoldenBench,
  when: Golden["when"],
  options: CampaignOptions,
): Promise<readonly Golden[] | undefined> {
  const { evidence, signal, tell } = options;
  const names = devices.map(({ device, spec }) => `${device === "psam" ? "PSAM" : device} (${spec})`).join(" and ");
  tell?.(`The golden ${names} ${devices.length > 1 ? "are" : "is"} tried ${when} the cases.`);
  const ends = await endsOf(devices, () => open(evidence.record, when), when, options);
  if (signal?.aborted || evidence.broken) return undefined;
  const found = devices.map(({ device, spec, cases }): Golden => {
    const due = cases.filter(({ id }) => ends.has(id) && ends.get(id)?.outcome !== "notApplicable");
    const { outcome, reason } = verdictOf(due.map(({ id }) => ({ id, ...(ends.get(id) ?? UNKNOWN) })));
    return { when, device, spec, outcome, reason, cases: due.map(({ id }) => id) };
  });
  for (const golden of found) evidence.write({ kind: "golden", ...golden });
  return found;
}

/** Why no case can have a verdict after what golden devices met with before the first one. */
export function whyNotGolden(golden: readonly Golden[]): string | undefined {
  const bad = golden.find(({ when, outcome }) => when === "before" && outcome !== "pass");
  return bad && `the golden ${bad.device} (${bad.spec}) did not pass before the first case: ${bad.reason}`;
}

interface End {
  readonly outcome: Outcome;
  readonly reason: string;
}
const UNKNOWN: End = { outcome: "inconc", reason: "it was not run" };

/** By the id of the case. A bench that is not ready is that for every case. */
async function endsOf(
  devices: readonly GoldenDevice[],
  open: () => Promise<Station>,
  when: Golden["when"],
  options: CampaignOptions,
): Promise<ReadonlyMap<string, End>> {
  const cases = [...new Set(devices.flatMap((each) => each.cases))];
  const all = (end: End) => new Map(cases.map(({ id }) => [id, end]));
  const opened = await openStation(open, options.signal, "the bench with golden devices could not be opened");
  if (!("station" in opened)) return all(opened);
  const { station } = opened;
  try {
    const looked = await preflightOf(options, station, cases);
    if (!looked?.ok) return all({ outcome: "inconc", reason: looked?.reason ?? "interrupted" });
    return await runAll(cases, station, looked.specimen, when, options);
  } finally {
    await closeStation(station, options);
  }
}

async function runAll(
  cases: readonly Case[],
  station: Station,
  specimen: Scope["specimen"],
  when: Golden["when"],
  { evidence, clock, signal }: CampaignOptions,
): Promise<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>();
  for (const definition of cases) {
    if (signal?.aborted) break;
    const reason = whyNotApplicable(definition, { facts: station.facts, pics: undefined, specimen });
    if (reason !== undefined) {
      ends.set(definition.id, { outcome: "notApplicable", reason });
      continue;
    }
    const marked = { ...definition, id: goldenId(definition.id, when) };
    ends.set(definition.id, await executeCase(marked, station, evidence, { clock, signal }));
  }
  return ends;
}

/** The worst of the cases, in its own words. */
function verdictOf(ends: readonly ({ readonly id: string } & End)[]): End {
  const verdict = worst(ends.map(({ outcome }) => outcome).filter(isVerdict));
  if (verdict === "none") return { outcome: "inconc", reason: "no case could be run with it" };
  const first = ends.find(({ outcome }) => outcome === verdict);
  return { outcome: verdict, reason: verdict === "pass" || !first ? "" : `${first.id}: ${first.reason}` };
}
