/** Decoded exchanges of one case, step by step. */
import type { Block } from "../document/blocks.ts";
import type { Exchange } from "../record/run-record.ts";
import { anchor } from "../text/anchor.ts";
import { hexGroups, offset } from "../text/format.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";

type Exchanges = Extract<Block, { kind: "exchanges" }>;

export function exchangeTable({ caption, caseId, exchanges, left, after, at }: Exchanges): Markup {
  const startMs = exchanges[0]?.atMs ?? 0;
  const cut = [left > 0 ? `${left} earlier` : "", after > 0 ? `${after} later` : ""].filter((part) => part !== "");
  return markup`${cut.length > 0 ? markup`<p>${cut.join(" and ")} entries are not shown here; <code>events.jsonl</code> has them.</p>` : nothing}
<div class="scroll" role="region" tabindex="0" aria-label="Exchanges of case ${caseId}">
<table class="exchanges"><caption>${caption}</caption>
<thead><tr><th scope="col">Line</th><th scope="col">Time</th><th scope="col">Step</th><th scope="col">Where</th><th scope="col">What</th></tr></thead>
<tbody>
${exchanges.map((exchange) => exchangeRow(caseId, exchange, startMs, at))}
</tbody></table></div>`;
}

function exchangeRow(caseId: string, exchange: Exchange, startMs: number, at: number | undefined): Markup {
  const { n, step, kind, atMs } = exchange;
  const here = n === at;
  return markup`<tr class="k-${kind}${here ? " here" : ""}" id="${anchor("line", `${caseId}-${n}`)}"><th scope="row">${n}${here ? markup`<strong class="pointer">verdict</strong>` : nothing}</th>
<td class="fixed">${offset(atMs - startMs)}</td><td>${step}</td><td>${whereOf(exchange)}</td><td>${whatOf(exchange)}</td></tr>`;
}

function whereOf({ kind, link, from, to }: Exchange): Markup | string {
  if (kind === "message") return markup`${link}<br><span class="roles">${from} → ${to}</span>`;
  if (kind === "log") return `log of ${from}`;
  return link === "" ? "bench" : `bench, ${link}`;
}

function whatOf({ name, bytes, decoded, kind }: Exchange): Markup {
  const elements = decoded.map(([element, value]) => markup`<dt>${element}</dt><dd>${value}</dd>`);
  return markup`<span class="name">${kind === "message" || kind === "log" ? "" : `${kind}: `}${name}</span>
${elements.length > 0 ? markup`<dl>${elements}</dl>` : nothing}${bytes === "" ? nothing : markup`<code class="hex">${hexGroups(bytes)}</code>`}`;
}
