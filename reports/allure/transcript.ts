/** The exchanges of a case as plain text, for one attachment. */
import type { CaseRecord, Exchange } from "../record/run-record.ts";
import { visible } from "../text/clean.ts";
import { hexGroups, offset } from "../text/format.ts";

/** Characters of one attachment; a run of 300 cases stays below 40 MB. */
const LONGEST = 120_000;

export function transcript(one: CaseRecord): string {
  const startMs = one.exchanges[0]?.atMs ?? 0;
  const text = one.exchanges.map((exchange) => paragraph(exchange, startMs)).join("\n\n");
  if (text.length <= LONGEST) return text;
  return `(The first ${text.length - LONGEST} characters are left out; events.jsonl has them.)\n${text.slice(-LONGEST)}`;
}

/** "608 235 set-top-box → card: INITIALIZE IEP" */
export function headline({ kind, step, link, from, to, name }: Exchange): string {
  const where = kind === "message" ? `${link} ${from} → ${to}:` : `${kind}:`;
  return visible([step, where, name].filter((part) => part !== "").join(" "));
}

function paragraph(exchange: Exchange, startMs: number): string {
  const { n, atMs, bytes, decoded } = exchange;
  const lines = [
    `[${n}] ${offset(atMs - startMs)} ${headline(exchange)}`,
    ...decoded.map(([name, value]) => `      ${name} = ${visible(value)}`),
    ...(bytes === "" ? [] : [`      ${hexGroups(bytes)}`]),
  ];
  return lines.join("\n");
}
