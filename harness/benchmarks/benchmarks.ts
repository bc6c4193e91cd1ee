import { type ApduRate, measureApdus } from "./apdus.ts";
import { ownLab } from "./own-lab.ts";
import { measurePurchases, type PurchaseRate } from "./purchases.ts";
import { type LineCost, measureLine } from "./serial-line.ts";
import { measureVariants, type VariantOptions, type VariantTable } from "./variants.ts";

export interface Figures {
  readonly apdus: ApduRate;
  readonly purchases: PurchaseRate;
  readonly line: LineCost;
  readonly variants: VariantTable;
}

export interface Effort {
  readonly apdus: number;
  readonly runs: number;
  readonly purchases: number;
  readonly warmUp: number;
  readonly variants: VariantOptions;
}

/** A round figure for the debit of a contact card with two MACs and its writes, ms; assumed, not measured. */
const CARD_DEBIT_MS = 300;
/** More than a terminal may issue from its oldest undecided transaction on, so that this limit shows where it matters. */
const QUEUEING_BOXES = 64;

export const FULL: Effort = {
  apdus: 4000,
  runs: 7,
  purchases: 5000,
  warmUp: 1000,
  variants: {
    lineBauds: [9_600, 115_200],
    networkRoundTripsMs: [5, 50, 200],
    cardDebitMs: CARD_DEBIT_MS,
    boxes: QUEUEING_BOXES,
  },
};
export const QUICK: Effort = {
  apdus: 500,
  runs: 3,
  purchases: 500,
  warmUp: 200,
  variants: { lineBauds: [9_600, 115_200], networkRoundTripsMs: [50], cardDebitMs: CARD_DEBIT_MS, boxes: 8 },
};

/** Everything, one after the other. `labName`: of a virtual lab that is raised for it and ends with it. */
export async function measureAll(effort: Effort, labName: string): Promise<Figures> {
  const line = await measureLine();
  const purchases = await measurePurchases(effort.purchases, effort.warmUp);
  const variants = await measureVariants(effort.variants);
  await using lab = await ownLab(labName);
  const apdus = await measureApdus(lab.state, effort.apdus, effort.runs);
  return { apdus, purchases, line, variants };
}
