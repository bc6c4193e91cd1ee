/** A transaction as a sequence picture, in parts that each fit a page. */
import { layOut } from "../sequence/layout.ts";
import { sequenceSvg } from "../sequence/svg.ts";
import type { Transaction } from "../sequence/transactions.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";

const ROWS_EACH = 22;
/** A picture of more is no picture; the table of exchanges goes on. */
const MOST_PARTS = 4;

export function sequenceFigure(transaction: Transaction, id: string, title: string): Markup {
  const pictures = layOut(transaction.exchanges, ROWS_EACH);
  const shown = pictures.slice(-MOST_PARTS);
  const cut =
    shown.length < pictures.length
      ? ` The first ${(pictures.length - shown.length) * ROWS_EACH} messages are left out.`
      : "";
  if (shown.length === 0) return nothing;
  const parts = shown.map((picture, index) => {
    const name = shown.length === 1 ? title : `${title}, part ${index + 1} of ${shown.length}`;
    return markup`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${sequenceSvg(picture, `${id}-${index + 1}`, name)}</div>`;
  });
  return markup`<figure><figcaption>${title}: steps, messages and times since its first message.${cut}</figcaption>
${parts}</figure>`;
}
