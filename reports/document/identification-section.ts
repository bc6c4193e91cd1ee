/** Clause 1: report, laboratory, client, item, environment, limits, agreement. */
import type { Latency } from "../../harness/flows/station.ts";
import type { RunRecord } from "../record/run-record.ts";
import { withUnits } from "../text/amounts.ts";
import { moment } from "../text/format.ts";
import type { Section, Text } from "./blocks.ts";
import { deviceOf, goldenText, reportNumber, sealText } from "./identity.ts";
import { limitsOf } from "./limits.ts";
import { paragraph, saying } from "./text.ts";

type Rows = readonly (readonly [string, Text])[];

export function identificationSection(run: RunRecord): Section {
  const part = (number: string, id: string, title: string, blocks: Section["blocks"]): Section => ({
    number: `1.${number}`,
    id,
    title,
    blocks,
  });
  return {
    id: "identification",
    number: "1",
    title: "Identification summary",
    newPage: true,
    blocks: [],
    sections: [
      part("1", "report", "Protocol conformance test report", [
        { kind: "pairs", caption: "This report, the laboratory and its client", rows: reportRows(run) },
      ]),
      part("2", "iut", "Implementation under test", [
        { kind: "pairs", caption: "The item, as it was declared and as it said of itself", rows: itemRows(run) },
      ]),
      part("3", "environment", "Testing environment", [
        { kind: "pairs", caption: "With what, against what and when it was tested", rows: environmentRows(run) },
      ]),
      part("4", "limits", "Limits and reservations", [
        { kind: "list", items: limitsOf(run) },
        ...(run.reservations.length > 0 ? [{ kind: "reservations", items: run.reservations } as const] : []),
      ]),
      part("5", "agreement", "Record of agreement", [
        paragraph("The laboratory and the client agree that the item above was tested as this report says."),
        {
          kind: "blanks",
          caption: "For the laboratory",
          names: ["Date of issue", "Authorised by (name, function)", "Signature"],
        },
        { kind: "blanks", caption: "For the client", names: ["Date", "Name, function", "Signature"] },
      ]),
      part("6", "comments", "Comments", [
        paragraph(run.about.order?.remarks ?? "No comments were given with the order."),
        { kind: "blanks", caption: "Further comments", names: ["Laboratory", "Client"] },
      ]),
    ],
  };
}

function reportRows(run: RunRecord): Rows {
  const { laboratory, order } = run.about;
  return saying([
    ["Report number", reportNumber(run)],
    ["Dated", `${moment(run.ended)} (end of the evidence)`],
    ["Laboratory", laboratory?.name ?? "not named: give its file with --lab"],
    ["Address", laboratory?.address.join(", ")],
    ["Accreditation", laboratory?.accreditation],
    ["Contact", laboratory?.contact],
    ["Client", order?.client.name ?? "not named: give the order's file with --order"],
    ["Address of the client", order?.client.address.join(", ")],
    ["Order", order?.number],
    ["Items received", order?.received],
    ["Authenticity", sealText(run)],
  ]);
}

function itemRows(run: RunRecord): Rows {
  const { about, results } = run;
  const { vendor, product, version } = deviceOf(run);
  const file = (given: typeof about.pics) => (given ? `${given.file}, SHA-256 ${given.sha256}` : "none given");
  return saying([
    ["Role", results.iut.role],
    ["Vendor", vendor],
    ["Product", product],
    ["Version", version],
    ["Where", results.iut.description],
    ...withUnits(Object.entries(results.iut.specimen ?? {})).map(
      ([name, value]) => [`Specimen ${name}`, value] as const,
    ),
    ...(results.bench.specimens ?? []).map(({ what, values }) => [`Read from the ${what}`, inWords(values)] as const),
    ["PICS", file(about.pics)],
    ["PIXIT", file(about.pixit)],
  ]);
}

function environmentRows(run: RunRecord): Rows {
  const { about, results } = run;
  return saying([
    ["Bench", [results.bench.name, about.bench.file].filter((part) => part !== undefined).join(", ")],
    ["Digest of the bench as used", about.bench.sha256 && `SHA-256 ${about.bench.sha256}`],
    ...results.bench.devices.map(({ name, version }) => [`Device: ${name}`, version] as const),
    ...(results.bench.latencies ?? []).map(
      (each) => [`Measured at the bench: ${each.what}`, latencyText(each)] as const,
    ),
    ...(results.golden ?? []).map((each) => [`Golden ${each.device}`, goldenText(each)] as const),
    ["Mode", results.mode],
    ["Selection", selectionText(run)],
    ["Started", moment(run.started)],
    ["Ended", moment(run.ended)],
    ["Tool", `${run.tool}, Node ${about.node}, ${about.platform}`],
    ["Test suites", `SHA-256 ${about.digests.suites}`],
    ["Specification", `SHA-256 ${about.digests.specification}`],
    ["Evidence", `${results.run.lines} lines`],
    ["Head of the evidence chain", run.head === "" ? "not proved" : `SHA-256 ${run.head}`],
  ]);
}

function selectionText({ about }: RunRecord): string {
  const { suites, cases } = about.selection;
  if (suites.length === 0 && cases.length === 0) return "all that the PICS allow";
  return [...suites.map((suite) => `suite ${suite}`), ...cases.map((id) => `case ${id}`)].join(", ");
}

function latencyText({ samples, minMs, medianMs, p95Ms, p99Ms, maxMs, resolutionMs }: Latency): string {
  const ms = (value: number) => `${value.toFixed(3)} ms`;
  const spread = `least ${ms(minMs)}, median ${ms(medianMs)}, 95 % ${ms(p95Ms)}, 99 % ${ms(p99Ms)}, most ${ms(maxMs)}`;
  return `${samples} exchanges: ${spread}; resolution ${ms(resolutionMs)}`;
}

function inWords(values: Readonly<Record<string, string>>): string {
  return withUnits(Object.entries(values))
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
