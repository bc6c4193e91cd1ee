/** Many purchases one after the other by one card on the virtual lab: nothing fails, nothing is lost, nothing is kept. */
import { loadBench } from "../bench/load.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { Station } from "../flows/station.ts";
import type { PurseSystem } from "../flows/system.ts";
import { labStatus } from "../lab/lab.ts";
import { openStation } from "../station/index.ts";
import { collector, type Footprint, footprint } from "./footprint.ts";
import { allowedGrowth, growthFlaws } from "./growth.ts";
import { scratchEvidence } from "./scratch.ts";
import { median } from "./statistics.ts";

export interface SoakOptions {
  readonly purchases: number;
  /** Purchases before the first look at memory and handles. */
  readonly warmUp: number;
  /** A system is taken down and built again after so many, as between cases. */
  readonly perSystem: number;
  /** Name of the virtual lab that is raised for it. */
  readonly lab: string;
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly done: number;
  readonly failed: number;
  /** Median of the last system's purchases. */
  readonly medianMs: number;
}

/** What the three sides say was paid, in minor units. */
export interface Totals {
  readonly card: number;
  readonly psam: number;
  readonly merchant: number;
}

export interface SoakReport {
  /** Purchases that were made, warm-up included. */
  readonly purchases: number;
  readonly totals: Totals;
  readonly before: Footprint;
  readonly after: Footprint;
  readonly allowed: Footprint;
  readonly medianMs: number;
  readonly isComplete: boolean;
  /** Everything that was not as it should be; empty is a pass. */
  readonly flaws: readonly string[];
}

interface Round {
  readonly durationsMs: readonly number[];
  readonly totals: Totals;
  readonly flaws: readonly string[];
}

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { bench } = loadBench("virtual-lab");
  await using scratch = scratchEvidence("virtual-lab");
  const { evidence } = scratch;
  await using station = await openStation(
    { bench, iut: "card", variation: REFERENCE, lab: options.lab },
    evidence.record,
  );
  const labPid = await daemonOf(options.lab);
  const collect = collector();
  const rounds: Round[] = [];
  let before: Footprint | undefined;
  let done = 0;
  while (done < options.warmUp + options.purchases && !options.isStopped()) {
    if (done >= options.warmUp) before ??= footprint(labPid, collect);
    const left = done < options.warmUp ? options.warmUp - done : options.warmUp + options.purchases - done;
    const round = await buyRound(station, rounds.length, Math.min(options.perSystem, left), options.isStopped);
    await evidence.flush();
    rounds.push(round);
    done += round.durationsMs.length;
    const failed = rounds.reduce((sum, { flaws }) => sum + flaws.length, 0);
    options.onProgress({ done, failed, medianMs: median(round.durationsMs) });
  }
  const after = footprint(labPid, collect);
  return reportOf(rounds, before ?? after, after, done === options.warmUp + options.purchases);
}

function reportOf(rounds: readonly Round[], before: Footprint, after: Footprint, isComplete: boolean): SoakReport {
  const durationsMs = rounds.flatMap((round) => round.durationsMs);
  const totals = rounds.map((round) => round.totals).reduce(plus, { card: 0, psam: 0, merchant: 0 });
  const allowed = allowedGrowth(durationsMs.length);
  const agreed = totals.card === totals.psam && totals.card === totals.merchant;
  return {
    purchases: durationsMs.length,
    totals,
    before,
    after,
    allowed,
    medianMs: median(durationsMs),
    isComplete,
    flaws: [
      ...rounds.flatMap(({ flaws }) => flaws),
      ...(agreed ? [] : [`the totals differ: ${JSON.stringify(totals)}`]),
      ...growthFlaws(before, after, allowed),
    ],
  };
}

/** One system from its start to its end, with up to `count` purchases. */
async function buyRound(station: Station, number: number, count: number, isStopped: () => boolean): Promise<Round> {
  await using system = await station.systemFor(`soak-${number + 1}`);
  const balanceBefore = (await system.readPurse()).BALIEP;
  const psamBefore = await psamTotal(system);
  const durationsMs: number[] = [];
  const flaws: string[] = [];
  let merchant = 0;
  while (durationsMs.length < count && !isStopped()) {
    const started = performance.now();
    const { paid, flaw } = await buyOne(system);
    durationsMs.push(performance.now() - started);
    merchant += paid;
    if (flaw !== undefined) flaws.push(`system ${number + 1}, purchase ${durationsMs.length}: ${flaw}`);
  }
  const card = balanceBefore - (await system.readPurse()).BALIEP;
  return { durationsMs, totals: { card, psam: (await psamTotal(system)) - psamBefore, merchant }, flaws };
}

/** What the merchant released, and what was wrong. */
async function buyOne(system: PurseSystem): Promise<{ readonly paid: number; readonly flaw?: string }> {
  const { outcome, trouble } = await system.purchase({ SITE: "shop", ITEM: "cent" });
  const sale = outcome.IDTRX === undefined ? undefined : await system.sale(outcome.IDTRX);
  const paid = sale?.status === "released" ? sale.MPDA : 0;
  if (outcome.CC !== "0000") return { paid, flaw: `ended with ${outcome.CC}: ${outcome.shown.join(" / ")}` };
  if (trouble.length > 0) return { paid, flaw: trouble.map(({ text }) => text).join("; ") };
  return paid > 0 ? { paid } : { paid, flaw: "the merchant released nothing" };
}

async function psamTotal(system: PurseSystem): Promise<number> {
  let sum = 0;
  for (const IDTERM of system.terminals()) {
    const { totals } = await system.readTotals(IDTERM);
    for (const { MTOT } of totals) sum += MTOT;
  }
  return sum;
}

function plus(left: Totals, right: Totals): Totals {
  return {
    card: left.card + right.card,
    psam: left.psam + right.psam,
    merchant: left.merchant + right.merchant,
  };
}

async function daemonOf(name: string): Promise<number> {
  const status = await labStatus(deadlineIn(systemClock, 10_000), { name });
  if (status.kind === "up") return status.state.daemon.pid;
  throw new PursebenchError("INTERNAL", `the lab ${name} is ${status.kind}`);
}
