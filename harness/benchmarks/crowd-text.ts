import type { CrowdReport } from "./crowd-run.ts";

export function crowdText(report: CrowdReport): string {
  const { sales, boxes, terminals, sites, totals, perSecond, mostAtOnce, events, memory, flaws } = report;
  return [
    `${sales} sales to ${boxes} set-top boxes on ${terminals} terminals (${mostAtOnce} of them in use at once), ${sites} sites; ${perSecond.toFixed(1)} a second`,
    `  minor units paid: ${Object.entries(totals)
      .map(([book, total]) => `${book} ${total}`)
      .join(", ")}`,
    `  ${events} events, counted and not kept`,
    ...memory.map(
      ({ sales: after, heapBytes, residentBytes }) =>
        `  after ${after} sales: heap ${mebibytes(heapBytes)} MiB, resident ${mebibytes(residentBytes)} MiB`,
    ),
    ...flaws.map((flaw) => `FLAW ${flaw}`),
    flaws.length === 0 ? "Nothing failed, nothing was lost, nothing was mixed up." : `${flaws.length} flaws.`,
    "",
  ].join("\n");
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
