/** How much time a bench itself takes: one cheap exchange, again and again, over each reader and line. */
import { PursebenchError } from "../core/errors.ts";
import type { DeviceSystem } from "../flows/devices.ts";
import type { Latency } from "../flows/station.ts";
import { encodeSelectCommand } from "../protocol/messages/select-purse.ts";

/** Exchanges on each. */
const SAMPLES = 50;

/** A device that does not answer is left out: the look at the bench has said so, or the cases will. */
export async function measureLatencies(
  devices: DeviceSystem,
  terminals: readonly string[],
  nowMs: () => number = () => performance.now(),
): Promise<readonly Latency[]> {
  const resolutionMs = resolutionOf(nowMs);
  const found: Latency[] = [];
  const add = async (link: Latency["link"], what: string, exchange: () => Promise<unknown>) => {
    try {
      found.push({ link, what, ...distributionOf(await sample(exchange, nowMs)), resolutionMs });
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
    }
  };
  await add("235", "SELECT of the card", async () => (await devices.card()).apdu(encodeSelectCommand()));
  for (const IDTERM of terminals) {
    await add("line", `READ TOTALS of terminal ${IDTERM}`, () => devices.readTotals(IDTERM));
  }
  return found;
}

async function sample(exchange: () => Promise<unknown>, nowMs: () => number): Promise<readonly number[]> {
  await exchange(); // the first one opens what the others use
  const took: number[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    const from = nowMs();
    await exchange();
    took.push(nowMs() - from);
  }
  return took;
}

/** Of at least one time; percentiles are the least value that so many do not exceed. */
export function distributionOf(times: readonly number[]): Omit<Latency, "link" | "what" | "resolutionMs"> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const [minMs, medianMs, p95Ms, p99Ms, maxMs] = [0, 0.5, 0.95, 0.99, 1].map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { samples: sorted.length, minMs, medianMs, p95Ms, p99Ms, maxMs };
}

/** Least difference between two readings of the clock that is not nothing. */
function resolutionOf(nowMs: () => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 20; n++) {
    const from = nowMs();
    let to = nowMs();
    for (let looks = 0; to === from && looks < 1_000_000; looks++) to = nowMs();
    if (to > from) least = Math.min(least, to - from);
  }
  return Number.isFinite(least) ? least : 0;
}
