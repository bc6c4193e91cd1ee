/** What a test report must identify (ISO/IEC 17025, 7.8.2.1), as far as the evidence knows it. */

import type { Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import type { Latency } from "../../harness/flows/station.ts";
import { moment } from "../text/format.ts";
import type { Elements } from "./run-record.ts";

export function identify(identification: RunIdentification, results: Results, head: string): Elements {
  const { pics, pixit, digests } = identification;
  const pairs: Elements = [
    ["Report", `${identification.run}${head === "" ? "" : ` / ${head.slice(0, 12)}`}`],
    ["Item under test", `${results.iut.role}: ${results.iut.description}`],
    ...specimen(results.iut.specimen ?? {}),
    ...(results.bench.specimens ?? []).map(({ what, values }) => [`Specimen: ${what}`, inWords(values)] as const),
    ["Bench", [results.bench.name, identification.bench.file ?? ""].filter((part) => part !== "").join(", ")],
    ...results.bench.devices.map(({ name, version }) => [`Device: ${name}`, version] as const),
    ...(results.bench.latencies ?? []).map((each) => [`Measured at the bench: ${each.what}`, latency(each)] as const),
    ["Mode", results.mode],
    ["Selection", selection(identification.selection)],
    ["PICS", pics ? `${pics.file}, SHA-256 ${pics.sha256}` : "none given"],
    ["PIXIT", pixit ? `${pixit.file}, SHA-256 ${pixit.sha256}` : "none given"],
    ["Started", moment(results.run.started)],
    ["Ended", moment(results.run.ended)],
    [
      "Tool",
      `${identification.tool.name} ${identification.tool.version}, Node ${identification.node}, ${identification.platform}`,
    ],
    ["Test suites", `SHA-256 ${digests.suites}`],
    ["Specification", `SHA-256 ${digests.specification}`],
    ["Evidence", `${results.run.lines} lines`],
    ["Head of the evidence chain", head === "" ? "not proved" : `SHA-256 ${head}`],
  ];
  return pairs.filter(([, value]) => value !== "");
}

function specimen(values: Readonly<Record<string, string>>): Elements {
  return Object.entries(values).map(([name, value]) => [`Specimen ${name}`, value] as const);
}

/** "50 exchanges: least 0.4 ms, median …": what the bench adds to every time that it measures. */
function latency({ samples, minMs, medianMs, p95Ms, p99Ms, maxMs, resolutionMs }: Latency): string {
  const ms = (value: number) => `${value.toFixed(3)} ms`;
  const spread = `least ${ms(minMs)}, median ${ms(medianMs)}, 95 % ${ms(p95Ms)}, 99 % ${ms(p99Ms)}, most ${ms(maxMs)}`;
  return `${samples} exchanges: ${spread}; resolution ${ms(resolutionMs)}`;
}

function inWords(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function selection({ suites, cases }: RunIdentification["selection"]): string {
  if (suites.length === 0 && cases.length === 0) return "all that the PICS allow";
  return [...suites.map((suite) => `suite ${suite}`), ...cases.map((id) => `case ${id}`)].join(", ");
}
