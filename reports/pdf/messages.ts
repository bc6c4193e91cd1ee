/** Recorded exchanges and comparisons, as tables. */
import type { Block, Column, Inline, Row } from "../document/blocks.ts";
import type { Exchange } from "../record/run-record.ts";
import { anchor } from "../text/anchor.ts";
import { offset } from "../text/format.ts";
import type { Paper } from "./paper.ts";
import { setCaption, setParagraph } from "./prose.ts";
import type { Part } from "./sheet.ts";
import { setTable } from "./table.ts";

/** Entries of a case that are printed; of them, those after the one that the verdict is about. */
const MOST_PRINTED = 32;
const MOST_AFTER = 6;

type Printed = Pick<Extract<Block, { kind: "exchanges" }>, "exchanges" | "left" | "after">;

const EXCHANGES: readonly Column[] = [
  { title: "Line", look: "fixed" },
  { title: "Time", look: "number" },
  { title: "Step", weight: 0.6 },
  { title: "Where", weight: 1.7 },
  { title: "What", weight: 6 },
];

export function setExchanges(paper: Paper, block: Extract<Block, { kind: "exchanges" }>, parent: Part): void {
  const { caption, caseId, at } = block;
  const { exchanges, left, after } = printed(block);
  if (left > 0)
    setParagraph(paper, `${left} earlier entries are not shown here; see report.html and events.jsonl.`, parent);
  setCaption(paper, caption, parent);
  const startMs = block.exchanges[0]?.atMs ?? 0;
  const rows = exchanges.map((exchange) => exchangeRow(exchange, caseId, startMs, exchange.n === at));
  setTable(paper, EXCHANGES, rows, parent);
  if (after > 0)
    setParagraph(paper, `${after} later entries are not shown here; see report.html and events.jsonl.`, parent);
}

/** The last ones up to what the verdict is about, and a few after it: nobody turns a hundred pages for one case. */
function printed({ exchanges, left, after, at }: Extract<Block, { kind: "exchanges" }>): Printed {
  const about = exchanges.findIndex(({ n }) => n === at);
  const end = about < 0 ? exchanges.length : Math.min(exchanges.length, about + 1 + MOST_AFTER);
  const begin = Math.max(0, end - MOST_PRINTED);
  return { exchanges: exchanges.slice(begin, end), left: left + begin, after: after + exchanges.length - end };
}

function exchangeRow(exchange: Exchange, caseId: string, startMs: number, marked: boolean): Row {
  const { n, step, atMs, name, kind, decoded, bytes } = exchange;
  const what: Inline[] = [{ kind: "strong", text: kind === "message" || kind === "log" ? name : `${kind}: ${name}` }];
  for (const [element, value] of decoded) what.push({ kind: "break" }, `${element}: ${value}`);
  if (bytes !== "") what.push({ kind: "break" }, { kind: "hex", bytes });
  const line: Inline[] = [String(n), ...(marked ? [{ kind: "aside", text: "verdict" } as const] : [])];
  return {
    id: anchor("line", `${caseId}-${n}`),
    marked,
    cells: [line, offset(atMs - startMs), step, whereOf(exchange), what],
  };
}

function whereOf({ kind, link, from, to }: Exchange): readonly Inline[] {
  if (kind === "message") return [link, { kind: "aside", text: `${from} → ${to}` }];
  if (kind === "log") return [`log of ${from}`];
  return [link === "" ? "bench" : `bench, ${link}`];
}

/** What differs is marked by a sign and a ground, not by its colour alone. */
export function setComparison(paper: Paper, block: Extract<Block, { kind: "comparison" }>, parent: Part): void {
  setCaption(paper, block.caption, parent);
  const columns: readonly Column[] = [
    { title: "Field", weight: 1.3 },
    { title: `Expected (${block.expectedFrom})`, weight: 3 },
    { title: "Actual", weight: 3 },
    { title: "", look: "fixed" },
  ];
  const rows = block.rows.map(({ name, expected, actual, differs }) => ({
    marked: differs,
    cells: [name, expected, actual, differs ? [{ kind: "strong", text: "≠ differs" } as const] : ""],
  }));
  setTable(paper, columns, rows, parent);
}
