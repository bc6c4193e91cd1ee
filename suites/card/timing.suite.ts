/** Time (`card-edge.md` 5.3: S2 is compared as a whole): how long a refusal takes tells nothing about how much of S2 was right. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { creditIep, debitIep, openPurse, type Purse } from "./support/purse.ts";
import { signedDebit, signedLoad } from "./support/signatures.ts";
import { compareTimes, type TimeComparison } from "./support/statistics.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "CARD-0082-a" };
/** Pairs of one refusal each: so many at a time, until their median is known well enough, and so many at most. */
const PAIRS = 100;
const MOST_PAIRS = 600;
/** What a comparison may differ by, ms: less than the seven steps of a loop that stops at the first wrong byte take on a card. */
const THRESHOLD_MS = 0.5;
/** Chance of a fail at a card whose times do not differ. */
const ALARM = 1e-6;

/** One refusal: with S2 wrong from its first byte on, or in its last byte alone. */
type Refusal = (purse: Purse, isFirst: boolean) => Promise<Uint8Array>;

const ofDebit: Refusal = async (purse, isFirst) => {
  const right = signedDebit(await purse.openPurchase(about), purse.debitBytes());
  return debitIep(spoilt(right, 45, isFirst));
};

const ofCredit: Refusal = async (purse, isFirst) =>
  creditIep(spoilt(signedLoad(await purse.openLoad({}, about)), 7, isFirst));

/** The last 8 bytes, from `at` on, are S2. */
function spoilt(right: Uint8Array, at: number, isFirst: boolean): Uint8Array {
  return right.map((byte, index) => (index === (isFirst ? at : at + 7) ? byte ^ 0xff : byte));
}

async function measure(t: DeviceContext, refusal: Refusal): Promise<TimeComparison> {
  const purse = await openPurse(t);
  const sweep = new Sweep(purse.talk);
  const first: number[] = [];
  const last: number[] = [];
  while (first.length < MOST_PAIRS) {
    for (let pair = 0; pair < PAIRS; pair++) {
      // in turn one first and the other first, so that what drifts on the bench strikes both
      for (const isFirst of pair % 2 === 0 ? [true, false] : [false, true]) {
        const command = await refusal(purse, isFirst);
        const { answer, elapsedMs } = await purse.talk.card.timed(command);
        sweep.judge("a wrong S2", toHex(answer), "9302");
        (isFirst ? first : last).push(elapsedMs);
      }
    }
    if (compareTimes(first, last).uncertaintyMs <= THRESHOLD_MS) break;
  }
  sweep.expectNone("wrong S2", about);
  return compareTimes(first, last);
}

async function expectUntold(t: DeviceContext, refusal: Refusal): Promise<void> {
  const seen = await measure(t, refusal);
  const { pairs, differenceMs, uncertaintyMs, chance } = seen;
  if (seen.isStill) t.note("the bench's time is virtual: every exchange took the same");
  t.note(
    `S2 wrong in its first byte against its last, ${pairs} pairs: their median difference is ${differenceMs.toFixed(4)} ms, ` +
      `known to ${uncertaintyMs.toFixed(4)} ms (1 - ${ALARM} confidence); a chance of ${chance.toExponential(1)} without a difference`,
  );
  const isTold = chance < ALARM && Math.abs(differenceMs) > THRESHOLD_MS;
  t.expect.that(!isTold, "the time of a refusal does not depend on how much of S2 was right", {
    ...about,
    actual: `${differenceMs.toFixed(4)} ms`,
  });
  if (uncertaintyMs > THRESHOLD_MS) {
    const noise = `differences below ${uncertaintyMs.toFixed(3)} ms are lost in the noise of this bench`;
    inconclusive(
      `${noise}, and the threshold is ${THRESHOLD_MS} ms`,
      "bench",
      "run the case alone, on a reader with less jitter",
    );
  }
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-TIME-DEBIT",
    suite: "card",
    purpose:
      "DEBIT IEP with S2 wrong in its first byte takes as long as with S2 wrong in its last: a statistical test, reported with its confidence",
    requirements: ["CARD-0082-a", "CARD-0033-b"],
    owner: "card",
    needs: { keys: true, secretKeyCard: true },
    run: (t) => expectUntold(t, ofDebit),
  }),
  defineDeviceCase({
    id: "CARD-TIME-CREDIT",
    suite: "card",
    purpose:
      "CREDIT IEP with S2 wrong in its first byte takes as long as with S2 wrong in its last: a statistical test, reported with its confidence",
    requirements: ["LOAD-BANK-881-b", "CARD-0033-b"],
    owner: "card",
    needs: { keys: true },
    run: (t) => expectUntold(t, ofCredit),
  }),
];
