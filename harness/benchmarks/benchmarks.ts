import { type ApduRate, measureApdus } from "./apdus.ts";
import { ownLab } from "./own-lab.ts";
import { measurePurchases, type PurchaseRate } from "./purchases.ts";
import { type LineCost, measureLine } from "./serial-line.ts";

export interface Figures {
  readonly apdus: ApduRate;
  readonly purchases: PurchaseRate;
  readonly line: LineCost;
}

export interface Effort {
  readonly apdus: number;
  readonly runs: number;
  readonly purchases: number;
  readonly warmUp: number;
}

export const FULL: Effort = { apdus: 4000, runs: 7, purchases: 5000, warmUp: 1000 };
export const QUICK: Effort = { apdus: 500, runs: 3, purchases: 500, warmUp: 200 };

/** Everything, one after the other. `labName`: of a virtual lab that is raised for it and ends with it. */
export async function measureAll(effort: Effort, labName: string): Promise<Figures> {
  const line = await measureLine();
  const purchases = await measurePurchases(effort.purchases, effort.warmUp);
  await using lab = await ownLab(labName);
  const apdus = await measureApdus(lab.state, effort.apdus, effort.runs);
  return { apdus, purchases, line };
}
