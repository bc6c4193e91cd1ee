/** Waivers: somebody accepts that a case fails with this version of a device, until a day. The verdict stays what it is. */
import type { Pics } from "../../harness/bench/pics.ts";
import type { Waiver } from "../../harness/evidence/event.ts";
import type { CampaignCase, CampaignOptions } from "./campaign-options.ts";

/** Puts each waiver beside its failure, in the evidence too; what has no effect is told there and to whoever listens. */
export function waive(options: CampaignOptions, cases: readonly CampaignCase[]): readonly CampaignCase[] {
  const { waivers = [], evidence, clock, pics, earlier } = options;
  const today = clock.wall().toISOString().slice(0, 10);
  const effective = new Map<string, Waiver>();
  for (const waiver of waivers) {
    const its = cases.find(({ definition }) => definition.id === waiver.case);
    if (its?.finished.outcome === "notRun") continue; // the run may go on
    const why = whyVoid(waiver, pics, today) ?? whyUnused(its);
    if (why === undefined) {
      effective.set(waiver.case, waiver);
      if (!earlier?.waived.has(waiver.case)) evidence.write({ kind: "waiver", ...waiver }, waiver.case);
      continue;
    }
    const text = `The waiver for ${waiver.case} has no effect: ${why}.`;
    options.tell?.(text);
    evidence.write({ kind: "note", text });
  }
  return cases.map((each) => {
    const waiver = effective.get(each.definition.id);
    return waiver ? { ...each, waiver } : each;
  });
}

/** Why a waiver does not hold for this device on this day (YYYY-MM-DD); undefined where it does. */
export function whyVoid(
  { product, version, expires }: Waiver,
  pics: Pick<Pics, "device"> | undefined,
  today: string,
): string | undefined {
  if (expires < today) return `it expired on ${expires}`;
  if (!pics) return "no PICS says which device is under test";
  const { device } = pics;
  if (device.product !== product) return `it is for ${product}, and under test is ${device.product}`;
  return device.version === version ? undefined : `it is for version ${version}, and under test is ${device.version}`;
}

function whyUnused(its: CampaignCase | undefined): string | undefined {
  if (!its) return "this run does not have the case";
  return its.finished.outcome === "fail" ? undefined : "the case did not fail";
}
