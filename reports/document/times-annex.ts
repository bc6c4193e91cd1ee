/** Annex C: how long devices took to answer, command by command. */
import type { LinkName } from "../../harness/core/trace.ts";
import { axisOf, binned, percentile } from "../plot/axis.ts";
import type { LinkTimes, RunRecord } from "../record/run-record.ts";
import type { Block, Section, Spread } from "./blocks.ts";
import { counted, paragraph } from "./text.ts";

/** Bins of a distribution. */
const BINS = 40;

const WHERE: Partial<Record<LinkName, string>> = {
  "235": "card in its reader",
  SAM: "security card in its terminal",
  HSM: "HSM",
  LAN: "terminals behind the payment server's LAN",
  line: "terminal on its line",
};

export function timesAnnex(run: RunRecord): Section {
  return { id: "times", number: "Annex C", title: "Times of commands", newPage: true, blocks: blocksOf(run) };
}

function blocksOf(run: RunRecord): readonly Block[] {
  const all = run.times.flatMap(({ commands }) => commands);
  if (all.length === 0) return [paragraph("No exchange whose time says something about a device was recorded.")];
  if (all.every(({ timesMs }) => timesMs.at(-1) === 0)) {
    return [
      paragraph("The clock of this bench is virtual and stands still while its roles compute: no time was measured."),
    ];
  }
  const isMeasured = (run.results.bench.latencies ?? []).length > 0;
  const note = isMeasured
    ? "The bench's own latency (1.3) is in every time."
    : "This bench measured no latency of its own; where it runs in one process the clock is virtual.";
  return [
    paragraph(
      `From each command to its answer, without those that the bench disturbed and those that others overlapped. ${note}`,
    ),
    ...run.times.map((times) => spreadsOf(times, run)),
  ];
}

function spreadsOf(times: LinkTimes, run: RunRecord): Block {
  const commands = times.commands.filter(({ timesMs }) => timesMs.length > 0);
  const ends = commands.map(({ timesMs }) => ({ minMs: timesMs[0] ?? 0, maxMs: timesMs.at(-1) ?? 0 }));
  const axis = axisOf(ends);
  const spreads = commands.map(
    ({ name, timesMs }): Spread => ({
      name,
      count: timesMs.length,
      minMs: timesMs[0] ?? 0,
      medianMs: percentile(timesMs, 50),
      p95Ms: percentile(timesMs, 95),
      p99Ms: percentile(timesMs, 99),
      maxMs: timesMs.at(-1) ?? 0,
      bins: binned(timesMs, axis, BINS),
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
