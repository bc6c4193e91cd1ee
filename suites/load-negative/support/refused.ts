/** A load that the card itself refuses: its balance report says too little, and the amount would bring it above its maximum (940B). */
import type { LoadObservation } from "../../../harness/flows/loading.ts";
import type { CaseContext, Needs } from "../../define/case.ts";
import { expectMoved, type LoadMoney, moneyOf } from "../../load/support/moved.ts";
import { type Source, siteOf } from "../../load/support/sources.ts";
import { understated } from "./balance.ts";
import { movedBy } from "./ended.ts";

export const MLDA = 2500;

/** What cases of negative results look with. */
export const LOOKS: Needs = {
  keys: true,
  database: true,
  links: ["235", "cable", "236", "HSM"],
  logs: ["load-server", "head-end"],
};

/** The same, with a card that is as full as it can be. */
export const REFUSING: Needs = { ...LOOKS, cards: ["at-maximum"] };

export interface RefusedLoad {
  readonly before: LoadMoney;
  readonly seen: LoadObservation;
}

/** The load with that card, whatever else the case has disturbed. */
export async function refusedLoad(t: CaseContext, source: Source): Promise<RefusedLoad> {
  const site = siteOf(t, source);
  await t.system.insertCard("at-maximum");
  const before = await moneyOf(t, site);
  using _report = understated(t);
  const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
  return { before, seen };
}

/** The set-top box settles what is open, and then everybody knows that the card was not loaded, or that it was. */
export async function expectSettled(
  t: CaseContext,
  source: Source,
  before: LoadMoney,
  truth: "loaded" | "not-loaded",
): Promise<void> {
  await t.step("the set-top box settles it", async () => {
    const settled = await t.system.recover();
    t.expect.equal("a load left for the set-top box to settle", settled !== undefined, true);
    const after = await moneyOf(t, siteOf(t, source));
    expectMoved(t, before, after, movedBy(truth, MLDA, truth === "loaded"));
  });
}
