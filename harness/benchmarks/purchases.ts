/** How many base purchases one core makes in process, every message on every link recorded, decoded and chained. */
import { loadBench } from "../bench/load.ts";
import { PursebenchError } from "../core/errors.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { PurseSystem } from "../flows/system.ts";
import { openStation } from "../station/index.ts";
import { scratchEvidence } from "./scratch.ts";

export interface PurchaseRate {
  readonly purchases: number;
  /** Purchases in a second of the wall clock, evidence on the disk. */
  readonly perSecond: number;
  /** Purchases in a second of processor time of this process, all its threads. */
  readonly perCpuSecond: number;
  /** `perSecond` over the aim. */
  readonly ofAim: number;
  readonly evidenceBytesPerPurchase: number;
}

/** Purchases a second that the harness wants to make on one core. */
export const AIM = 1000;

/** `warmUp` purchases that nobody counts, then `purchases` by the same card in the same system. `INTERNAL` when one fails. */
export async function measurePurchases(purchases: number, warmUp: number): Promise<PurchaseRate> {
  await using scratch = scratchEvidence("inproc");
  const { evidence } = scratch;
  const { bench } = loadBench("inproc");
  await using station = await openStation({ bench, iut: "card", variation: REFERENCE }, evidence.record);
  await using system = await station.systemFor("benchmark");
  await buy(system, warmUp);
  await evidence.flush();
  const bytesBefore = scratch.size();
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await buy(system, purchases);
  await evidence.flush();
  const seconds = (performance.now() - before) / 1000;
  const { user, system: kernel } = process.cpuUsage(cpuBefore);
  const perSecond = purchases / seconds;
  return {
    purchases,
    perSecond,
    perCpuSecond: purchases / ((user + kernel) / 1e6),
    ofAim: perSecond / AIM,
    evidenceBytesPerPurchase: (scratch.size() - bytesBefore) / purchases,
  };
}

async function buy(system: PurseSystem, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const { outcome } = await system.purchase({ SITE: "shop", ITEM: "cent" });
    if (outcome.CC !== "0000") throw new PursebenchError("INTERNAL", `purchase ${n} ended with ${outcome.CC}`);
  }
}
