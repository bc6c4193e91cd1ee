/** Tables with captions and header scopes that turn into cards on narrow screens and stay tables for screen readers. */
import { type Markup, markup } from "../text/markup.ts";

export interface Column {
  readonly title: string;
  /** Class of its cells: "wide" holds ids, one to a line, "number" aligns right, "fixed" does not wrap. */
  readonly look?: "wide" | "number" | "fixed";
}

export interface TableRow {
  /** For filters: value of `data-show`. */
  readonly show: string;
  readonly id?: string;
  readonly cells: readonly (Markup | string)[];
}

/** The first cell of each row is its header. */
export function table(caption: string, columns: readonly Column[], rows: readonly TableRow[]): Markup {
  return markup`<table class="cards" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(({ title }) => markup`<th scope="col" role="columnheader">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, columns))}
</tbody></table>`;
}

function tableRow({ show, id, cells }: TableRow, columns: readonly Column[]): Markup {
  const anchor = id === undefined ? "" : markup` id="${id}"`;
  return markup`<tr role="row" data-show="${show}"${anchor}>${cells.map((cell, index) => tableCell(cell, columns[index], index === 0))}</tr>`;
}

function tableCell(cell: Markup | string, column: Column | undefined, isHeader: boolean): Markup {
  const title = column?.title ?? "";
  const look = column?.look ?? "plain";
  if (isHeader) return markup`<th scope="row" role="rowheader" class="${look}" data-title="${title}">${cell}</th>`;
  return markup`<td role="cell" class="${look}" data-title="${title}">${cell}</td>`;
}

/** Name and value pairs; a `<th scope="row">` for each name. */
export function pairs(caption: string, rows: readonly (readonly [name: string, value: Markup | string])[]): Markup {
  return markup`<table class="pairs"><caption>${caption}</caption><tbody>
${rows.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody></table>`;
}
