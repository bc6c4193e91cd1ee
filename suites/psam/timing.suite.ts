/** Time (`psam-edge.md` 4.4, 4.9, `keys-and-signatures.md` 4): how long a refusal takes tells nothing about how much of a signature was right. */
import { flipBit } from "../../harness/core/bytes.ts";
import { compareTimes } from "../card/support/statistics.ts";
import type { Case, DeviceContext } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { CONTENT, collect, endOfCollection, lines, s5, sell, Updates } from "./support/clearing.ts";
import { complete, draw } from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp } from "./support/purse.ts";
import { euro } from "./support/totals.ts";

const about = { requirement: "PSAM-0085-a" };
/** Pairs of one refusal each: so many at a time, until the bench's noise is below the threshold. */
const PAIRS = 100;
const MOST_PAIRS = 1_000;
/** What a comparison may differ by, ms. */
const THRESHOLD_MS = 0.5;
/** Chance of a fail at a security card whose times do not differ. */
const ALARM = 1e-6;

/** The 8 bytes of the data's end are a signature: wrong in its first byte it must be refused as soon as wrong in its last. */
async function expectUntold(t: DeviceContext, psam: Psam, name: string, right: Uint8Array): Promise<void> {
  const end = 5 + (right[4] ?? 0);
  const wrong = { first: flipBit(right, (end - 8) * 8), last: flipBit(right, end * 8 - 1) };
  const times: Record<keyof typeof wrong, number[]> = { first: [], last: [] };
  const isNoisy = () => compareTimes(times.first, times.last).uncertaintyMs > THRESHOLD_MS;
  for (let pair = 0; pair < MOST_PAIRS && (pair % PAIRS !== 0 || pair === 0 || isNoisy()); pair++) {
    // in turn one first and the other first, so that what drifts on the bench strikes both
    for (const which of pair % 2 === 0 ? (["first", "last"] as const) : (["last", "first"] as const)) {
      const { answer, elapsedMs } = await psam.timed(wrong[which]);
      t.expect.equal(`answer to ${name} wrong in its ${which} byte`, answer, "9302", about);
      times[which].push(elapsedMs);
    }
  }
  const { differenceMs, uncertaintyMs, chance, isStill } = compareTimes(times.first, times.last);
  if (isStill) t.note("the bench's time is virtual: every exchange took the same");
  t.note(
    `${name} wrong in its first byte against its last, ${times.first.length} pairs: medians differ by ${differenceMs.toFixed(4)} ms, ` +
      `known to ${uncertaintyMs.toFixed(4)} ms (1 - ${ALARM} confidence); a chance of ${chance.toExponential(1)} without a difference`,
  );
  const isTold = chance < ALARM && Math.abs(differenceMs) > THRESHOLD_MS;
  t.expect.that(!isTold, `the time of a refusal does not depend on how much of ${name} was right`, {
    ...about,
    actual: `${differenceMs.toFixed(4)} ms`,
  });
  if (uncertaintyMs > THRESHOLD_MS) {
    const noise = `differences below ${uncertaintyMs.toFixed(3)} ms are lost in the noise of this bench`;
    const mend = "run the case alone, on a reader with less jitter";
    inconclusive(`${noise}, and the threshold is ${THRESHOLD_MS} ms`, "bench", mend);
  }
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-TIM-01",
    purpose:
      "COMPLETE with S3 wrong in its first byte takes as long as with S3 wrong in its last: a statistical test, reported with its confidence",
    requirements: ["PSAM-0085-a"],
    consumes: { NTPSAM: 1 },
    async run(t, psam) {
      const debit = await draw(psam);
      await expectUntold(t, psam, "S3", complete(debit.IDTRX, cardrsp(psam, debit)));
    },
  }),
  psamCase({
    id: "PSAM-TIM-02",
    purpose: "END OF COLLECTION with S5 wrong in its first byte takes as long as with S5 wrong in its last",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 1 },
    async run(t, psam) {
      await sell(psam, 19);
      const NTCOL = Number.parseInt((await psam.send(collect(lines([euro(19, 1)])))).slice(0, 8), 16);
      const right = endOfCollection(NTCOL, s5(psam, NTCOL));
      await expectUntold(t, psam, "S5", right);
      await psam.says("END OF COLLECTION", right, "9000");
    },
  }),
  psamCase({
    id: "PSAM-TIM-03",
    purpose: "UPDATE PSAM with S6 wrong in its first byte takes as long as with S6 wrong in its last",
    requirements: ["PSAM-0044-e"],
    async run(t, psam) {
      const updates = await Updates.open(psam);
      const content = CONTENT.unblock("000123", "9999999996");
      await expectUntold(t, psam, "S6", updates.command(content));
      await updates.apply("the right one", content);
    },
  }),
];
