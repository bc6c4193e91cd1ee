/** Annex C: how long devices took to answer, command by command. */
import type { LinkName } from "../../harness/core/trace.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { LinkTimes } from "../record/times.ts";
import type { Block, Section, Spread } from "./blocks.ts";
import { counted, paragraph } from "./text.ts";

/** Bins of a distribution, and the least time that the logarithmic axis begins with: the resolution of the evidence. */
const BINS = 40;
const LEAST_MS = 0.001;

const WHERE: Partial<Record<LinkName, string>> = {
  "235": "card in its reader",
  SAM: "security card in its terminal",
  HSM: "HSM",
  LAN: "terminals behind the payment server's LAN",
  line: "terminal on its line",
};

export function timesAnnex(run: RunRecord): Section {
  const isVirtual = !run.results.bench.latencies?.length;
  const note = isVirtual
    ? "This bench measured no latency of its own: where it runs in one process its clock is virtual, and the times below are those of the roles' own waiting."
    : "The bench's own latency (1.3) is in every time.";
  return {
    id: "times",
    number: "C",
    title: "Times of commands",
    newPage: true,
    blocks:
      run.times.length === 0
        ? [paragraph("No exchange whose time says something about a device was recorded.")]
        : [
            paragraph(
              `From each command to its answer, without those that the bench disturbed and those that others overlapped. ${note}`,
            ),
            ...run.times.map((times) => spreadsOf(times, run)),
          ],
  };
}

function spreadsOf(times: LinkTimes, run: RunRecord): Block {
  const commands = times.commands.filter(({ timesMs }) => timesMs.length > 0);
  const least = Math.max(LEAST_MS, Math.min(...commands.map(({ timesMs }) => timesMs[0] ?? LEAST_MS)));
  const most = Math.max(least, ...commands.map(({ timesMs }) => timesMs.at(-1) ?? least));
  const spreads = commands.map(
    ({ name, timesMs }): Spread => ({
      name,
      count: timesMs.length,
      minMs: timesMs[0] ?? 0,
      medianMs: percentile(timesMs, 50),
      p95Ms: percentile(timesMs, 95),
      p99Ms: percentile(timesMs, 99),
      maxMs: timesMs.at(-1) ?? 0,
      bins: binned(timesMs, least, most),
    }),
  );
  const count = spreads.reduce((sum, each) => sum + each.count, 0);
  return {
    kind: "spreads",
    caption: `Link ${times.link}, ${WHERE[times.link] ?? "its device"}${deviceText(times.link, run)}: ${counted(count, "exchange")}`,
    id: `times-${times.link}`,
    spreads,
  };
}

function deviceText(link: LinkName, { results }: RunRecord): string {
  if (link !== "235") return "";
  const readers = results.bench.devices.map(({ name }) => name);
  return readers.length === 0 ? "" : ` (${readers.join(", ")})`;
}

/** The least value that `share` per cent of the values do not exceed (nearest rank). */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

/** Counts in bins of equal width on a logarithmic axis. */
export function binned(values: Float64Array, leastMs: number, mostMs: number): readonly number[] {
  const bins = new Array<number>(BINS).fill(0);
  const span = Math.log(mostMs / leastMs);
  for (const value of values) {
    const place = span === 0 ? 0 : Math.log(Math.max(value, leastMs) / leastMs) / span;
    const bin = Math.min(BINS - 1, Math.floor(place * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}
